/**
 * Takes the files that wait for one step of a scan, in batches, each through the lane of its
 * drives and a free worker.
 *
 * @module
 */
import { turn, yieldToOthers } from "../../base/event_loop.ts";
import { join } from "node:path";
import {
  type Gauge,
  jobId,
  type Jobs,
  type JobState,
  type Lanes,
  PieceGauge,
  type Priority,
  type RunningJob,
  Semaphore,
  type WorkerPool,
} from "../../pool/mod.ts";
import { reasonOf, UnavailableError } from "../../base/errors.ts";
import { pause } from "../../base/service.ts";
import type { FileJob, FileResult, FileWork } from "../worker.ts";
import type { FindAway } from "../offline/away.ts";
import type { Order } from "./order.ts";
import { inPieces } from "./record/in_pieces.ts";
import type { ScanStore, Waiting } from "./store.ts";

export interface DrainDeps {
  store: ScanStore;
  lanes: Lanes;
  workers: Pick<WorkerPool<FileJob, FileResult[]>, "size" | "run">;
  order: Order;
  jobs: Jobs;
  /** Resolves when background work may read from these drives: they are awake, or may be woken. */
  awake(driveIds: readonly string[], priority: Priority, signal: AbortSignal): Promise<void>;
  /** Aborts when the file system of a path answers no more: nobody holds a lane for it then. */
  silence(path: string): Promise<AbortSignal>;
  /** Which of these rows lie on what is away now; without it, none do. */
  findAway?: FindAway | undefined;
  /** Whether one of these drives sleeps, and background work waits for it; without it, none does. */
  isAsleep?: ((driveIds: readonly string[]) => boolean) | undefined;
  /** So long drives play a film, or sleep, before a scan goes on without them; 10 s unless said. */
  heldUpMs?: number | undefined;
}

export interface Step {
  status: "new" | "probed";
  priority: Priority;
  /** What its jobs are called: "hash" by the program, "Hash files" by people. */
  kind: string;
  title: string;
  toJob(files: Waiting[]): FileWork;
  /** Whether its job reads several files of these drives at once: then large ones go four by four. */
  sideBySide?: (driveIds: string[]) => boolean;
  /** Called with some results of a batch, in order, inside a transaction. */
  save(results: { file: Waiting; result: FileResult }[]): void;
  /** Whether save() leaves this file to `after`, by which it is counted as done. */
  leaves?: (file: Waiting, result: FileResult) => boolean;
  /** What is left to do on these drives once all batches are saved. */
  after?: (driveIds: string[], job: RunningJob) => Promise<void>;
}

/** Files put in order at once; so memory does not grow with the library. */
const PAGE_FILES = 512;
/**
 * A message and a transaction for each file would cost more than the work on a small one; and a
 * transaction of many more would hold up the main thread of a slow machine.
 */
export const BATCH_FILES = 64;
export const BATCH_BYTES = 16 * 1024 * 1024;

/**
 * Works until no file waits in `step.status`, save on drives whose job is paused or cancelled, and
 * on those that sleep or play a film: these go on by themselves. Each set of drives has a queue and
 * a job of its own, so that a busy disk holds up nobody else; one bad file costs nobody else
 * anything.
 */
export async function drain(step: Step, deps: DrainDeps, parent: RunningJob): Promise<void> {
  const { jobs, store } = deps;
  const failed = new AbortController();
  const signal = AbortSignal.any([parent.signal, failed.signal]);
  const { kind, title } = step;
  const begin = async (driveIds: string[]) => {
    const totals = await count(step.status, driveIds, store);
    const spec = { id: jobId(kind, driveIds), kind, title, driveIds, ...totals };
    const work = (job: RunningJob) => drainDrives(driveIds, step, deps, job);
    const over = new AbortController();
    const heldUp = untilHeldUp(driveIds, deps, over.signal);
    const isShared = isLive(jobs.find(spec.id)?.state);
    const isDone = await jobs.share(spec, work, { signal, parent, heldUp })
      .finally(() => over.abort());
    // What was found after it took its last files waits still.
    if (isShared && isDone) await begin(driveIds);
  };
  const queues = store.waitingDrives(step.status).map((driveIds) =>
    begin(driveIds).catch((error) => failed.abort(error))
  );
  await Promise.all(queues);
  signal.throwIfAborted();
  jobs.nothingLeft(step.kind);
}

const isLive = (state?: JobState) => state === "running" || state === "waiting";

const LOOKS = 10;

/** Resolves when background work on these drives has been held up for a while, or on abort. */
export async function untilHeldUp(
  driveIds: readonly string[],
  { lanes, isAsleep = () => false, heldUpMs = 10_000 }: Pick<
    DrainDeps,
    "lanes" | "isAsleep" | "heldUpMs"
  >,
  signal: AbortSignal,
): Promise<void> {
  for (let looks = 0; looks < LOOKS && !signal.aborted;) {
    await pause(heldUpMs / LOOKS, signal);
    looks = lanes.isStreaming(driveIds) || isAsleep(driveIds) ? looks + 1 : 0;
  }
}

/** A transaction always has a few dozen files. */
const LEAST_FILES = 24;

/** Rows counted in one go: a few milliseconds; a long library must not hold up the rest. */
const COUNT_SPAN = 5000;

/** How much waits for a step on these drives. */
export async function count(status: Step["status"], driveIds: string[], store: ScanStore) {
  let [total, bytesTotal] = [0, 0];
  for (let after = 0;;) {
    const { files, bytes, last } = store.countWaitingOn(status, driveIds, after, COUNT_SPAN);
    total += files;
    bytesTotal += bytes;
    after = last;
    if (files < COUNT_SPAN) return { total, bytesTotal };
    await yieldToOthers();
  }
}

async function drainDrives(
  driveIds: string[],
  step: Step,
  deps: DrainDeps,
  job: RunningJob,
): Promise<void> {
  const { store, awake } = deps;
  const failed = new AbortController();
  const signal = AbortSignal.any([job.signal, failed.signal]);
  const places = new Semaphore(0);
  const running = new Set<Promise<void>>();
  const ready = () => job.waiting(() => awake(driveIds, step.priority, signal));

  try {
    for (let after = 0;;) {
      const page = store.waiting(step.status, driveIds, after, PAGE_FILES);
      if (page.length === 0) break;
      after = page.at(-1)!.rowid;
      await job.ready();
      await job.piece(ready); // to look where files lie is to read
      const ordered = await deps.order(page, driveIds, signal);
      for (const batch of step.sideBySide?.(driveIds) ? fours(ordered, deps) : batches(ordered)) {
        places.setLimit(batchesAtOnce(driveIds, deps));
        const place = await places.acquire({ signal });
        const progress = job.progress();
        const work = job.piece(async () => {
          using _place = place;
          await ready(); // before it has a worker: a drive may sleep for hours
          const openGauge = () => new PieceGauge(progress.add);
          return await workOn(step, batch, deps, { job, signal, openGauge });
        });
        const saved = work.then((results) => saveBatch(step, batch, results, deps, job))
          .catch((error) => failed.abort(error))
          .finally(() => progress[Symbol.dispose]());
        running.add(saved);
        saved.finally(() => running.delete(saved));
      }
    }
  } finally {
    await Promise.all(running);
  }
  failed.signal.throwIfAborted();
  await step.after?.(driveIds, job);
}

/**
 * Enough under way that a worker finds its next batch waiting, and no more than the drives serve: a
 * batch that waits for a lane keeps a worker from other drives.
 */
export function batchesAtOnce(driveIds: string[], { lanes, workers }: DrainDeps): number {
  if (lanes.isStreaming(driveIds)) return 1;
  const readers = lanes.limitOf(driveIds);
  return readers >= workers.size ? workers.size * 2 : readers;
}

const SIDE_BY_SIDE = 4;

/** The large files first, four by four unless other workers would have none; then the small. */
function fours(files: Waiting[], { workers }: DrainDeps): Waiting[][] {
  const bySize = files.toSorted((one, other) => other.sizeBytes - one.sizeBytes);
  const large = bySize.filter(({ sizeBytes }) => sizeBytes * BATCH_FILES > BATCH_BYTES);
  const each = Math.max(1, Math.min(SIDE_BY_SIDE, Math.floor(large.length / workers.size)));
  const all: Waiting[][] = [];
  for (let at = 0; at < large.length; at += each) all.push(large.slice(at, at + each));
  return [...all, ...batches(bySize.slice(large.length))];
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

async function saveBatch(
  step: Step,
  files: Waiting[],
  results: (FileResult | undefined)[],
  { store, findAway }: DrainDeps,
  job: RunningJob,
): Promise<void> {
  // The worker goes on with its next batch before this one is saved, one turn of the event loop
  // later; so no more than a batch of each worker is ever unsaved.
  await turn();
  const failed = files.filter((_, index) => results[index] && "error" in results[index]);
  const away = await findAway?.(failed.map(({ rowid }) => rowid));
  const known = files.flatMap((file, index) => {
    const result = results[index];
    return result && !away?.has(file.rowid) ? [{ file, result }] : [];
  });
  const pieces = { transaction: store.transaction, least: LEAST_FILES };
  await inPieces(known, pieces, (it) => step.save([it]));
  const done = known.filter(({ file, result }) => !step.leaves?.(file, result));
  job.advance(done.length, done.reduce((sum, { file }) => sum + file.sizeBytes, 0));
}

/** Undefined of those that nobody can read now: they are left as they are. */
export async function workOn(
  step: Step,
  files: Waiting[],
  { lanes, workers, silence }: DrainDeps,
  { job, signal, openGauge }: { job: RunningJob; signal: AbortSignal; openGauge: () => Gauge },
): Promise<(FileResult | undefined)[]> {
  const { priority } = step;
  const silences = (some: Waiting[]) =>
    Promise.all(some.map(({ root, relativePath }) => silence(join(root, relativePath))));
  const run = async (some: Waiting[]) => {
    using gauge = openGauge();
    const either = AbortSignal.any([signal, ...new Set(await silences(some))]);
    const options = { signal: either, priority, gauge, hasPassed: true }; // it has a worker by then
    return await workers.run({ ...step.toJob(some), cells: gauge.cells }, {
      signal: either,
      priority,
      gate: job.gate,
      lease: () => job.lease(() => lanes.acquire(some[0]!.driveIds, options)),
    });
  };
  try {
    return await run(files);
  } catch {
    signal.throwIfAborted();
  }
  // The worker crashed or fell silent over one of them. Alone, each can only spoil itself.
  const results: (FileResult | undefined)[] = [];
  for (const file of files) {
    const [silent] = await silences([file]);
    const [result] = await run([file]).catch((error): (FileResult | undefined)[] => {
      signal.throwIfAborted();
      if (silent!.aborted) return [undefined];
      // Silence may be the disk's fault as well as the file's: the next scan tries again.
      const name = error instanceof UnavailableError ? "TimedOut" : "WorkerError";
      return [{ error: { name, message: reasonOf(error) } }];
    });
    results.push(result);
  }
  return results;
}
