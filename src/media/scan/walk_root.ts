/**
 * The walk of one media folder, or of some folders in it: what is different is stored as it is
 * found; what is gone is only noted, for it may turn up elsewhere.
 *
 * @module
 */
import { join } from "node:path";
import { turn } from "../../base/event_loop.ts";
import { isLinked } from "../../base/files.ts";
import type { Lanes } from "../../pool/mod.ts";
import { addGone } from "./gone/gone.ts";
import { inLane } from "./in_lane.ts";
import type { Tally } from "./progress.ts";
import type { Early } from "./probed/early.ts";
import { inPieces } from "./record/in_pieces.ts";
import { record } from "./record/record.ts";
import type { ScanDeps, ScanOptions } from "./scan.ts";
import type { Walker } from "./walk/open_walker.ts";
import { explain, type Touch } from "./walk/touch.ts";
import type { Traced, WalkSpec } from "./walk/walk.ts";
import { walkParts } from "./walk/walk_parts.ts";

export interface WalkRootDeps extends ScanDeps {
  walker: Walker;
  early?: Early | undefined;
  signal: AbortSignal;
}

/** A transaction always has so many. */
const LEAST_FILES = 32;

export async function walkRoot(
  root: string,
  deps: WalkRootDeps,
  options: ScanOptions,
  tally: Tally,
): Promise<void> {
  const { signal } = deps;
  const { job } = options;
  const acquire: Lanes["acquire"] = (driveIds, lease) =>
    job.waiting(() => deps.lanes.acquire(driveIds, lease), driveIds);
  const isStreaming = (driveIds: readonly string[]) => deps.lanes.isStreaming(driveIds);
  const limitOf = (driveIds: readonly string[]) => deps.lanes.limitOf(driveIds);
  const inTurn = { ...deps, lanes: { acquire, isStreaming, limitOf } };
  const touch = inLane(inTurn, signal);
  for (const folder of options.foldersOf?.(root) ?? [""]) {
    const { error, unknown } = await statFolder(root, folder, touch);
    // Its files cannot be played now; they come back with their folder, and nothing is read again.
    if (error && !(folder && !unknown)) tally.issue(join(root, folder), error);
    if (unknown) continue;
    const spec: WalkSpec = {
      root,
      folder,
      after: "",
      extensions: [...options.extensions],
      excludeDirs: [...options.excludeDirs],
      mountPoints: await deps.mountPoints?.(),
      unsettled: options.unsettled && [...options.unsettled],
      isEmpty: error !== undefined,
    };
    /** Other files in known places: what was there may turn up elsewhere before the walk is over. */
    const replaced: Traced[] = [];
    for await (const { differences, ...stepped } of walkParts(spec, inTurn)) {
      await job.ready();
      for (const { path, problem } of stepped.issues) tally.issue(path, problem);
      const isFull = replaced.length >= MOST_REPLACED;
      if (!isFull) replaced.push(...differences.filter(isReplaced));
      const now = isFull ? differences : differences.filter((it) => !isReplaced(it));
      const early = await deps.early?.take(root, now);
      await take(root, early?.rest ?? now, deps.store, tally);
      const { files = 0, bytes = 0 } = early ?? {};
      tally.walked(stepped.files - files, stepped.bytes - bytes, root);
    }
    await take(root, replaced, deps.store, tally);
  }
}

const MOST_REPLACED = 5000;

function isReplaced(difference: Traced): boolean {
  return difference.kind === "changed" && difference.isOther;
}

/** `unknown` where nobody can tell whether it is there: that is no reason to miss its files. */
async function statFolder(
  root: string,
  part: string,
  touch: Touch,
): Promise<{ error?: string; unknown?: boolean }> {
  const folder = join(root, part);
  try {
    // Those who watch a folder hear of what lies behind its links as well.
    if (await touch(folder, () => isLinked(folder, root))) return { error: "It is a link" };
    if ((await touch(folder, () => Deno.stat(folder))).isDirectory) return {};
    return { error: "It is not a folder" };
  } catch (error) {
    const unknown = !(error instanceof Deno.errors.NotFound);
    return { error: explain(error, "folder"), unknown };
  }
}

/** Stores what is different, a little at a time. */
async function take(
  root: string,
  differences: readonly Traced[],
  store: ScanDeps["store"],
  tally: Tally,
): Promise<void> {
  if (differences.length === 0) return;
  const pieces = { transaction: store.transaction, least: LEAST_FILES };
  await inPieces(differences, pieces, (it) => takeOne(root, it, store, tally));
  await turn(); // others have theirs
}

function takeOne(
  root: string,
  difference: Traced,
  store: ScanDeps["store"],
  { report, gone }: Tally,
): void {
  if (!("file" in difference)) {
    const { rowid, kind } = difference;
    return addGone(gone, { root, rowid, kind });
  }
  const { what, rowid } = record(store, root, difference);
  if (what === "moved") {
    gone.moved.add(rowid);
    if (gone.missing.delete(rowid)) report.gone--;
  }
  if (what === "new" || what === "changed" || what === "moved") report[what]++;
}
