import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { type Priority, Semaphore } from "../../src/pool/mod.ts";
import { settle, within } from "../helpers/wait.ts";

/** Asks for `count` permits and keeps what is granted, in order. */
function asking(semaphore: Semaphore, count: number, priority?: Priority) {
  const held: Disposable[] = [];
  const all = Array.from({ length: count }, () =>
    semaphore.acquire({ priority }).then((permit) => {
      held.push(permit);
      return permit;
    }));
  return { held, all: Promise.all(all) };
}

Deno.test("Semaphore hands out as many permits as its limit, and a returned one to the next", async () => {
  const semaphore = new Semaphore(2);
  const { held } = asking(semaphore, 3);
  await settle();

  deepStrictEqual([held.length, semaphore.held, semaphore.waiting], [2, 2, 1]);
  held[0]![Symbol.dispose]();
  await settle();

  deepStrictEqual([held.length, semaphore.held, semaphore.waiting], [3, 2, 0]);
});

Deno.test("a permit that is given back twice counts once", async () => {
  const semaphore = new Semaphore(1);
  const permit = await semaphore.acquire();

  permit[Symbol.dispose]();
  permit[Symbol.dispose]();

  strictEqual(semaphore.held, 0);
  const { held } = asking(semaphore, 2);
  await settle();
  strictEqual(held.length, 1);
});

Deno.test("growing admits waiters at once", async () => {
  const semaphore = new Semaphore(1);
  const { held } = asking(semaphore, 4);
  await settle();
  strictEqual(held.length, 1);

  semaphore.setLimit(3);
  await settle();

  deepStrictEqual([held.length, semaphore.waiting], [3, 1]);
});

Deno.test("shrinking lets holders finish, and admits nobody until they are fewer", async () => {
  const semaphore = new Semaphore(4);
  const { held } = asking(semaphore, 6);
  await settle();
  semaphore.setLimit(2);

  const admitted: number[] = [];
  for (let given = 0; given < 4; given++) {
    held[given]![Symbol.dispose]();
    await settle();
    admitted.push(held.length);
  }

  deepStrictEqual(admitted, [4, 4, 5, 6]);
  strictEqual(semaphore.held, 2);
});

Deno.test("a limit lowered under load is kept once all is given back", async () => {
  const semaphore = new Semaphore(4);
  const { held } = asking(semaphore, 4);
  await settle();

  semaphore.setLimit(2);
  for (const permit of held) permit[Symbol.dispose]();
  const again = asking(semaphore, 4);
  await settle();

  deepStrictEqual([again.held.length, semaphore.held], [2, 2]);
});

Deno.test("a limit of zero grants nothing until it grows; less, or no number, is a mistake", async () => {
  const semaphore = new Semaphore(0);
  const { held } = asking(semaphore, 1);
  await settle();
  strictEqual(held.length, 0);

  semaphore.setLimit(1);
  await settle();

  strictEqual(held.length, 1);
  for (const wrong of [-1, NaN, 1.5]) {
    throws(() => semaphore.setLimit(wrong), RangeError);
    throws(() => new Semaphore(wrong), RangeError);
  }
});

Deno.test("Semaphore grants by priority, then oldest first", async () => {
  const semaphore = new Semaphore(1);
  const first = await semaphore.acquire();
  const order: string[] = [];
  const ask = async (name: string, priority?: Priority) => {
    using _permit = await semaphore.acquire({ priority });
    order.push(name);
  };

  const all = [
    ask("background 1"),
    ask("interactive 1", "interactive"),
    ask("background 2", "housekeeping"),
    ask("playback 1", "playback"),
    ask("interactive 2", "interactive"),
    ask("playback 2", "playback"),
  ];
  first[Symbol.dispose]();
  await Promise.all(all);

  deepStrictEqual(order, [
    "playback 1",
    "playback 2",
    "interactive 1",
    "interactive 2",
    "background 1",
    "background 2",
  ]);
});

Deno.test("a waiter that gives up is forgotten, and its place goes to the next", async () => {
  const semaphore = new Semaphore(1);
  const first = await semaphore.acquire();
  const stop = new AbortController();
  const impatient = semaphore.acquire({ signal: stop.signal });
  const patient = semaphore.acquire();

  stop.abort(new Error("too long"));
  await rejects(impatient, { message: "too long" });
  strictEqual(semaphore.waiting, 1);
  first[Symbol.dispose]();

  (await within("the permit", patient))[Symbol.dispose]();
  strictEqual(semaphore.held, 0);
  await rejects(semaphore.acquire({ signal: stop.signal }), { message: "too long" });
});

Deno.test("a waiter that gives up as it is granted neither loses nor doubles the permit", async () => {
  const semaphore = new Semaphore(1);
  const first = await semaphore.acquire();
  const stop = new AbortController();
  const waiter = semaphore.acquire({ signal: stop.signal });

  first[Symbol.dispose]();
  stop.abort();
  (await waiter)[Symbol.dispose]();

  deepStrictEqual([semaphore.held, semaphore.waiting], [0, 0]);
});

Deno.test("random resizing and giving up under load keeps the bounds", async () => {
  const semaphore = new Semaphore(3);
  let [state, running, done] = [7, 0, 0];
  const random = (below: number) => (state = (state * 48271) % 2147483647) % below;
  const work = async () => {
    const stop = new AbortController();
    if (random(4) === 0) queueMicrotask(() => stop.abort());
    try {
      using _permit = await semaphore.acquire({ signal: stop.signal });
      running++;
      ok(running <= 5, `${running} run`);
      for (let turn = random(5); turn >= 0; turn--) await Promise.resolve();
      running--;
    } catch (error) {
      ok(stop.signal.aborted, String(error));
    }
    done++;
  };

  const jobs = Array.from({ length: 2000 }, work);
  for (let change = 0; change < 200; change++) {
    const before = semaphore.held;
    const limit = random(6);
    semaphore.setLimit(limit);
    ok(semaphore.held <= Math.max(limit, before), `${semaphore.held} held of ${limit}`);
    if (semaphore.waiting > 0) ok(semaphore.held >= limit);
    await settle();
  }
  semaphore.setLimit(5);
  await within("all of them", Promise.all(jobs));

  deepStrictEqual([done, running, semaphore.held, semaphore.waiting], [2000, 0, 0, 0]);
});
