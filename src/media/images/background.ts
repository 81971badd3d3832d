/**
 * Makes the pictures and the fingerprint of every file, in the background: a job for each set of
 * drives, one film after the other. What was made is not made again, so it goes on where it was.
 *
 * @module
 */
import { yieldToOthers } from "../../base/event_loop.ts";
import {
  ConflictError,
  DeniedError,
  Failure,
  NotFoundError,
  UnavailableError,
} from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import { CancelledError, jobId, type Jobs, type RunningJob } from "../../pool/mod.ts";
import type { MediaFile } from "../media.ts";
import type { Ffmpeg } from "./ffmpeg.ts";
import type { FilmMaker } from "./film_pictures.ts";
import type { ImageStore } from "./store.ts";

export interface BackgroundDeps {
  store: ImageStore;
  films: FilmMaker;
  ffmpeg: Ffmpeg;
  jobs: Jobs;
  publish: Publish;
}

/** Rows looked at in one go: a few milliseconds of a long library. */
const SPAN = 2000;

/** Works until there is nothing left to make, save on drives whose job is paused or cancelled. */
export async function makeAll(deps: BackgroundDeps, signal: AbortSignal): Promise<void> {
  const { store, jobs, ffmpeg } = deps;
  const totals = await count(store, signal);
  if (totals.size === 0) return jobs.nothingLeft("artwork");
  await ffmpeg.abilities(); // rather than a job that fails for each set of drives
  await Promise.all(Array.from(totals, async ([key, { files, bytes }]) => {
    const driveIds = JSON.parse(key) as string[];
    const spec = {
      id: jobId("artwork", driveIds),
      kind: "artwork",
      title: "Make pictures and fingerprints",
      driveIds,
      total: files,
      bytesTotal: bytes,
    };
    await jobs.share(spec, (job) => drain(driveIds, deps, job), { signal });
  }));
}

/** Makes those of these files, one after the other. @throws {ConflictError} it does so already */
export async function makeThese(
  files: readonly MediaFile[],
  deps: BackgroundDeps,
  signal: AbortSignal,
): Promise<void> {
  await deps.ffmpeg.abilities();
  const driveIds = [...new Set(files.flatMap((file) => file.driveIds))];
  const spec = {
    id: "artwork:chosen",
    kind: "artwork",
    title: "Make pictures and fingerprints of chosen files",
    driveIds,
    total: files.length,
    bytesTotal: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
  await deps.jobs.run(spec, async (job) => {
    for (const file of files) {
      await job.piece(() => makeOne(file, deps, job));
      job.advance(1, file.sizeBytes);
    }
  }, { signal });
}

/** What is to be done, by drives. */
async function count(store: ImageStore, signal: AbortSignal) {
  const totals = new Map<string, { files: number; bytes: number }>();
  for (let after = 0;;) {
    signal.throwIfAborted();
    const { drives, last } = store.countUnmade(after, SPAN);
    if (last === undefined) return totals;
    after = last;
    for (const { driveIds, files, bytes } of drives) {
      const total = totals.get(driveIds) ?? { files: 0, bytes: 0 };
      totals.set(driveIds, { files: total.files + files, bytes: total.bytes + bytes });
    }
    await yieldToOthers();
  }
}

async function drain(driveIds: string[], deps: BackgroundDeps, job: RunningJob): Promise<void> {
  for (let after = 0;;) {
    job.signal.throwIfAborted();
    const { files, last } = deps.store.unmade(driveIds, after, SPAN);
    if (last === undefined) return;
    after = last;
    for (const file of files) {
      await job.piece(() => makeOne(file, deps, job));
      job.advance(1, file.sizeBytes);
    }
    await yieldToOthers();
  }
}

/** One file that cannot be read costs nobody else anything: why is kept with it. */
async function makeOne(
  file: MediaFile,
  { films, ffmpeg, publish }: BackgroundDeps,
  job: RunningJob,
): Promise<void> {
  try {
    await films.ensure(file, { signal: job.signal, job });
    publish("artwork.made", { id: file.id });
  } catch (error) {
    job.signal.throwIfAborted();
    if (error instanceof CancelledError || !(error instanceof Failure)) throw error;
    const isOfFile = error instanceof ConflictError || error instanceof NotFoundError ||
      error instanceof DeniedError;
    // Its drive was unplugged, or is silent: the next look finds it again. Not so without ffmpeg.
    if (!isOfFile && !(error instanceof UnavailableError && await ffmpeg.isHere())) throw error;
  }
}
