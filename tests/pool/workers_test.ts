import { deepStrictEqual, notStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "../../src/base/errors.ts";
import { Lanes, type Lease, WorkerPool } from "../../src/pool/mod.ts";
import { tempDir } from "../helpers/temp.ts";
import { settle, until, within } from "../helpers/wait.ts";
import { currentPlatform } from "../../src/base/platform.ts";
import { toBackground } from "../../src/base/thread_priority.ts";
import { niceOfThisThread } from "../helpers/nice.ts";
import type { Order } from "./worker.ts";

function openPool(size: number, options = {}) {
  let opened = 0;
  const pool = new WorkerPool<Order, unknown>(
    () => {
      opened++;
      return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    },
    size,
    options,
  );
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

Deno.test({
  name: "a worker stands behind the thread that gives it work",
  ignore: currentPlatform() !== "linux",
}, async () => {
  using it = openPool(2);
  const own = niceOfThisThread();

  const theirs = await Promise.all([it.pool.run({ nice: true }), it.pool.run({ nice: true })]);

  strictEqual(it.opened(), 2);
  const behind = Math.min(19, own + 10);
  deepStrictEqual(theirs, [behind, behind]);
  strictEqual(niceOfThisThread(), own, "others are left as they are");
});

Deno.test("toBackground() leaves a thread alone where it cannot lower that alone", () => {
  const own = currentPlatform() === "linux" ? niceOfThisThread() : 0;

  strictEqual(toBackground("darwin"), false);
  strictEqual(toBackground("windows"), false);
  strictEqual(toBackground("linux", "no-such-library.so"), false);

  if (currentPlatform() === "linux") strictEqual(niceOfThisThread(), own);
});

Deno.test("a job that fails keeps its worker, and its error's class", async () => {
  using it = openPool(1);
  const before = await it.pool.run({ who: true });

  await rejects(it.pool.run({ fail: "too far" }), { name: "RangeError", message: "too far" });

  strictEqual(await it.pool.run({ who: true }), before);
});

Deno.test("a worker that crashes is replaced, and its job tried once more", async () => {
  await using dir = await tempDir();
  using it = openPool(1);
  const before = await it.pool.run({ who: true });

  const after = await within("the job", it.pool.run({ crashOnce: `${dir.path}/once` }));

  notStrictEqual(after, before);
  strictEqual(await it.pool.run({ who: true }), after);
  const { replaced, retried, open } = it.pool.counts();
  deepStrictEqual({ replaced, retried, open, opened: it.opened() }, {
    replaced: 1,
    retried: 1,
    open: 1,
    opened: 2,
  });
});

Deno.test("a job that crashes each worker fails, and is named", async () => {
  using it = openPool(1);

  await rejects(within("the crash", it.pool.run({ crash: true }, { name: "hash of a.mkv" })), {
    name: "CrashedError",
    message: /^Cannot finish hash of a\.mkv: its worker crashed 2 times: .*the worker crashed/,
    details: { job: "hash of a.mkv", attempts: 2 },
  });

  strictEqual(await it.pool.run({ double: 4 }), 8);
  strictEqual(it.pool.counts().busy, 0);
});

Deno.test("a pool of one attempt, and a job of one, lose one worker only", async () => {
  using it = openPool(1, { attempts: 1 });

  await rejects(it.pool.run({ crash: true }), /its worker crashed: /);
  await rejects(it.pool.run({ crash: true }, { attempts: 2 }), /crashed 2 times/);

  strictEqual(it.opened(), 3);
});

Deno.test("a job whose worker falls silent is tried once more", async () => {
  await using dir = await tempDir();
  using it = openPool(1);
  const before = await it.pool.run({ who: true });

  // Long enough for a new worker to start on a busy machine.
  const after = await it.pool.run({ silentOnce: `${dir.path}/once` }, { silentMs: 3000 });

  notStrictEqual(after, before);
});

Deno.test("buffers move to the worker and back", async () => {
  using it = openPool(1);
  const bytes = new Uint8Array(1 << 20).fill(1);

  const result = await it.pool.run({ add: bytes }, { transfer: movesBytes });

  ok(result instanceof Uint8Array);
  deepStrictEqual([result.length, result[9], bytes.length], [1 << 20, 2, 0]);
});

Deno.test("a job whose buffers have moved is tried again only if it can be made anew", async () => {
  using it = openPool(1);
  let made = 0;
  // Its worker cannot send the answer in time: a limit of 0 ms is over before.
  const options = { transfer: movesBytes, silentMs: 0 };

  await rejects(it.pool.run({ add: new Uint8Array(9) }, options), /no word in 0 ms$/);
  await rejects(
    it.pool.run(() => {
      made++;
      return { add: new Uint8Array(9) };
    }, options),
    /no word in 0 ms 2 times$/,
  );

  strictEqual(made, 2);
});

Deno.test("an error that cannot be copied is told in words", async () => {
  using it = openPool(1);

  await rejects(within("the error", it.pool.run({ throwFunction: true })), /=>/);

  strictEqual(it.pool.counts().replaced, 0);
});

Deno.test("resize() serves more at once, and ends what is too much once it rests", async () => {
  using it = openPool(1);
  const hold = Promise.withResolvers<void>();
  const lease = leaseThat(() => hold.promise);
  const jobs = Array.from({ length: 3 }, () => it.pool.run({ turns: 1 }, { lease }));
  await settle();
  strictEqual(it.pool.counts().busy, 1);

  it.pool.resize(3);
  await until("three at work", () => it.pool.counts().busy === 3);
  it.pool.resize(1);
  strictEqual(it.pool.counts().busy, 3);
  hold.resolve();

  deepStrictEqual(await Promise.all(jobs), [1, 1, 1]);
  deepStrictEqual([it.pool.counts().open, it.pool.counts().busy, it.pool.size], [1, 0, 1]);
});

Deno.test("who holds lanes has a place where all others wait for those lanes", async () => {
  using it = openPool(1);
  const lanes = new Lanes(() => "hdd");
  const held = await lanes.acquire(["disk"]);
  const lease = () => lanes.acquire(["disk"]);
  const waiting = it.pool.run({ double: 1 }, { lease }); // has the only worker, waits for the lane
  await settle();

  const results = await within(
    "workers",
    Promise.all([1, 2, 3].map((double) => it.pool.run({ double }, { holdsLanes: true }))),
  );
  held[Symbol.dispose]();

  deepStrictEqual([results, await waiting], [[2, 4, 6], 2]);
});

Deno.test("a job at a closed gate gives back its place and its lanes, and goes on where it was", async () => {
  using it = openPool(1);
  const lanes = new Lanes(() => "hdd");
  const lease = () => lanes.acquire(["disk"]);
  let gate: PromiseWithResolvers<void> | undefined;
  let turns = 0;
  const running = it.pool.run({ turns: 2 }, {
    lease,
    gate: () => {
      if (turns++ === 2) gate = Promise.withResolvers(); // asked twice as it begins
      return gate?.promise;
    },
  });
  await until("the gate", () => gate !== undefined);
  await settle();

  const places = it.pool.counts().busy;
  const other = await within("another", it.pool.run({ double: 2 }, { lease }));
  const opened = gate!;
  gate = undefined;
  opened.resolve();

  deepStrictEqual([places, other, await running], [0, 4, 2]);
  deepStrictEqual([it.pool.counts().busy, lanes.list()[0]?.held.housekeeping], [0, 0]);
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
    message: "Cannot finish the job: no word in 50 ms 2 times",
  });

  strictEqual(await it.pool.run({ double: 4 }), 8);
  strictEqual(it.opened(), 3);
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

Deno.test("a closed pool takes no job, ends those that run, and leaves no worker", async () => {
  const it = openPool(1);
  await it.pool.run({ who: true });
  const running = it.pool.run({ silent: true });
  const waiting = it.pool.run({ double: 1 });
  const endings = Promise.allSettled([running, waiting]);
  await settle();

  it.pool[Symbol.dispose]();

  for (const ending of await within("the end", endings)) {
    ok(ending.status === "rejected" && ending.reason instanceof UnavailableError);
  }
  deepStrictEqual([it.pool.counts().open, it.pool.counts().busy], [0, 0]);
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
  const look = () => held.push(lanes.list()[0]?.held.housekeeping);

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

function movesBytes(order: Order): Transferable[] {
  return "add" in order ? [order.add.buffer] : [];
}

function leaseThat(turn: () => Promise<void>) {
  const lease: Lease = {
    yield: turn,
    shouldYield: () => true,
    asked: new AbortController().signal,
    askAside: () => {},
    count: () => {},
    [Symbol.dispose]: () => {},
  };
  return () => Promise.resolve(lease);
}
