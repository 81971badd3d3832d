/**
 * One scan on one page: walk → diff → store, then probe what is new, then hash what has no hash.
 *
 * @module
 */
import { join, relative, sep } from "node:path";
import type { Run } from "../../base/command.ts";
import type { RunningJob } from "../../pool/mod.ts";
import type { HashName } from "../hash/algorithms.ts";
import { drain, type DrainDeps } from "./drain.ts";
import { hashStep } from "./hash_step.ts";
import { inLane } from "./in_lane.ts";
import { probeStep } from "./probe_step.ts";
import { type ScanProgress, type ScanReport, Tally } from "./progress.ts";
import { type Located, recordFiles } from "./record.ts";
import { explain, type Touch, walk, type WalkedFolder } from "./walk.ts";

export interface ScanDeps extends DrainDeps {
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
 * Scans the roots. What is already known and unchanged is not read. Roots on drives that play a film
 * come last: to look into them takes as long as the film, perhaps.
 */
export async function scan(deps: ScanDeps, options: ScanOptions): Promise<ScanReport> {
  const tally = new Tally(options.onProgress);
  const isPlaying = async (root: string) =>
    deps.lanes.isStreaming((await deps.locate(root)).driveIds);
  const playing = new Set<string>();
  for (const root of options.roots) if (await isPlaying(root)) playing.add(root);
  const others = options.roots.filter((root) => !playing.has(root));
  const rounds = playing.size > 0 && others.length > 0 ? [others, [...playing]] : [options.roots];
  for (const roots of rounds) await scanRoots(roots, deps, options, tally);
  return tally.finish();
}

async function scanRoots(
  roots: readonly string[],
  deps: ScanDeps,
  options: ScanOptions,
  tally: Tally,
): Promise<void> {
  const { store } = deps;
  const { algorithms, job } = options;
  tally.enter("walk");
  // An empty mount point is no folder whose files were deleted.
  await deps.settle();
  for (const root of roots) {
    if (!await isLeftAsleep(root, deps, options)) await walkRoot(root, deps, options, tally);
    else (tally.report.asleep ??= []).push(root);
  }
  if (options.all) {
    const removed = store.roots().filter((root) => !options.roots.includes(root));
    for (const root of removed) tally.report.gone += store.markMissing(root, []);
  }

  if (options.ffprobe) store.reopenUnprobed();
  tally.enter("probe", store.countWaiting("new"));
  await drain(probeStep(deps, options, tally), deps, job);

  for (let after = 0; after < store.lastRowid(); after += REOPEN_SPAN) {
    job.signal.throwIfAborted();
    store.reopenUnhashed(algorithms, after, REOPEN_SPAN);
    await new Promise((resolve) => setTimeout(resolve)); // a long library must not hold up the rest
  }
  tally.enter("hash", store.countWaiting("probed"));
  await drain(hashStep(deps, algorithms, tally), deps, job);
}

/** Rows looked at in one go: some ten milliseconds. */
const REOPEN_SPAN = 5000;

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
): Promise<void> {
  const { store } = deps;
  store.forgetSeen();
  const unknown: string[] = [];
  const touch = inLane(deps, options.job.signal);
  const folder = await statFolder(root, touch);
  if (folder.error) {
    // Its files cannot be played now; they come back with their folder, and nothing is read again.
    tally.issue(root, folder.error);
    if (folder.unknown) unknown.push("");
  } else {
    for await (const folder of walk(root, { ...options, touch, signal: options.job.signal })) {
      await options.job.ready();
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
  tally.report.files += files.length;
  tally.advance(files.length, files.reduce((sum, it) => sum + it.sizeBytes, 0), root);
}
