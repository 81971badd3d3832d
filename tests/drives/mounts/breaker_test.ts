import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { Breaker, NotAnsweringError } from "../../../src/drives/mounts/breaker.ts";
import type { Answer } from "../../../src/drives/mounts/probe.ts";
import { settle, until } from "../../helpers/wait.ts";

interface Question {
  answer: (answer: Answer) => void;
  end: () => void;
  signal: AbortSignal;
}

/** A breaker whose questions a test answers by hand. */
function breaker(limits: { askMs?: number; workMs?: number } = {}) {
  const questions: Question[] = [];
  const changes: boolean[] = [];
  const it = new Breaker({
    mountPoint: "/films",
    ask: ({ signal, onEnd }) => {
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      signal.addEventListener("abort", () => reject(signal.reason));
      questions.push({ answer: resolve, end: onEnd, signal });
      return promise;
    },
    onChange: ({ answering }) => changes.push(answering),
    limits: { askMs: 10, workMs: 10, againMs: [10_000, 30_000], ...limits },
  });
  return { it, questions, changes };
}

Deno.test("Breaker opens when a question is late, and closes when it is answered after all", async () => {
  const { it, questions, changes } = breaker();

  await it.ask();
  strictEqual(it.answering, false);
  throws(() => it.check("/films/a"), (error: Error) => {
    ok(error instanceof NotAnsweringError);
    match(error.message, /Cannot read "\/films\/a": \/films is not answering since 20/);
    return true;
  });
  questions[0]!.answer({ space: { totalBytes: 10, freeBytes: 4 } });
  await settle();

  it.check();
  deepStrictEqual(it.space, { totalBytes: 10, freeBytes: 4 });
  deepStrictEqual(changes, [false, true]);
});

Deno.test("Breaker takes a slow machine for no hang: the control question is as slow", async () => {
  const questions: (() => void)[] = [];
  const it = new Breaker({
    mountPoint: "/films",
    ask: () => new Promise((resolve) => questions.push(() => resolve({}))),
    control: () => new Promise((resolve) => setTimeout(resolve, 300)),
    limits: { askMs: 10, workMs: 10, againMs: [10_000, 30_000] },
  });

  const asking = it.ask();
  setTimeout(() => questions[0]!(), 600);
  await asking;

  strictEqual(it.answering, true);
});

Deno.test("Breaker has one question at most, and asks anew only when the last has really ended", async () => {
  const { it, questions } = breaker();
  await Promise.all([it.ask(), it.ask(), it.ask()]);
  strictEqual(questions.length, 1);

  const now = performance.now();
  it.askAgain(now + 5000);
  strictEqual(questions[0]!.signal.aborted, false);
  it.askAgain(now + 11_000);
  strictEqual(questions[0]!.signal.aborted, true);
  it.askAgain(now + 60_000);
  strictEqual(questions.length, 1, "a program stuck in the kernel is still there");

  questions[0]!.end();
  it.askAgain(now + 60_000);
  strictEqual(questions.length, 2);
  questions[1]!.answer({});
  await settle();
  strictEqual(it.answering, true);
});

Deno.test("Breaker lets nobody wait who waits already when it opens", async () => {
  const { it } = breaker({ workMs: 60_000 });
  const never = Promise.withResolvers<void>();
  const waiting = [it.guard(() => never.promise), it.guard(() => never.promise)];

  it.noteDevice("sda has 3 requests and answers none");

  for (const one of waiting) await rejects(one, NotAnsweringError);
  let tried = false;
  await rejects(
    it.guard(() => {
      tried = true;
      return Promise.resolve();
    }),
    NotAnsweringError,
  );
  strictEqual(tried, false);
  never.resolve(); // the call that hung ends, but the kernel says that the disk does not answer
  await settle();
  strictEqual(it.answering, false);
  it.noteDevice(undefined);
  strictEqual(it.answering, true);
});

Deno.test("Breaker opens when work hangs, and closes when that ends, however it ends", async () => {
  const { it, changes } = breaker();
  const late = Promise.withResolvers<string>();

  await rejects(it.guard(() => late.promise, { path: "/films/x" }), /"\/films\/x".*gave nothing/);
  strictEqual(it.answering, false);
  late.reject(new Error("EIO"));
  await settle();

  deepStrictEqual(changes, [false, true]);
});

Deno.test("Breaker is patient with work that comes forward", async () => {
  const { it } = breaker({ workMs: 60 });

  const result = await it.guard(async (alive) => {
    for (let step = 0; step < 6; step++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      alive();
    }
    return "all";
  });

  strictEqual(result, "all");
  strictEqual(it.answering, true);
});

Deno.test("Breaker passes on failures and the caller's signal", async () => {
  const { it } = breaker();
  await rejects(it.guard(() => Promise.reject(new TypeError("mine"))), TypeError);
  const stop = new AbortController();
  const never = Promise.withResolvers<void>();
  const waiting = it.guard(() => never.promise, { signal: stop.signal });
  stop.abort(new RangeError("enough"));
  await rejects(waiting, RangeError);
  never.resolve();
});

Deno.test("Breaker takes 'nobody is behind it' for no answer, and asks again later", async () => {
  const { it, questions } = breaker({ askMs: 1000 });
  const asking = it.ask();
  questions[0]!.answer({ dead: "Transport endpoint is not connected" });
  await asking;
  match(it.reason ?? "", /not connected/);

  it.askAgain(performance.now() + 11_000);
  questions[1]!.answer({});
  await until("it answers", () => it.answering);
});

Deno.test("Breaker of what is unmounted lets go of everybody", async () => {
  const { it } = breaker();
  const never = Promise.withResolvers<void>();
  const waiting = it.guard(() => never.promise);
  it[Symbol.dispose]();
  await rejects(waiting, /not mounted any more/);
  never.resolve();
});
