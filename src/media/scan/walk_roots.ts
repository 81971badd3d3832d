/**
 * The walks of a scan: a queue for each set of drives, side by side, so that a film or a slow disk
 * holds up no other; the media folders on one set of drives come one after the other.
 *
 * @module
 */
import { join, relative, sep } from "node:path";
import type { Lanes } from "../../pool/mod.ts";
import { untilHeldUp } from "./drain.ts";
import { inLane } from "./in_lane.ts";
import type { Tally } from "./progress.ts";
import { recordFiles } from "./record.ts";
import type { ScanDeps, ScanOptions } from "./scan.ts";
import { explain, type Touch, walk, type WalkedFolder } from "./walk.ts";

interface Queue {
  driveIds: string[];
  roots: string[];
}

interface Walking {
  /** Never rejects. */
  over: Promise<void>;
  isOver: boolean;
  /** Over, or held up by a film. */
  left: Promise<void>;
}

/**
 * Walks the roots. Yields whenever there may be something to go on with: once all walks are over or
 * held up by a film, and again when one that was held up is over. Ended early, it ends its walks.
 */
export async function* walkRoots(
  deps: ScanDeps,
  options: ScanOptions,
  tally: Tally,
): AsyncGenerator<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([options.job.signal, failed.signal]);
  tally.enter("walk");
  // An empty mount point is no folder whose files were deleted.
  await deps.settle();
  const queues = await byDrives(options.roots, deps);
  deps.store.forgetSeen();
  const isPlaying = ({ driveIds }: Queue) => deps.lanes.isStreaming(driveIds);
  const arePlaying = queues.every(isPlaying);
  const begin = (queue: Queue): Walking => {
    const ended = new AbortController();
    const isLast = !arePlaying && isPlaying(queue);
    const over = options.job.queue(() => walkQueue(queue, deps, options, tally, signal))
      .catch((error) => failed.abort(error))
      .finally(() => {
        walking.isOver = true;
        ended.abort();
      });
    // Nothing here waits for a drive to wake.
    const awake = { ...deps, isAsleep: undefined };
    const left = isLast ? Promise.resolve() : untilHeldUp(queue.driveIds, awake, ended.signal);
    const walking: Walking = { over, isOver: false, left: Promise.race([over, left]) };
    return walking;
  };

  let walks = queues.map(begin);
  try {
    for (;;) {
      await Promise.all(walks.map(({ left }) => left));
      signal.throwIfAborted();
      walks = walks.filter(({ isOver }) => !isOver);
      yield;
      if (walks.length === 0) return;
      tally.enter("walk");
      await Promise.race(walks.map(({ over }) => over));
    }
  } finally {
    failed.abort();
    await Promise.all(walks.map(({ over }) => over));
  }
}

/** The roots by the drives that they lie on, in their order. */
async function byDrives(roots: readonly string[], { locate }: ScanDeps): Promise<Queue[]> {
  const queues = new Map<string, Queue>();
  for (const root of roots) {
    const { driveIds } = await locate(root);
    const key = JSON.stringify([...driveIds].sort());
    const queue = queues.get(key) ?? { driveIds, roots: [] };
    queue.roots.push(root);
    queues.set(key, queue);
  }
  return [...queues.values()];
}

async function walkQueue(
  { roots }: Queue,
  deps: ScanDeps,
  options: ScanOptions,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  for (const root of roots) {
    signal.throwIfAborted();
    if (!await isLeftAsleep(root, deps, options)) {
      await walkRoot(root, deps, options, tally, signal);
    } else (tally.report.asleep ??= []).push(root);
  }
}

/** Whether nobody needs to look into this folder now: its drive sleeps, and it is known already. */
async function isLeftAsleep(
  root: string,
  { store, locate }: ScanDeps,
  { leaveAsleep }: ScanOptions,
): Promise<boolean> {
  if (!leaveAsleep || !store.roots().includes(root)) return false;
  return await leaveAsleep((await locate(root)).driveIds);
}

async function walkRoot(
  root: string,
  deps: ScanDeps,
  options: ScanOptions,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const { store } = deps;
  const { job } = options;
  const unknown: string[] = [];
  const acquire: Lanes["acquire"] = (driveIds, lease) =>
    job.waiting(() => deps.lanes.acquire(driveIds, lease), driveIds);
  const touch = inLane({ ...deps, lanes: { acquire } }, signal);
  const folder = await statFolder(root, touch);
  if (folder.error) {
    // Its files cannot be played now; they come back with their folder, and nothing is read again.
    tally.issue(root, folder.error);
    if (folder.unknown) unknown.push("");
  } else {
    for await (const folder of walk(root, { ...options, touch, signal })) {
      await job.ready();
      for (const { path, problem, folder: whole } of folder.issues) {
        tally.issue(path, problem);
        if (whole) {
          unknown.push(relative(root, path).replaceAll(sep, "/"));
        }
      }
      await record(root, folder, deps, tally);
    }
  }
  // What was pulled in the middle of the walk is offline, not deleted.
  await deps.settle();
  tally.report.gone += store.markMissing(root, unknown);
}

/** `unknown` where nobody can tell whether it is there: that is no reason to miss its files. */
async function statFolder(
  root: string,
  touch: Touch,
): Promise<{ error?: string; unknown?: boolean }> {
  try {
    if ((await touch(root, () => Deno.stat(root))).isDirectory) return {};
    return { error: "It is not a folder" };
  } catch (error) {
    const unknown = !(error instanceof Deno.errors.NotFound);
    return { error: explain(error, "folder"), unknown };
  }
}

async function record(
  root: string,
  { files }: WalkedFolder,
  { store, locate }: ScanDeps,
  tally: Tally,
): Promise<void> {
  const first = files[0];
  if (!first) return;
  const place = await locate(join(root, first.relativePath, ".."));
  for (const change of recordFiles(store, { root, files, place })) {
    if (change === "new" || change === "changed" || change === "moved") tally.report[change]++;
  }
  tally.walked(files.length, files.reduce((sum, it) => sum + it.sizeBytes, 0), root);
}
