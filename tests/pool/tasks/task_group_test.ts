import { deepStrictEqual, notStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { type Submitted, taskGroup } from "../../../src/pool/mod.ts";
import { settle, until, within } from "../../helpers/wait.ts";

Deno.test("submit() makes its caller wait while the queue is full", async () => {
  await using group = taskGroup({ limit: 1, queue: 1 });
  const hold = Promise.withResolvers<void>();
  await group.submit(() => hold.promise);
  await group.submit(() => hold.promise);
  let accepted = false;

  const third = group.submit(() => hold.promise).then(() => accepted = true);
  await settle();
  strictEqual(accepted, false);
  hold.resolve();

  await within("room", third);
  await group.finish();
});

Deno.test("map() keeps the order of its items, whichever is done first", async () => {
  await using group = taskGroup({ limit: 3 });

  const results = await group.map([30, 1, 20, 2], async (ms, signal) => {
    await sleep(ms, undefined, { signal });
    return ms;
  });

  deepStrictEqual(results, [30, 1, 20, 2]);
});

Deno.test("the first error cancels what waits, tells what runs, and is what the scope throws", async () => {
  const told: string[] = [];
  let ran = 0;
  const scope = async () => {
    await using group = taskGroup({ limit: 2, queue: 10 });
    await group.submit(async (signal) => {
      await sleep(60_000, undefined, { signal }).catch(() => told.push("told"));
    });
    await group.submit(() => Promise.reject(new RangeError("too far")));
    for (let count = 0; count < 5; count++) await group.submit(() => void ran++);
    await group.finish();
  };

  await rejects(within("the scope", scope()), { name: "RangeError", message: "too far" });

  deepStrictEqual([told, ran], [["told"], 0]);
});

Deno.test("an error that nobody took is thrown as the scope is left, and never twice", async () => {
  const forgetful = async () => {
    await using group = taskGroup({ limit: 1 });
    await group.submit(() => Promise.reject(new Error("lost?")));
    await settle();
  };
  const careful = async () => {
    await using group = taskGroup({ limit: 1 });
    const { result } = await group.submit(() => Promise.reject(new Error("mine")));
    await rejects(result, { message: "mine" });
  };

  await rejects(forgetful(), { message: "lost?" });
  await careful();
});

Deno.test("errors can be collected, and cost the other tasks nothing", async () => {
  await using group = taskGroup({ limit: 2, errors: "collect" });
  const odd = (number: number) => {
    if (number % 2 === 1) throw new Error(`odd ${number}`);
    return number;
  };
  const words = ({ errors }: AggregateError) => errors.map((it) => it.message);
  const isBoth = (error: unknown) => {
    ok(error instanceof AggregateError);
    deepStrictEqual(words(error), ["odd 1", "odd 3"]);
    return true;
  };

  await rejects(group.map([1, 2, 3, 4], odd), isBoth);
  const seen: number[] = [];
  await rejects(async () => {
    for await (const even of group.imapUnordered([1, 2, 3, 4], odd)) seen.push(even);
  }, isBoth);
  for (const number of [1, 2, 3, 4]) await group.submit(() => odd(number));
  await rejects(group.finish(), isBoth);

  deepStrictEqual(seen, [2, 4]);
});

Deno.test("leaving the scope cancels what waits, and waits for what runs", async () => {
  const hold = Promise.withResolvers<void>();
  let waiting: Submitted<string> | undefined;
  let isLeft = false;
  const scope = async () => {
    await using group = taskGroup({ limit: 1, queue: 2 });
    await group.submit(() => hold.promise);
    waiting = await group.submit(() => "ran");
  };

  const leaving = scope().then(() => isLeft = true);
  await rejects(async () => await (await until("it", () => !!waiting), waiting!.result), {
    name: "AbortError",
  });
  strictEqual(isLeft, false);
  hold.resolve();

  await within("the end", leaving);
});

Deno.test("an aborted group takes nothing more, and says why", async () => {
  const stop = new AbortController();
  const group = taskGroup({ limit: 1, signal: stop.signal, queue: 0 });
  const hold = Promise.withResolvers<void>();
  const first = await group.submit(() => hold.promise);
  const waiting = group.submit(() => {});

  stop.abort(new Error("enough"));

  await rejects(within("the second", waiting), { message: "enough" });
  await rejects(group.submit(() => {}), { message: "enough" });
  hold.resolve();
  await first.result;
  await rejects(group.finish(), { message: "enough" });
  await group[Symbol.asyncDispose]();
});

Deno.test("a source that hangs is given up when the group is cancelled", async () => {
  const group = taskGroup({ limit: 1 });
  const hanging: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
  };

  const mapping = group.map(hanging, (it) => it);
  const reading = group.imapUnordered(hanging, (it) => it).next();
  const endings = Promise.allSettled([mapping, reading]);
  group.cancel();

  for (const { status } of await within("the end", endings)) strictEqual(status, "rejected");
  await group[Symbol.asyncDispose]();
});

Deno.test("imapUnordered() takes no more items than its look-ahead before somebody reads", async () => {
  await using group = taskGroup({ limit: 2, queue: 1 });
  let taken = 0;
  let isClosed = false;
  async function* items() {
    try {
      for (;;) yield await Promise.resolve(taken++);
    } finally {
      isClosed = true;
    }
  }

  const results = group.imapUnordered(items(), (item) => item);
  await results.next();
  await sleep(20);
  const before = taken;
  await results.next();
  await sleep(20);
  await results.return();

  deepStrictEqual([before, taken, isClosed], [4, 5, true]);
});

Deno.test("whoever stops reading imapUnordered() cancels its tasks, and leaves others alone", async () => {
  await using group = taskGroup({ limit: 4 });
  const other = await group.submit((signal) => sleep(50, "other", { signal }));
  let told = 0;

  for await (
    const item of group.imapUnordered([1, 50_000, 60_000], async (ms, signal) => {
      await sleep(ms, undefined, { signal }).catch(() => told++);
      return ms;
    })
  ) {
    if (item === 1) break;
  }

  strictEqual(told, 2);
  strictEqual(await other.result, "other");
});

Deno.test("a task may give work to its own group without waiting for itself", async () => {
  await using group = taskGroup({ limit: 1, queue: 0 });
  let inside = 0;
  let most = 0;
  const child = async (number: number) => {
    most = Math.max(most, ++inside);
    await settle();
    inside--;
    return number;
  };

  const { result } = await group.submit(async () => {
    const mapped = await group.map([1, 2, 3], (it) => group.map([it, it * 10], child));
    const submitted = await Promise.all([4, 5].map((it) => group.submit(() => child(it))));
    return [...mapped, await Promise.all(submitted.map((it) => it.result))];
  });

  deepStrictEqual(await within("the task", result), [[1, 10], [2, 20], [3, 30], [4, 5]]);
  strictEqual(most, 1);
});

Deno.test("taskGroup() refuses limits that make no sense", () => {
  for (const limit of [0, -1, 1.5, NaN]) {
    try {
      taskGroup({ limit });
    } catch (error) {
      ok(error instanceof RangeError);
      continue;
    }
    throw new Error(`It took ${limit}`);
  }
});

/** One task of a random schedule: steps until it is done, and how it ends. */
const tasks = fc.array(
  fc.record({ steps: fc.nat(5), fails: fc.boolean(), nested: fc.nat(2) }),
  { maxLength: 12 },
);
const shapes = fc.record({ limit: fc.integer({ min: 1, max: 4 }), queue: fc.nat(3) });

const steps = async (count: number) => {
  for (let step = 0; step < count; step++) await undefined;
};

Deno.test("never above the limit, never lost, in order: 4,000 random schedules", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, tasks, async (shape, tasks) => {
      await using group = taskGroup({ ...shape, errors: "collect" });
      let running = 0;
      let most = 0;
      const work = async ({ steps: count }: { steps: number }, index: number) => {
        most = Math.max(most, ++running);
        await steps(count);
        running--;
        return index;
      };
      const numbered = tasks.map((task, index) => ({ ...task, index }));

      const mapped = await group.map(numbered, async (task) => {
        const own = await work(task, task.index);
        // Its place is its children's while it waits for them.
        const children = Array.from({ length: task.nested }, () => task);
        await group.map(children, (it) => work(it, it.index));
        return own;
      });
      const unordered: number[] = [];
      for await (const it of group.imapUnordered(numbered, (task) => work(task, task.index))) {
        unordered.push(it);
      }

      const indices = numbered.map(({ index }) => index);
      deepStrictEqual(mapped, indices);
      deepStrictEqual(unordered.toSorted((one, other) => one - other), indices);
      ok(most <= shape.limit, `${most} ran at once, ${shape.limit} may`);
      strictEqual(running, 0);
    }),
    { numRuns: 4000 },
  );
});

Deno.test("errors and cancelling leave nothing: 4,000 random schedules", async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes,
      tasks,
      fc.option(fc.nat(30)),
      fc.constantFrom("first" as const, "collect" as const),
      async (shape, tasks, cancelAfter, errors) => {
        const stop = new AbortController();
        const ended: number[] = [];
        let running = 0;
        let failed = 0;
        const accepted: Promise<unknown>[] = [];
        if (cancelAfter !== null) void steps(cancelAfter).then(() => stop.abort(new Error("stop")));
        const scope = async () => {
          await using group = taskGroup({ ...shape, errors, signal: stop.signal });
          for (const [index, { steps: count, fails }] of tasks.entries()) {
            const { result } = await group.submit(async () => {
              running++;
              await steps(count);
              running--;
              if (fails) failed++;
              if (fails) throw new Error(`task ${index}`);
              ended.push(index);
              return index;
            });
            accepted.push(result);
          }
          await group.finish();
        };

        const [outcome] = await Promise.allSettled([scope()]);
        strictEqual(running, 0, "something runs on after the scope was left");
        const endings = await Promise.allSettled(accepted);
        const fulfilled = endings.flatMap((it) => it.status === "fulfilled" ? [it.value] : []);
        deepStrictEqual(fulfilled, ended.toSorted((one, other) => one - other));
        if (cancelAfter === null && errors === "collect") {
          strictEqual(ended.length + failed, tasks.length, "a task was lost");
        }
        if (cancelAfter === null && failed === 0) strictEqual(outcome.status, "fulfilled");
        if (errors === "first" && failed > 0) notStrictEqual(outcome.status, "fulfilled");
      },
    ),
    { numRuns: 4000 },
  );
});
