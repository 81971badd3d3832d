/**
 * Commands and answers on disk: once done, never lost, never too many.
 *
 * @module
 */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { silent } from "../../../src/base/log.ts";
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { Commands } from "../../../src/edge/link/outbox/commands.ts";
import { AnswerSender } from "../../../src/edge/link/outbox/sender.ts";
import { createOutboxStore } from "../../../src/edge/link/outbox/store.ts";
import type { PeerMessage, PeerPayloads } from "../../../src/edge/messages.ts";

const never = new AbortController().signal;
const answer = (catalogId: string) => ({
  case: "fileDeleteResponse" as const,
  value: { catalogId, success: true } satisfies PeerPayloads["fileDeleteResponse"],
});
const asked = (requestId: string, ...catalogIds: string[]) => ({
  requestId,
  edgeId: "e",
  payload: { case: "fileDeleteRequest" as const, value: { catalogIds } },
});

/** A link's outbox, and a stream that can be opened anew. */
function setUp(options: Parameters<typeof createOutboxStore>[1] = {}) {
  const db = openDatabase(":memory:", migrations.library);
  const store = createOutboxStore(db, options);
  let sender: AnswerSender | undefined;
  let flushed: Promise<void> | undefined;
  const onAnswers = (key?: string) => {
    if (key !== undefined) sender?.rewind(key);
    flushed = sender?.flush();
  };
  const open = (room: () => Promise<void> = () => Promise.resolve()) => {
    const sent: PeerMessage[] = [];
    const send = (message: PeerMessage) => {
      sent.push(message);
      return room();
    };
    const opened = new AnswerSender({ store, edges: () => ["edge"], send, signal: never });
    sender = opened;
    return { sent, sender: opened };
  };
  const begin = () => new Commands({ store, log: silent, onAnswers });
  return { db, store, open, begin, flushed: () => flushed };
}

Deno.test("a command that comes again is answered again, and not done again", async () => {
  const { store, open, begin, flushed } = setUp();
  const { sent, sender } = open();
  const commands = begin();
  let done = 0;
  const work = () => Promise.resolve([answer(`a${++done}`)]);
  const ask = async (requestId: string, edge = "edge") => {
    await commands.run(asked(requestId, "a"), [edge], work, true);
    await flushed();
  };

  await ask("r1");
  strictEqual(sent.length, 1);
  await ask("r1"); // while the answer is on its way
  strictEqual(sent.length, 1);
  strictEqual(sender.receipt("r1"), true);
  strictEqual(sender.receipt("r1"), false);
  strictEqual(store.waiting(), 0);
  await ask("r1"); // the edge has lost it
  deepStrictEqual(sent.map(({ payload }) => payload), [answer("a1"), answer("a1")]);

  await ask("r2");
  await ask("r1", "another edge"); // whose ids are its own; it is not at this stream
  deepStrictEqual([done, sent.length, store.waiting()], [3, 3, 3]);
});

Deno.test("what was not confirmed goes out by the next stream, in its order", async () => {
  const { store, open, begin, flushed } = setUp();
  const commands = begin();
  await commands.run(
    asked("r1"),
    ["edge"],
    () => Promise.resolve(["a", "b", "c"].map(answer)),
    true,
  );
  const first = open();
  await first.sender.flush();
  first.sender.receipt("r1");

  const second = open();
  await second.sender.flush();
  deepStrictEqual(second.sent.map(({ payload }) => payload), [answer("b"), answer("c")]);
  // An edge that confirms nothing: the stream has lived on.
  second.sender.presume(60_000);
  strictEqual(store.waiting(), 2);
  second.sender.presume(0);

  strictEqual(store.waiting(), 0);
  await flushed();
});

Deno.test("a command that a crash has cut off goes on where it was", async () => {
  const { open, begin } = setUp();
  const { sent, sender } = open();
  const crash = new Error("killed");
  const seen: unknown[] = [];
  await begin().run(asked("r1", "a", "b"), ["edge"], (command) => {
    command.give(answer("a"));
    return Promise.reject(crash);
  }, true).catch(() => {});

  await begin().run(asked("r1", "a", "b"), ["edge"], (command) => {
    seen.push(command.again, ...command.given);
    return Promise.resolve([answer("b")]);
  }, true);
  await sender.flush();

  deepStrictEqual(seen, [true, answer("a")]);
  deepStrictEqual(sent.map(({ payload }) => payload), [answer("a"), answer("b")]);
});

Deno.test("a command that comes while it is worked on waits, and is done once", async () => {
  const { begin } = setUp();
  const commands = begin();
  const gate = Promise.withResolvers<void>();
  let done = 0;
  const work = async () => {
    await gate.promise;
    done++;
    return [];
  };

  const runs = [1, 2, 3].map(() => commands.run(asked("r1"), ["edge", "old name"], work, false));
  gate.resolve();
  await Promise.all(runs);

  strictEqual(done, 1);
});

Deno.test("a secret is good for one use, whatever the request is called", async () => {
  const { begin } = setUp();
  const commands = begin();
  const uses: boolean[] = [];
  const use = (requestId: string, secret: string) =>
    commands.run(asked(requestId), ["edge"], (command) => {
      uses.push(command.isFirst(secret));
      return Promise.resolve([]);
    }, false);

  await use("r1", "token");
  await use("r2", "token");
  await use("r3", "another");

  deepStrictEqual(uses, [true, false, true]);
});

Deno.test("what is a day old, or too much, is forgotten and counted", async () => {
  let now = Date.parse("2026-01-01");
  const { store, begin } = setUp({ maxKept: 3, now: () => now });
  const commands = begin();
  const run = (id: string) =>
    commands.run(asked(id), ["edge"], () => Promise.resolve([answer(id)]), true);

  for (const id of ["a", "b", "c", "d", "e"]) {
    now++;
    await run(id);
  }
  strictEqual(store.prune(), 2);
  strictEqual(store.waiting(), 3);
  now += 25 * 3_600_000;
  await run("f");
  strictEqual(store.prune(), 3);

  deepStrictEqual(store.unconfirmed(["edge"], 0, 10).map(({ requestId }) => requestId), ["f"]);
  // Its answer is gone: it is done again, rather than never answered.
  await run("a");
  strictEqual(store.waiting(), 2);
});

Deno.test("commands that come again while answers are being sent are answered again", async () => {
  const { open, begin, flushed } = setUp();
  const commands = begin();
  const first = open();
  const ids = ["r1", "r2", "r3", "r4"];
  const ask = (requestId: string) =>
    commands.run(
      asked(requestId, requestId),
      ["edge"],
      () => Promise.resolve([answer(requestId)]),
      true,
    );
  for (const id of ids) await ask(id);
  await flushed();
  // The edge has two of them; but it is killed before it has kept what they said.
  for (const id of ["r1", "r2"]) first.sender.receipt(id);

  let isFull = true;
  const { promise: hasRoom, resolve } = Promise.withResolvers<void>();
  const second = open(() => isFull ? hasRoom : Promise.resolve());
  const flushing = second.sender.flush();
  // The others are on their way, and the stream is full.
  deepStrictEqual(second.sent.map((it) => it.requestId), ["r3"]);
  for (const id of ["r1", "r2"]) await ask(id);
  isFull = false;
  resolve();
  await Promise.all([flushing, flushed()]);

  deepStrictEqual(second.sent.map((it) => it.requestId), ["r3", "r4", "r1", "r2"]);
});
