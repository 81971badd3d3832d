import { deepStrictEqual, notStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "../../src/base/errors.ts";
import { Lanes, WorkerPool } from "../../src/pool/mod.ts";
import { settle, within } from "../helpers/wait.ts";
import type { Order } from "./worker.ts";

function openPool(size: number) {
  let opened = 0;
  const pool = new WorkerPool<Order, unknown>(() => {
    opened++;
    return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  }, size);
  return { pool, opened: () => opened, [Symbol.dispose]: () => pool[Symbol.dispose]() };
}

Deno.test("run() answers every job, and opens no more workers than the size", async () => {
  using it = openPool(2);

  const results = await Promise.all(
    Array.from({ length: 20 }, (_, double) => it.pool.run({ double })),
  );

  deepStrictEqual(results, Array.from({ length: 20 }, (_, number) => number * 2));
  strictEqual(it.opened(), 2);
});

Deno.test("a job that fails keeps its worker, and its error's class", async () => {
  using it = openPool(1);
  const before = await it.pool.run({ who: true });

  await rejects(it.pool.run({ fail: "too far" }), { name: "RangeError", message: "too far" });

  strictEqual(await it.pool.run({ who: true }), before);
});

Deno.test("a worker that crashes is replaced", async () => {
  using it = openPool(1);
  const before = await it.pool.run({ who: true });

  await rejects(within("the crash", it.pool.run({ crash: true })), /the worker crashed/);

  notStrictEqual(await it.pool.run({ who: true }), before);
  strictEqual(it.opened(), 2);
});

Deno.test("a worker that crashes while it is idle is replaced, and takes nothing with it", async () => {
  using it = openPool(1);
  const before = await it.pool.run({ who: true });
  await it.pool.run({ crashLater: true });

  await sleep(150); // there is nothing to await: the worker has answered

  notStrictEqual(await within("another", it.pool.run({ who: true })), before);
});

Deno.test("a worker that says nothing is replaced", async () => {
  using it = openPool(1);
  await it.pool.run({ who: true });

  await rejects(within("the limit", it.pool.run({ silent: true }, { silentMs: 50 })), {
    name: "UnavailableError",
    message: /no word in 50 ms/,
  });

  strictEqual(await it.pool.run({ double: 4 }), 8);
  strictEqual(it.opened(), 2);
});

Deno.test("an aborted job ends at once, with the signal's reason, and its worker with it", async () => {
  using it = openPool(1);
  await it.pool.run({ who: true });
  const stop = new AbortController();
  const running = it.pool.run({ silent: true }, { signal: stop.signal });
  const waiting = it.pool.run({ double: 4 }, { signal: stop.signal });

  await sleep(20);
  stop.abort(new Error("enough"));

  await rejects(within("the end", running), { message: "enough" });
  await rejects(within("the end", waiting), { message: "enough" });
  await rejects(it.pool.run({ double: 4 }, { signal: stop.signal }), { message: "enough" });
  strictEqual(await it.pool.run({ double: 5 }), 10);
});

Deno.test("a turn lets the job wait for as long as it takes, however short the limit of silence", async () => {
  using it = openPool(1);
  await it.pool.run({ who: true });
  let turns = 0;
  const lease = leaseThat(async () => {
    turns++;
    await sleep(60);
  });

  const result = await it.pool.run({ turns: 3 }, { lease, silentMs: 50 });

  deepStrictEqual([result, turns], [3, 3]);
});

Deno.test("a turn that fails, or comes after the end, leaves no timer and no worker behind", async () => {
  using it = openPool(1);
  const stop = new AbortController();
  const turned = Promise.withResolvers<void>();
  const lease = leaseThat(() => turned.promise);

  const running = it.pool.run({ turns: 1 }, { lease, signal: stop.signal, silentMs: 20_000 });
  await sleep(150);
  stop.abort(new Error("enough"));
  await rejects(running, { message: "enough" });
  turned.resolve(); // the test's own check for leaked timers does the rest

  const none = leaseThat(() => Promise.reject(new Error("no turn")));
  await rejects(it.pool.run({ turns: 1 }, { lease: none }), { message: "no turn" });
});

Deno.test("a closed pool takes no job, and ends its workers", async () => {
  const it = openPool(2);
  const last = it.pool.run({ double: 1 });
  await settle();

  it.pool[Symbol.dispose]();

  strictEqual(await last, 2);
  await rejects(it.pool.run({ double: 1 }), (error) => {
    ok(error instanceof UnavailableError);
    return true;
  });
});

Deno.test("run() takes its lease once it has a worker, and gives it back whatever happens", async () => {
  using it = openPool(1);
  const lanes = new Lanes(() => "hdd");
  const lease = () => lanes.acquire(["disk"]);
  const held: (number | undefined)[] = [];
  const look = () => held.push(lanes.list()[0]?.held);

  const first = it.pool.run({ double: 1 }, { lease });
  const second = it.pool.run({ fail: "too far" }, { lease }).catch(look);
  await first;
  await second;
  await it.pool.run({ crash: true }, { lease }).catch(look);
  await it.pool.run({ silent: true }, { lease, silentMs: 50 }).catch(look);
  const refused = it.pool.run({ double: 1 }, { lease: () => Promise.reject(new Error("no lane")) });
  await rejects(refused, { message: "no lane" });

  deepStrictEqual(held, [0, 0, 0]);
  strictEqual(await it.pool.run({ double: 3 }, { lease }), 6);
});

function leaseThat(turn: () => Promise<void>) {
  return () => Promise.resolve({ yield: turn, [Symbol.dispose]: () => {} });
}
