/**
 * One scan on one page: walk → diff → store, then probe what is new, then hash what has no hash.
 *
 * @module
 */
import type { Run } from "../../base/command.ts";
import { turn } from "../../base/event_loop.ts";
import type { Database } from "../../db/mod.ts";
import { jobId, type RunningJob } from "../../pool/mod.ts";
import type { HashName } from "../hash/algorithms.ts";
import { isParked } from "../offline/store.ts";
import { count, drain, type DrainDeps } from "./drain.ts";
import { openEarly } from "./probed/early.ts";
import { reopenOutdated } from "./probed/outdated.ts";
import { createConfirmations } from "./gone/confirmations.ts";
import { markAll } from "./gone/gone.ts";
import { hashStep } from "./hash_step.ts";
import { probeStep } from "./probe_step.ts";
import { type Left, type ScanProgress, type ScanReport, Tally } from "./progress.ts";
import type { Located } from "./record/record.ts";
import type { ScanStore } from "./store.ts";
import type { Touch } from "./walk/touch.ts";
import { walkRoots } from "./walk_roots.ts";

export interface ScanDeps extends DrainDeps {
  /** Walks read it by connections of their own. */
  database: Pick<Database, "path">;
  /** Where file systems begin; without it, perhaps at any folder. */
  mountPoints?: (() => Promise<string[]>) | undefined;
  locate(path: string): Promise<Located>;
  /** Keeps files offline whose volume is away: see src/media/offline. */
  settle(): Promise<unknown>;
  touch: Touch;
  run: Run;
}

export interface ScanOptions {
  /** Absolute. */
  roots: readonly string[];
  /** Whether `roots` are all media folders: then files of other roots count as missing. */
  all: boolean;
  /** The folders below a root that are looked into, relative to it; else all of it. */
  foldersOf?: ((root: string) => readonly string[]) | undefined;
  /** Absolute paths of files that are still being written: they are left for later. */
  unsettled?: ReadonlySet<string> | undefined;
  extensions: ReadonlySet<string>;
  excludeDirs: ReadonlySet<string>;
  algorithms: readonly HashName[];
  /** Whether ffprobe can be run here. */
  ffprobe: boolean;
  onProgress(progress: ScanProgress): void;
  /** The scan as a person sees it; each step on each drive is a part of it. */
  job: RunningJob;
  /** Whether these drives sleep and are to be left asleep; nobody is, unless given. */
  leaveAsleep?: ((driveIds: readonly string[]) => Promise<boolean>) | undefined;
}

/**
 * Scans the roots. What is already known and unchanged is not read. What lies on drives that play a
 * film comes last: to look into it takes as long as the film, perhaps.
 */
export async function scan(deps: ScanDeps, options: ScanOptions): Promise<ScanReport> {
  const tally = new Tally(options.onProgress);
  await reopenOutdated(deps.store, options.job.signal);
  await using early = openEarly(deps, options, tally);
  for await (const _ of walkRoots({ ...deps, early }, options, tally)) {
    await early?.finish();
    await workOff(deps, options, tally);
  }
  tally.report.left = await whatIsLeft(deps);
  tally.report.offline = await countOffline(deps);
  tally.report.confirmations = createConfirmations(deps.store).confirmations();
  return tally.finish();
}

/** Probes and hashes what has been found so far. */
async function workOff(deps: ScanDeps, options: ScanOptions, tally: Tally): Promise<void> {
  const { store } = deps;
  const { algorithms, job } = options;
  if (options.all) {
    const removed = store.roots().filter((root) =>
      !options.roots.includes(root) && !isParked(root)
    );
    for (const root of removed) tally.report.gone += await markAll(root, store, job.signal);
  }

  if (options.ffprobe) store.reopenUnprobed();
  tally.enter("probe", await countAll("new", store));
  await drain(probeStep(deps, options, tally), deps, job);

  await reopenUnhashed(algorithms, store, job.signal);
  tally.enter("hash", await countAll("probed", store));
  await drain(hashStep(deps, algorithms, tally), deps, job);
}

async function countAll(status: "new" | "probed", store: ScanStore) {
  const all = { files: 0, bytes: 0 };
  for (const driveIds of store.waitingDrives(status)) {
    const { total, bytesTotal } = await count(status, driveIds, store);
    all.files += total;
    all.bytes += bytesTotal;
  }
  return all;
}

/** Sends files back that lack a hash: looked for once, when other algorithms are set. */
async function reopenUnhashed(
  algorithms: readonly HashName[],
  store: ScanStore,
  signal: AbortSignal,
): Promise<void> {
  const wanted = JSON.stringify([...algorithms].sort());
  if (store.isDone("hashed", wanted)) return;
  for (let after = 0; after < store.lastRowid(); after += REOPEN_SPAN) {
    signal.throwIfAborted();
    store.reopenUnhashed(algorithms, after, REOPEN_SPAN);
    await turn(); // a long library must not hold up the rest
  }
  store.setDone("hashed", wanted);
}

/** Rows looked at in one go: some ten milliseconds. */
const REOPEN_SPAN = 5000;

async function countOffline({ store }: ScanDeps): Promise<number> {
  let files = 0;
  for (let after = "";;) {
    const some = store.offlineAfter(after, REOPEN_SPAN);
    files += some.length;
    if (some.length < REOPEN_SPAN) return files;
    after = some.at(-1)!;
    await turn();
  }
}

/** What waits for drives that sleep or play a film, for a person, or for the next scan. */
async function whatIsLeft({ store, jobs }: ScanDeps): Promise<Left[]> {
  const left: Left[] = [];
  for (const [kind, status] of [["probe", "new"], ["hash", "probed"]] as const) {
    for (const driveIds of store.waitingDrives(status)) {
      const id = jobId(kind, driveIds);
      const { total, bytesTotal } = await count(status, driveIds, store);
      const { state, waitingFor = "the next scan" } = jobs.find(id) ?? {};
      const isPaused = state === "paused";
      left.push({ jobId: id, driveIds, files: total, bytes: bytesTotal, waitingFor, isPaused });
    }
  }
  return left;
}
