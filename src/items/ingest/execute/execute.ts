/**
 * Executes a plan: what was cut off is put to rest, then each film goes with its sidecars, a few at
 * a time. One file that fails holds up no other; a full disk stops all.
 *
 * @module
 */
import { yieldToOthers } from "../../../base/event_loop.ts";
import { dirname, join, relative } from "node:path";
import { ConflictError, reasonOf, UnavailableError } from "../../../base/errors.ts";
import { isBelow } from "../../../base/files.ts";
import { counted } from "../../../base/text/counted.ts";
import { type RunningJob, taskGroup } from "../../../pool/mod.ts";
import type { IngestDeps } from "../deps.ts";
import { hasEnded } from "../journal.ts";
import type { LibraryStore } from "../library/store.ts";
import { partOf, type Plan, type Step } from "../model.ts";
import { ALGORITHM, type Duplicates } from "../plan/duplicates.ts";
import type { IngestStore } from "../store.ts";
import { AwayError, type StepContext } from "./context.ts";
import type { Disk } from "./disk.ts";
import { createFolders } from "./folders.ts";
import { inWords, isFullDisk, stopsAll } from "./reasons.ts";
import { recover, removeIfThere } from "./recover.ts";
import { leftOut, openRooms } from "./room.ts";
import { runStep } from "./step.ts";
import { fail } from "./undo.ts";

export interface ExecuteDeps extends Pick<IngestDeps, "hands" | "locate" | "settings" | "log"> {
  store: IngestStore;
  library: LibraryStore;
  duplicates: Duplicates;
  disk: Disk;
}

/** Films at work at once. Their drives have lanes; what it spares is waiting for the journal. */
const AT_ONCE = 4;
/** Steps looked through in one go. */
const SPAN = 1000;

const MAX_PASSES = 3;

/** Why a plan has stopped before its end; it goes on when it is executed again. */
export class StoppedError extends UnavailableError {}

/** @throws {StoppedError} it cannot go on now. @throws the job's signal's reason */
export async function executePlan(deps: ExecuteDeps, plan: Plan, job: RunningJob): Promise<void> {
  const run = newRun(deps.disk);
  try {
    await checkVolume(deps, plan, run.folders);
    run.checkHere = await openCheck(deps, plan);
    await runAll(deps, plan, { job, run });
  } catch (error) {
    const isFull = error instanceof StoppedError && isFullDisk(error.cause);
    if (isFull) await endCopies(contexts(deps, plan, job, { signal: job.signal, ...run }), job);
    throw error;
  } finally {
    await run.folders.tidy();
  }
  if (run.noRoom.length === 0) return;
  const files = leftOut(run.noRoom);
  throw new StoppedError(
    `No room for ${files}: free some on the target, then execute the plan again`,
  );
}

/** What the steps of one run share. */
interface Run extends Pick<StepContext, "checkHere"> {
  folders: ReturnType<typeof createFolders>;
  openRoom: ReturnType<typeof openRooms>;
  /** Bytes of each file that did not fit. */
  noRoom: number[];
}

function newRun(disk: Disk): Run {
  return {
    folders: createFolders(disk),
    openRoom: openRooms(disk.freeBytes),
    noRoom: [],
    checkHere: () => Promise.resolve(),
  };
}

async function runAll(
  deps: ExecuteDeps,
  plan: Plan,
  { job, run }: { job: RunningJob; run: Run },
): Promise<void> {
  await using group = taskGroup({ limit: AT_ONCE, signal: job.signal });
  const open = contexts(deps, plan, job, { signal: group.signal, ...run });
  const ctx = open();
  const stuck = new Set<number>();
  const rest = async (step: Step) => {
    try {
      ctx.recovered.add(step.seq);
      await recover(ctx, step);
    } catch (error) {
      job.signal.throwIfAborted();
      stuck.add(step.alongWith ?? step.seq);
      deps.store.note(plan.id, step.seq, reasonOf(error));
    }
  };
  for (const step of deps.store.underWay(plan.id)) await rest(step);

  const { store } = deps;
  // What is copied already needs no more room, and may give some back.
  for (const { seq, alongWith = seq } of store.withPart(plan.id)) {
    if (!stuck.has(alongWith) && !await runFilm(open, alongWith, job)) stuck.add(alongWith);
  }
  // What was taken for a duplicate of a file that then failed is looked at once more.
  let hasMore = true;
  for (let pass = 0; hasMore && pass < MAX_PASSES; pass++) {
    hasMore = false;
    for (let after = -1; after < store.lastSeq(plan.id); after += SPAN) {
      for (const seq of store.openFilms(plan.id, after, SPAN)) {
        if (stuck.has(seq)) continue;
        hasMore = true;
        await job.ready();
        await group.submit(async () => {
          if (!await runFilm(open, seq, job)) stuck.add(seq);
        });
      }
      await yieldToOthers();
    }
    await group.finish();
  }
  if (stuck.size === 0) return;
  throw new StoppedError(
    counted(stuck.size, "file") + " could neither be taken nor put back: the steps say why. " +
      "Execute the plan again once the drive works",
  );
}

/** The disk is full: copies that are whole get their names, so that none of them is left there. */
async function endCopies(open: Contexts, job: RunningJob): Promise<void> {
  const { store, plan } = open();
  for (const step of store.withPart(plan.id)) {
    if (job.signal.aborted) return;
    await runAndCount(open, step, job).catch((error) => {
      if (!(error instanceof StoppedError)) throw error; // else it has been put back
    });
  }
}

/** A film, then what goes along with it. @returns whether it is at its end, or at rest */
async function runFilm(open: Contexts, seq: number, job: RunningJob): Promise<boolean> {
  const ctx = open();
  const { store, plan } = ctx;
  const film = await runAndCount(open, store.step(plan.id, seq), job);
  if (!film) return false;
  for (const sidecar of store.sidecars(plan.id, seq)) {
    if (hasEnded(sidecar.state)) continue;
    if (sidecar.state === "planned" && film.state === "failed") {
      fail(ctx, sidecar, "Its film could not be taken");
    } else if (sidecar.state === "planned" && film.state === "duplicate") {
      store.enter(plan.id, sidecar, "duplicate", { error: "Its film is there already" });
    } else if (!await runAndCount(open, sidecar, job)) return false;
  }
  return true;
}

async function runAndCount(
  open: Contexts,
  step: Step,
  job: RunningJob,
): Promise<Step | undefined> {
  if (hasEnded(step.state)) return step;
  using progress = job.progress();
  const ctx = open(progress.add);
  using _room = ctx.room;
  try {
    const ended = await runStep(ctx, step, stopsAll);
    if (ended.state === "failed" || ended.state === "duplicate") {
      ctx.folders.leave(dirname(step.target!));
    }
    progress[Symbol.dispose]();
    job.advance(1, step.sizeBytes * passesOf(ended));
    return ended;
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    ctx.folders.leave(dirname(step.target!));
    if (stopsAll(error)) throw new StoppedError(inWords(error), {}, { cause: error });
    // Not even what was begun could be taken back: it stays as the journal has it.
    ctx.store.note(ctx.plan.id, step.seq, reasonOf(error));
    return undefined;
  }
}

/** How often its bytes are gone over: read for the digest, copied, and read again. */
export const passesOf = ({ way }: Pick<Step, "way">): number => way === "copy" ? 3 : 1;

/** A context for each step: what it reads is told to `onBytes`. */
type Contexts = (onBytes?: (bytes: number) => void) => StepContext;

function contexts(
  { store, library, duplicates, disk, hands, locate, settings }: ExecuteDeps,
  plan: Plan,
  job: RunningJob,
  { signal, checkHere, folders, openRoom, noRoom }: Pick<StepContext, "signal"> & Run,
): Contexts {
  const shared = { plan, store, disk, signal, checkHere, folders, unlinkable: new Set<number>() };
  const recovered = new Set<number>();
  return (onBytes = () => {}) => ({
    ...shared,
    recovered,
    onBytes,
    room: openRoom(),
    noRoom,
    digest: (path, expected) =>
      hands.digest(path, expected, { algorithm: ALGORITHM, job, signal, onBytes }),
    inLanes: (paths, work) => hands.inLanes(paths, { job, signal }, work),
    duplicateOf: (step) =>
      duplicates.inLibrary(
        { ...step, path: step.source, sha256: step.digest },
        (path, expected, algorithm) => hands.digest(path, expected, { algorithm, job, signal }),
      ),
    arrival: (step) => arrivalOf({ library, disk, locate, settings }, plan, step),
  });
}

/** A medium that moves stays the same one. */
async function arrivalOf(
  { library, disk, locate, settings }: Pick<
    ExecuteDeps,
    "library" | "disk" | "locate" | "settings"
  >,
  { mode }: Plan,
  { mediaId, target, digest }: Step,
): Promise<() => void> {
  const root = settings().roots.find((it) => isBelow(target!, it));
  const seen = mediaId !== undefined && mode === "move" ? await disk.look(target!) : undefined;
  if (!seen || !root) return () => {};
  const { driveIds, placeId, pathInVolume } = await locate(dirname(target!));
  const name = target!.slice(dirname(target!).length + 1);
  return () => {
    library.move(mediaId!, {
      root,
      relativePath: relative(root, target!).replaceAll("\\", "/"),
      modifiedMs: seen.modifiedMs,
      inode: seen.inode,
      driveIds,
      ...placeId && pathInVolume && {
        volumeId: placeId,
        volumePath: join(pathInVolume, name).replaceAll("\\", "/"),
      },
    });
    library.keepHashes(mediaId!, { [ALGORITHM]: digest! });
  };
}

/** An empty mount point is not the disk that the plan was made for. */
async function checkVolume(
  { locate, disk, store }: ExecuteDeps,
  plan: Plan,
  folders: Run["folders"],
): Promise<void> {
  const target = await disk.look(plan.target);
  const begun = store.steps(plan.id, { after: -1, limit: 1, state: "done" }).length > 0;
  if (target === undefined && !begun) await folders.make(plan.target);
  else if (target?.kind !== "folder") {
    throw new StoppedError(`The target "${plan.target}" is not there any more: plug its drive in`);
  }
  const { placeId } = await locate(plan.target);
  const { volumeId } = plan.room;
  if (volumeId === undefined || placeId === undefined || placeId === volumeId) return;
  throw new StoppedError(
    `The target "${plan.target}" is on another volume now (${placeId}): mount ${volumeId} there`,
  );
}

/** Whether the target, and the media folders, are still on the disks that they are on now. */
async function openCheck(
  { disk, settings }: Pick<ExecuteDeps, "disk" | "settings">,
  { target }: Plan,
): Promise<StepContext["checkHere"]> {
  const devices = new Map<string, number | undefined>();
  for (const it of [target, ...settings().roots]) devices.set(it, (await disk.look(it))?.device);
  return async (path) => {
    // The target is in one of the media folders: it is asked first.
    const folder = [...devices.keys()].find((it) => isBelow(path, it));
    if (folder === undefined || (await disk.look(folder))?.device === devices.get(folder)) return;
    throw new AwayError(`"${folder}" is not on the disk that it was on: plug its drive in again`);
  };
}

/** Of a plan that is given up: nothing of it is left half done. */
export async function settlePlan(deps: ExecuteDeps, plan: Plan, job: RunningJob): Promise<void> {
  const { store } = deps;
  const { signal } = new AbortController();
  const run = newRun(deps.disk);
  const ctx = contexts(deps, plan, job, { signal, ...run })();
  for (const step of store.underWay(plan.id)) await recover(ctx, step);
  for (const step of store.withPart(plan.id)) {
    await removeIfThere(ctx, partOf(plan.id, step));
    store.enter(plan.id, step, "hashed");
  }
  if (store.underWay(plan.id).length > 0) {
    throw new ConflictError(`Cannot settle ingest plan "${plan.id}": some of it is under way`);
  }
}
