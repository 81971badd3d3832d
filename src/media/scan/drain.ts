/**
 * Takes the files that wait for one step of a scan, in batches, each through the lane of its
 * drives and a free worker.
 *
 * @module
 */
import { Gauge, type Lanes, type Priority, Semaphore, type WorkerPool } from "../../pool/mod.ts";
import { reasonOf, UnavailableError } from "../../base/errors.ts";
import type { FileJob, FileResult, FileWork } from "../worker.ts";
import type { Order } from "./order.ts";
import type { ScanStore, Waiting } from "./store.ts";

export interface DrainDeps {
  store: ScanStore;
  lanes: Lanes;
  workers: Pick<WorkerPool<FileJob, FileResult[]>, "size" | "run">;
  order: Order;
}

export interface Step {
  status: "new" | "probed";
  priority: Priority;
  toJob(files: Waiting[]): FileWork;
  /** Called once per batch with its results in order, inside a transaction. */
  save(results: { file: Waiting; result: FileResult }[]): void;
}

/** Files put in order at once; so memory does not grow with the library. */
const PAGE_FILES = 512;
/**
 * A message and a transaction for each file would cost more than the work on a small one; and a
 * transaction of many more would hold up the main thread of a slow machine.
 */
const BATCH_FILES = 64;
const BATCH_BYTES = 16 * 1024 * 1024;

/**
 * Works until no file waits in `step.status`. Each set of drives has a queue of its own, so that a
 * busy disk holds up nobody else; one bad file costs nobody else anything.
 */
export async function drain(step: Step, deps: DrainDeps, signal: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const queues = deps.store.waitingDrives(step.status).map((driveIds) =>
    drainDrives(driveIds, step, deps, { failed, signal: either })
      .catch((error) => failed.abort(error))
  );
  await Promise.all(queues);
  either.throwIfAborted();
}

async function drainDrives(
  driveIds: string[],
  step: Step,
  deps: DrainDeps,
  { failed, signal }: { failed: AbortController; signal: AbortSignal },
): Promise<void> {
  const { store, lanes, workers } = deps;
  const places = new Semaphore(0);
  const running = new Set<Promise<void>>();

  try {
    for (let after = 0;;) {
      const page = store.waiting(step.status, driveIds, after, PAGE_FILES);
      if (page.length === 0) break;
      after = page.at(-1)!.rowid;
      for (const batch of batches(await deps.order(page, driveIds, signal))) {
        places.setLimit(batchesAtOnce(driveIds, deps));
        const place = await places.acquire({ signal });
        const job = runBatch(step, batch, deps, signal, place)
          .catch((error) => failed.abort(error));
        running.add(job);
        job.finally(() => running.delete(job));
      }
    }
  } finally {
    await Promise.all(running);
  }
}

/**
 * Enough under way that a worker finds its next batch waiting, and no more than the drives serve: a
 * batch that waits for a lane keeps a worker from other drives.
 */
function batchesAtOnce(driveIds: string[], { lanes, workers }: DrainDeps): number {
  if (lanes.isStreaming(driveIds)) return 1;
  const readers = lanes.limitOf(driveIds);
  return readers >= workers.size ? workers.size * 2 : readers;
}

/** Few enough files for one lease. */
function batches(files: Waiting[]): Waiting[][] {
  const all: Waiting[][] = [];
  let bytes = 0;
  for (const file of files) {
    const last = all.at(-1);
    if (last && last.length < BATCH_FILES && bytes < BATCH_BYTES) last.push(file);
    else {
      all.push([file]);
      bytes = 0;
    }
    bytes += file.sizeBytes;
  }
  return all;
}

async function runBatch(
  step: Step,
  files: Waiting[],
  deps: DrainDeps,
  signal: AbortSignal,
  place: Disposable,
): Promise<void> {
  const results = await work(step, files, deps, signal).finally(() => place[Symbol.dispose]());
  // The worker goes on with its next batch before this one is saved, one turn of the event loop
  // later; so no more than a batch of each worker is ever unsaved.
  await new Promise((resolve) => setTimeout(resolve));
  deps.store.transaction(() => {
    step.save(files.map((file, index) => ({ file, result: results[index]! })));
  });
}

async function work(
  step: Step,
  files: Waiting[],
  { lanes, workers }: DrainDeps,
  signal: AbortSignal,
): Promise<FileResult[]> {
  const { priority } = step;
  const run = async (some: Waiting[]) => {
    using gauge = new Gauge();
    return await workers.run({ ...step.toJob(some), cells: gauge.cells }, {
      signal,
      priority,
      lease: () => lanes.acquire(some[0]!.driveIds, { signal, priority, gauge }),
    });
  };
  try {
    return await run(files);
  } catch {
    signal.throwIfAborted();
  }
  // The worker crashed or fell silent over one of them. Alone, each can only spoil itself.
  const results: FileResult[] = [];
  for (const file of files) {
    const [result] = await run([file]).catch((error): FileResult[] => {
      signal.throwIfAborted();
      // Silence may be the disk's fault as well as the file's: the next scan tries again.
      const name = error instanceof UnavailableError ? "TimedOut" : "WorkerError";
      return [{ error: { name, message: reasonOf(error) } }];
    });
    results.push(result!);
  }
  return results;
}
