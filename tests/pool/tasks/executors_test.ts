import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  cpuBound,
  createExecutors,
  ioBound,
  type JobOf,
  Lanes,
  WorkerPool,
} from "../../../src/pool/mod.ts";
import { settle, within } from "../../helpers/wait.ts";
import type { table } from "./table.ts";

type Job = JobOf<typeof table>;

/** "/a/film" lies on the drive "a". */
function openRig(size = 1, awake = () => Promise.resolve()) {
  const workers = new WorkerPool<Job, unknown>(
    () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
    size,
  );
  const lanes = new Lanes(() => "hdd");
  const locate = (path: string) => Promise.resolve({ driveIds: path.split("/")[1]!.split("+") });
  const executors = createExecutors<Job, unknown>({ workers, lanes, locate, awake });
  return {
    ...executors,
    executors,
    workers,
    lanes,
    /** The drives of every lane that is held, once for each reader. */
    held: () =>
      lanes.list().flatMap(({ driveIds, held }) =>
        Object.values(held).flatMap((readers) => Array.from({ length: readers }, () => driveIds))
      ).flat(),
    double: cpuBound<typeof table, "double">(executors, "double"),
    [Symbol.dispose]: () => workers[Symbol.dispose](),
  };
}

Deno.test("cpuBound() keeps what a job takes and gives, and moves its buffers", async () => {
  using rig = openRig();
  const quadruple = cpuBound<typeof table, "quadruple">(rig.executors, "quadruple");
  const invert = cpuBound<typeof table, "invert">(rig.executors, "invert");
  const fail = cpuBound<typeof table, "fail">(rig.executors, "fail");

  const number: number = await quadruple(3);
  const bytes: Uint8Array = await invert(new Uint8Array([0, 255]));

  deepStrictEqual([number, [...bytes]], [12, [255, 0]]);
  await rejects(fail("too far"), { name: "RangeError", message: "too far" });
  await rejects(rig.computing({ name: "nothing" } as never), /Cannot run "nothing": no such job/);
});

Deno.test("ioBound() keeps arguments and result, and runs while it holds the path's lane", async () => {
  using rig = openRig();
  const readHead = ioBound(
    rig.executors,
    ([path]) => path,
    (path: string, length: number) => ({ path, length, held: rig.held().length }),
  );

  const found: { path: string; length: number } = await readHead("/a/film", 5);

  deepStrictEqual(found, { path: "/a/film", length: 5, held: 1 });
  deepStrictEqual(rig.held(), []);
});

Deno.test("ioBound() without a path says so", async () => {
  using rig = openRig();
  const read = ioBound(rig.executors, ([path]) => path, function readHead(_path?: string) {});

  await rejects(read(), {
    name: "InvalidError",
    message: "Cannot run readHead: its path is missing",
  });
});

Deno.test("a function that calls itself runs at once, and another on the drive waits", async () => {
  using rig = openRig();
  const order: string[] = [];
  const countDown: (path: string, from: number) => Promise<number> = ioBound(
    rig.executors,
    ([path]) => path,
    async (path: string, from: number) => {
      order.push(`${path} ${from}`);
      return from === 0 ? 0 : await countDown(path, from - 1);
    },
  );

  await within("both", Promise.all([countDown("/a/1", 2), countDown("/a/2", 1)]));

  deepStrictEqual(order, ["/a/1 2", "/a/1 1", "/a/1 0", "/a/2 1", "/a/2 0"]);
});

Deno.test("what a job begins and leaves behind takes its lanes like everybody else", async () => {
  using rig = openRig();
  let left: Promise<string> | undefined;
  const isOver = Promise.withResolvers<void>();
  await rig.reading("/a/film", () => {
    left = isOver.promise.then(() => rig.reading("/a/film", () => "read"));
  });
  const other = await rig.lanes.acquire(["a"]);

  isOver.resolve();
  let isDone = false;
  const done = left!.then(() => isDone = true);
  await settle();

  strictEqual(isDone, false);
  other[Symbol.dispose]();
  await within("the lane", done);
});

Deno.test("readings of two drives inside each other, crosswise, come to their end", async () => {
  using rig = openRig();
  const both = Promise.withResolvers<void>();
  let inside = 0;
  const cross = (first: string, second: string) =>
    rig.reading(first, async () => {
      if (++inside === 2) both.resolve();
      await both.promise;
      return await rig.reading(second, () => rig.held().sort());
    });

  const held = await within("both", Promise.all([cross("/a/1", "/b/1"), cross("/b/2", "/a/2")]));

  deepStrictEqual(held, [["a", "b"], ["a", "b"]]);
  deepStrictEqual(rig.held(), []);
});

Deno.test("a reading gets back its own drives after one of others", async () => {
  using rig = openRig();

  const held = await rig.reading("/a/1", async () => {
    const inside = await rig.reading("/b/1", () => rig.held());
    return [inside, rig.held()];
  });

  deepStrictEqual(held, [["a", "b"], ["a"]]);
});

Deno.test("a reading whose own drives are given back for another one waits until it has them", async () => {
  using rig = openRig();
  const order: unknown[] = [];

  await rig.reading("/a/1", async () => {
    const other = rig.reading("/b/1", async () => {
      await settle();
      order.push(rig.held().sort());
    });
    await settle();
    await rig.reading("/a/2", () => order.push(rig.held()));
    await other;
  });

  deepStrictEqual(order, [["a", "b"], ["a"]]);
  deepStrictEqual(rig.held(), []);
});

Deno.test("computing inside reading has a worker, though all workers wait for that lane", async () => {
  using rig = openRig();
  const waiting = Promise.withResolvers<unknown>();

  const result = await rig.reading("/a/film", async () => {
    waiting.resolve(rig.computing({ name: "double", input: 1 }, { reads: "/a/other" }));
    return await within("the worker", rig.double(21));
  });

  strictEqual(result, 42);
  strictEqual(await waiting.promise, 2);
});

Deno.test("computing takes the lanes of what it reads once it has a worker, and gives them back", async () => {
  using rig = openRig();
  const lane = await rig.lanes.acquire(["a"]);
  const waiting = rig.computing({ name: "turns", input: 3 }, { reads: "/a+b/film" });
  await settle();
  strictEqual(rig.workers.counts().busy, 1);

  lane[Symbol.dispose]();

  strictEqual(await within("the job", waiting), 3);
  deepStrictEqual([rig.held(), rig.workers.counts().busy], [[], 0]);
});

Deno.test("computing that reads from a sleeping drive waits for it without a worker", async () => {
  const passed = Promise.withResolvers<void>();
  using rig = openRig(1, () => passed.promise);
  const waiting = rig.computing({ name: "double", input: 4 }, { reads: "/a/film" });

  await settle();
  const busy = rig.workers.counts().busy;
  const other = await within("the worker", rig.double(1));
  passed.resolve();

  deepStrictEqual([busy, other, await waiting], [0, 2, 8]);
});

Deno.test("an aborted reading waits no longer", async () => {
  using rig = openRig();
  using _lane = await rig.lanes.acquire(["a"]);
  const stop = new AbortController();
  const waiting = rig.reading("/a/film", () => "read", { signal: stop.signal });

  await settle();
  stop.abort(new Error("enough"));

  await rejects(within("the end", waiting), { message: "enough" });
  deepStrictEqual(rig.held(), ["a"]);
});

/** What a job does: reads or computes, and other such things inside. */
interface Plan {
  drives: string;
  computes: boolean;
  inside: Plan[];
}

const plans = (depth: number): fc.Arbitrary<Plan> =>
  fc.record({
    drives: fc.constantFrom("a", "b", "c", "a+b", "b+c"),
    computes: fc.boolean(),
    inside: depth > 1 ? fc.array(plans(depth - 1), { maxLength: 2 }) : fc.constant([]),
  });

Deno.test("readings and computings inside each other never wait for each other: 500 random ones", async () => {
  using rig = openRig(2);
  await fc.assert(
    fc.asyncProperty(fc.array(plans(4), { maxLength: 5 }), async (jobs) => {
      const run = async ({ drives, computes, inside }: Plan): Promise<number> => {
        if (computes) {
          const job = { name: "turns" as const, input: inside.length };
          return await rig.computing(job, { reads: `/${drives}/film` }) as number;
        }
        return await rig.reading(`/${drives}/film`, async ({ turn }) => {
          await turn();
          let sum = 1;
          for (const plan of inside) sum += await run(plan);
          return sum;
        });
      };

      const results = await within("all", Promise.all(jobs.map(run)), 10_000);

      ok(results.every((it) => it >= 0));
      deepStrictEqual([rig.held(), rig.workers.counts().busy], [[], 0]);
    }),
    { numRuns: 500 },
  );
});
