/**
 * The walks of a scan: a queue for each set of drives, side by side, so that a film or a slow disk
 * holds up no other; the media folders on one set of drives come one after the other.
 *
 * @module
 */
import { untilHeldUp } from "./drain.ts";
import { concludeGone } from "./gone/gone.ts";
import { deviceOf, lookAgain } from "./gone/second_look.ts";
import { inLane } from "./in_lane.ts";
import type { Tally } from "./progress.ts";
import type { ScanDeps, ScanOptions } from "./scan.ts";
import { lookBeside } from "./probed/beside.ts";
import { openWalker } from "./walk/open_walker.ts";
import { walkRoot, type WalkRootDeps } from "./walk_root.ts";

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
  /** Its roots that have been walked to the end. */
  walked: Walked[];
}

interface Walked {
  root: string;
  /** What it lay on when its walk began: see second_look.ts. */
  device: number | undefined;
}

/**
 * Walks the roots. Yields whenever there may be something to go on with: once all walks are over or
 * held up by a film, and again when one that was held up is over. Ended early, it ends its walks.
 */
export async function* walkRoots(
  deps: Pick<WalkRootDeps, "early"> & ScanDeps,
  options: ScanOptions,
  tally: Tally,
): AsyncGenerator<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([options.job.signal, failed.signal]);
  tally.enter("walk");
  // An empty mount point is no folder whose files were deleted.
  await deps.settle();
  const queues = await byDrives(options.roots, deps);
  const isPlaying = ({ driveIds }: Queue) => deps.lanes.isStreaming(driveIds);
  const arePlaying = queues.every(isPlaying);
  const begin = (queue: Queue): Walking => {
    const ended = new AbortController();
    const isLast = !arePlaying && isPlaying(queue);
    const walked: Walked[] = [];
    const work = () => walkQueue({ queue, walked, deps, options, tally, signal });
    const over = options.job.queue(work)
      .catch((error) => failed.abort(error))
      .finally(() => {
        walking.isOver = true;
        ended.abort();
      });
    // Nothing here waits for a drive to wake.
    const awake = { ...deps, isAsleep: undefined };
    const left = isLast ? Promise.resolve() : untilHeldUp(queue.driveIds, awake, ended.signal);
    const walking: Walking = { over, isOver: false, left: Promise.race([over, left]), walked };
    return walking;
  };

  let walks = queues.map(begin);
  try {
    for (;;) {
      await Promise.all(walks.map(({ left }) => left));
      signal.throwIfAborted();
      // What was pulled in the middle of the walk is offline, not deleted.
      await deps.settle();
      const walked = walks.flatMap((walk) => walk.walked.splice(0));
      const devices = new Map(walked.map(({ root, device }) => [root, device]));
      const seeing = { store: deps.store, touch: inLane(deps, signal) };
      tally.report.gone += await concludeGone(tally.gone, [...devices.keys()], {
        store: deps.store,
        lookAgain: (root, rowids) => lookAgain(rowids, { root, device: devices.get(root) }, seeing),
        signal,
      });
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
  { queue, walked, deps, options, tally, signal }: {
    queue: Queue;
    walked: Walked[];
    deps: Pick<WalkRootDeps, "early"> & ScanDeps;
    options: ScanOptions;
    tally: Tally;
    signal: AbortSignal;
  },
): Promise<void> {
  using walker = openWalker(deps.database);
  for (const root of queue.roots) {
    signal.throwIfAborted();
    if (await isLeftAsleep(root, deps, options)) (tally.report.asleep ??= []).push(root);
    else {
      // Where it does not answer now the walk says so, and nothing that it lacks is believed.
      const device = await deviceOf(root, inLane(deps, signal)).catch(() => undefined);
      await walkRoot(root, { ...deps, walker, signal }, options, tally);
      // What is looked into in this very walk is known as it is.
      if (!deps.early) {
        await lookBeside(root, options.foldersOf?.(root) ?? [""], { ...deps, signal });
      }
      walked.push({ root, device });
    }
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
