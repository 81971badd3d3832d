/**
 * Files that are looked into before they are stored, while the walk still finds others: in the first
 * scan of a library, in which nothing can have moved. So one statement stores what takes two
 * otherwise, with all their indices, and no processor waits for the walk to end.
 *
 * Later on it is not to be done: a file may be one that is gone from elsewhere, and that is known at
 * the end of the walk.
 *
 * @module
 */
import { turn } from "../../../base/event_loop.ts";
import { jobId, PieceGauge } from "../../../pool/mod.ts";
import type { FileResult } from "../../worker.ts";
import { BATCH_BYTES, BATCH_FILES, batchesAtOnce, untilHeldUp, workOn } from "../drain.ts";
import { probeStep } from "../probe_step.ts";
import type { Tally } from "../progress.ts";
import { newId } from "../record/new_id.ts";
import { inPieces } from "../record/in_pieces.ts";
import { record, toSighting } from "../record/record.ts";
import type { Sighting } from "../record/store.ts";
import type { ScanDeps, ScanOptions } from "../scan.ts";
import type { Waiting } from "../store.ts";
import type { Traced } from "../walk/walk.ts";

export interface Early extends AsyncDisposable {
  /** Takes what is new, and waits while much of it is under way. It counts as walked when stored. */
  take(root: string, differences: readonly Traced[]): Promise<Taken>;
  /** Resolves when all that was taken is stored; what a film holds up is stored as new. */
  finish(): Promise<void>;
}

export interface Taken {
  /** What others have to store. */
  rest: Traced[];
  /** How much the others are. */
  files: number;
  bytes: number;
}

type New = Extract<Traced, { kind: "new" }>;

/** A file that is not stored yet. */
interface Coming {
  file: Waiting;
  sighting: Sighting;
  difference: New;
}

/** A transaction always has so many. */
const LEAST_FILES = 16;

/** Undefined where there are files already, and one might be found again. */
export function openEarly(
  deps: ScanDeps,
  options: ScanOptions,
  tally: Tally,
): Early | undefined {
  const { store, lanes } = deps;
  const { job } = options;
  if (store.lastRowid() > 0) return undefined;
  const ended = new AbortController();
  const signal = AbortSignal.any([job.signal, ended.signal]);
  const queues = new Map<string, Coming[]>();
  const running = new Map<Promise<void>, readonly string[]>();
  const coming = new Map<string, Coming>();
  let failure: { error: unknown } | undefined;
  let isOver = false;

  /** As it is stored by whoever looks into it later. */
  const keepNew = ({ file, difference }: Coming) => {
    coming.delete(file.id);
    const { what } = record(store, file.root, difference);
    if (what === "new" || what === "changed" || what === "moved") tally.report[what]++;
    tally.walked(1, file.sizeBytes, file.root);
  };
  const step = probeStep(
    {
      ...deps,
      store: {
        ...store,
        adoptByIdentity: () => undefined, // nothing is gone yet
        saveProbe(id, found, learnt = {}) {
          const it = coming.get(id)!;
          if (!store.insertProbed(id, it.sighting, found, learnt)) return keepNew(it);
          coming.delete(id);
          tally.report.new++;
          tally.walked(1, it.file.sizeBytes, it.file.root);
        },
        saveBeside: (id) => keepNew(coming.get(id)!), // whoever comes next has it read by ffprobe
      },
    },
    options,
    tally,
  );

  const save = async (some: Coming[], results: (FileResult | undefined)[]): Promise<void> => {
    if (some.length === 0) return;
    const pieces = { transaction: store.transaction, least: LEAST_FILES };
    await inPieces(some, pieces, (it, index) => {
      const result = results[index];
      if (result && "probed" in result) step.save([{ file: it.file, result }]);
      else keepNew(it);
    });
    await turn();
  };

  const workOff = async (some: Coming[]): Promise<void> => {
    const files = some.map(({ file }) => file);
    const { driveIds } = files[0]!;
    const awake = () => deps.awake(driveIds, step.priority, signal);
    const openGauge = () => new PieceGauge(() => {});
    const results = await job.piece(async () => {
      await job.waiting(awake, driveIds);
      return await workOn(step, files, deps, { job, signal, openGauge });
    }).catch((error) => {
      if (job.signal.aborted || !ended.signal.aborted) throw error;
      return [];
    });
    await save(some, results);
  };

  const begin = (some: Coming[]): void => {
    const work: Promise<void> = workOff(some)
      .catch((error) => void (failure ??= { error }))
      .finally(() => running.delete(work));
    running.set(work, some[0]!.file.driveIds);
  };

  const check = () => {
    job.signal.throwIfAborted();
    if (failure) throw failure.error;
  };

  /** A queue for each set of drives. */
  const push = async (it: Coming): Promise<void> => {
    const { driveIds } = it.file;
    const key = driveIds.join();
    const queue = queues.get(key) ?? [];
    queues.set(key, queue);
    queue.push(it);
    coming.set(it.file.id, it);
    const bytes = queue.reduce((sum, { file }) => sum + file.sizeBytes, 0);
    if (queue.length < BATCH_FILES && bytes < BATCH_BYTES) return;
    for (;;) {
      check();
      const here = [...running].filter(([, on]) => on.join() === key).map(([work]) => work);
      if (here.length < batchesAtOnce(driveIds, deps)) break;
      await Promise.race(here);
    }
    if (queues.get(key) !== queue) return; // another walk, or the end, has taken it
    queues.delete(key);
    if (isHeldUp(driveIds)) await save(queue, []);
    else begin(queue);
  };

  const isHeldUp = (driveIds: string[]): boolean =>
    deps.isAsleep?.(driveIds) || lanes.isStreaming(driveIds) ||
    deps.jobs.find(jobId(step.kind, driveIds))?.state === "paused";

  const isFor = (difference: Traced): difference is New => {
    if (difference.kind !== "new") return false;
    const { driveIds } = difference.file.place;
    // One reader at a time: the walk first.
    return lanes.limitOf(driveIds) > 1 && !lanes.isTurning(driveIds);
  };

  return {
    async take(root, differences) {
      check();
      if (isOver || store.hasLost()) return { rest: [...differences], files: 0, bytes: 0 };
      const taken: Taken = { rest: [], files: 0, bytes: 0 };
      for (const difference of differences) {
        if (isOver || !isFor(difference)) {
          taken.rest.push(difference);
          continue;
        }
        const { path: relativePath, sizeBytes, modifiedMs, place } = difference.file;
        const { driveIds } = place;
        const file = { id: newId(), root, relativePath, sizeBytes, modifiedMs, driveIds, rowid: 0 };
        await push({ file, sighting: toSighting(root, difference.file), difference });
        taken.files++;
        taken.bytes += sizeBytes;
      }
      if (isOver) await Promise.all(running.keys()); // nobody else waits for them any more
      return taken;
    },

    async finish() {
      if (isOver) return;
      isOver = true;
      for (const queue of queues.values()) await save(queue, []); // few: they can wait for the others
      queues.clear();
      const over = new AbortController();
      const all = Promise.all(running.keys());
      const sets = [...new Set(running.values())];
      const heldUp = Promise.race(sets.map((it) => untilHeldUp(it, deps, over.signal)));
      await Promise.race([all, ...sets.length > 0 ? [heldUp] : []]);
      over.abort();
      ended.abort();
      await Promise.all(running.keys());
      check();
    },

    async [Symbol.asyncDispose]() {
      isOver = true;
      ended.abort();
      await Promise.all(running.keys());
    },
  };
}
