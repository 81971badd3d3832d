/**
 * Takes the files that wait for one step of a scan, in batches, each through the lane of its
 * drives and a free worker.
 *
 * @module
 */
import { type Lanes, Semaphore, type WorkerPool } from "../../pool/mod.ts";
import { reasonOf } from "../../base/errors.ts";
import type { FileJob, FileResult } from "../worker.ts";
import type { ScanStore, Waiting } from "./store.ts";

export interface DrainDeps {
  store: ScanStore;
  lanes: Lanes;
  workers: WorkerPool<FileJob, FileResult[]>;
}

export interface Step {
  status: "new" | "probed";
  toJob(files: Waiting[]): FileJob;
  /** Called once per batch with its results in order, inside a transaction. */
  save(results: { file: Waiting; result: FileResult }[]): void;
}

const PAGE_FILES = 512;
const BATCH_FILES = 16;
const BATCH_BYTES = 16 * 1024 * 1024;

/** Works until no file waits in `step.status`. One bad file costs nobody else anything. */
export async function drain(step: Step, deps: DrainDeps, signal: AbortSignal): Promise<void> {
  const { store, workers } = deps;
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  // Enough under way that each worker finds its next batch waiting; bounded, whatever the queue.
  const places = new Semaphore(workers.size * 2);
  const running = new Set<Promise<void>>();

  try {
    for (let after = 0;;) {
      const page = store.waiting(step.status, after, PAGE_FILES);
      if (page.length === 0) break;
      after = page.at(-1)!.rowid;
      for (const batch of batches(page)) {
        const place = await places.acquire({ signal: either });
        const job = runBatch(step, batch, deps, either)
          .catch((error) => failed.abort(error))
          .finally(() => place[Symbol.dispose]());
        running.add(job);
        job.finally(() => running.delete(job));
      }
    }
  } finally {
    await Promise.all(running);
  }
  either.throwIfAborted();
}

/** Files of the same drives, few enough for one lease. */
function batches(files: Waiting[]): Waiting[][] {
  const open = new Map<string, { files: Waiting[]; bytes: number }>();
  const full: Waiting[][] = [];
  for (const file of files) {
    const key = file.driveIds.join();
    const batch = open.get(key) ?? { files: [], bytes: 0 };
    open.set(key, batch);
    batch.files.push(file);
    batch.bytes += file.sizeBytes;
    if (batch.files.length >= BATCH_FILES || batch.bytes >= BATCH_BYTES) {
      full.push(batch.files);
      open.delete(key);
    }
  }
  return [...full, ...[...open.values()].map((batch) => batch.files)];
}

async function runBatch(
  step: Step,
  files: Waiting[],
  deps: DrainDeps,
  signal: AbortSignal,
): Promise<void> {
  const results = await work(step, files, deps, signal);
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
  const run = async (some: Waiting[]) => {
    using lease = await lanes.acquire(some[0]!.driveIds, { signal });
    return await workers.run(step.toJob(some), { signal, turn: () => lease.yield() });
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
      return [{ error: { name: "WorkerError", message: reasonOf(error) } }];
    });
    results.push(result!);
  }
  return results;
}
