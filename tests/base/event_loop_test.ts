import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  asked,
  isAttentive,
  nextSize,
  pieceMs,
  turn,
  watchEventLoop,
  withoutOthers,
} from "../../src/base/event_loop.ts";
import type { Distribution } from "../../src/base/metrics.ts";

Deno.test("a main thread that was busy is told by how late its timer rings", async () => {
  const watch = watchEventLoop();
  const stop = new AbortController();
  const running = watch.service(stop.signal);
  const told = () => watch.metrics()[0]!.samples[0]!.value as Distribution;
  const count = () => told().counts.reduce((sum, it) => sum + it, 0);

  await sleep(200);
  const busyUntil = performance.now() + 300;
  while (performance.now() < busyUntil); // its timer is due in the middle of this
  while (count() === 0) await sleep(10);
  stop.abort();
  await running;

  strictEqual(count(), 1);
  ok(told().sum >= 0.2, `late by ${told().sum} s`);
  ok(told().bounds[told().counts.indexOf(1)]! >= 0.25);
});

Deno.test("turn() lets one go in each turn of the event loop, however many wait", async () => {
  const seen: string[] = [];
  const ticking = async () => {
    for (let tick = 0; tick < 3; tick++) {
      await new Promise((resolve) => setTimeout(resolve));
      seen.push("tick");
    }
  };
  const waiting = ["a", "b", "c"].map((name) => turn().then(() => seen.push(name)));

  await Promise.all([...waiting, ticking()]);

  deepStrictEqual(seen.filter((it) => it !== "tick"), ["a", "b", "c"]);
  const [a, b, c] = ["a", "b", "c"].map((it) => seen.indexOf(it)) as [number, number, number];
  ok(b - a > 1 && c - b > 1, `a timer rings between two of them: ${seen}`);
});

Deno.test("a server answers while long work goes piece by piece on its thread", async () => {
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("here"),
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  let goesOn = true;
  let pieces = 0;
  const work = async () => {
    while (goesOn) {
      const until = performance.now() + 5;
      while (performance.now() < until);
      pieces++;
      await turn();
    }
  };
  const working = [work(), work(), work()];

  const waited: number[] = [];
  for (let question = 0; question < 20; question++) {
    const before = pieces;
    strictEqual(await (await fetch(url)).text(), "here");
    waited.push(pieces - before);
  }
  goesOn = false;
  await Promise.all(working);

  waited.sort((one, other) => one - other);
  ok(waited[10]! <= 20, `pieces done for each answer: ${waited}`); // by setImmediate(): over 60
});

Deno.test("long work stands still while somebody needs a moment without it", async () => {
  const seen: string[] = [];
  const before = turn().then(() => seen.push("before"));
  const done = Promise.withResolvers<void>();
  const still = withoutOthers(async () => {
    seen.push("begins");
    await done.promise;
    seen.push("ends");
  });
  const after = turn().then(() => seen.push("after"));

  await before;
  for (let some = 0; some < 5; some++) await new Promise((resolve) => setTimeout(resolve));
  deepStrictEqual(seen, ["before", "begins"]);
  done.resolve();
  await Promise.all([still, after]);
  deepStrictEqual(seen, ["before", "begins", "ends", "after"]);

  await rejects(withoutOthers(() => Promise.reject(new Error("not now"))), /not now/);
  await turn(); // and the next have theirs
});

Deno.test("pieces are shorter while somebody asks, and as large as fit in the time", () => {
  const unasked = pieceMs();
  ok(!isAttentive());
  strictEqual(nextSize(10, unasked / 2, 100), 20);
  strictEqual(nextSize(10, unasked / 9, 100), 20, "no more than twice as many");
  strictEqual(nextSize(80, unasked / 2, 100), 100);
  strictEqual(nextSize(10, unasked * 2, 100), 5);
  strictEqual(nextSize(1, unasked * 100, 100), 1);

  asked();

  ok(isAttentive());
  ok(pieceMs() < unasked);
});
