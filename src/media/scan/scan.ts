/**
 * One scan on one page: walk → diff → store, then probe what is new, then hash what has no hash.
 *
 * @module
 */
import { join, relative, sep } from "node:path";
import type { Run } from "../../base/command.ts";
import type { RunningJob } from "../../pool/mod.ts";
import type { HashName } from "../hash/algorithms.ts";
import { diff } from "./diff.ts";
import { drain, type DrainDeps } from "./drain.ts";
import { hashStep } from "./hash_step.ts";
import { probeStep } from "./probe_step.ts";
import { type ScanProgress, type ScanReport, Tally } from "./progress.ts";
import { explain, walk, type WalkedFolder } from "./walk.ts";

export interface ScanDeps extends DrainDeps {
  locate(path: string): Promise<{ driveIds: string[] }>;
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
}

/** Scans the roots. What is already known and unchanged is not read. */
export async function scan(deps: ScanDeps, options: ScanOptions): Promise<ScanReport> {
  const { store } = deps;
  const { algorithms, job } = options;
  const tally = new Tally(options.onProgress);

  tally.enter("walk");
  for (const root of options.roots) await walkRoot(root, deps, options, tally);
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
  await drain(hashStep(store, algorithms, tally), deps, job);

  return tally.finish();
}

/** Rows looked at in one go: some ten milliseconds. */
const REOPEN_SPAN = 5000;

async function walkRoot(
  root: string,
  deps: ScanDeps,
  options: ScanOptions,
  tally: Tally,
): Promise<void> {
  const { store } = deps;
  store.forgetSeen();
  const unknown: string[] = [];
  const { error } = await statFolder(root);
  if (error) {
    // Its files cannot be played now; they come back with their folder, and nothing is read again.
    tally.issue(root, error);
  } else {
    for await (const folder of walk(root, { ...options, signal: options.job.signal })) {
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
  tally.report.gone += store.markMissing(root, unknown);
}

async function statFolder(root: string): Promise<{ error?: string }> {
  try {
    if ((await Deno.stat(root)).isDirectory) return {};
    return { error: "It is not a folder" };
  } catch (error) {
    return { error: explain(error, "folder") };
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
  const { driveIds } = await locate(join(root, first.relativePath, ".."));
  const drives = JSON.stringify(driveIds);
  store.transaction(() => {
    for (const file of files) {
      const known = store.known(root, file.relativePath);
      const sighting = { root, driveIds, ...file };
      const change = diff(file, known);
      if (change === "new") tally.report.new++;
      if (change === "changed") tally.report.changed++;
      if (known && change === "changed") store.change(known.rowid, sighting);
      if (known && change === "returned") store.restore(known.rowid);
      if (known && known.drives !== drives) store.relocate(known.rowid, drives);
      store.see(known?.rowid ?? store.insert(sighting));
    }
  });
  tally.report.files += files.length;
  tally.advance(files.length, files.reduce((sum, it) => sum + it.sizeBytes, 0), root);
}
