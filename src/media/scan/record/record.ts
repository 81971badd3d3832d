/**
 * Stores what a walk has found to be different: a file is known at this place, known from another
 * one, or new. The walk compared it with what was stored a moment ago, so it is looked at once more.
 *
 * @module
 */
import { sameState } from "../../file_state.ts";
import { type Change, changeOf, type FoundFile } from "../diff.ts";
import type { Tally } from "../progress.ts";
import type { Traced } from "../walk/walk.ts";
import type { RecordStore, Sighting, StoredFile } from "./store.ts";

/** Where a folder lies: its drives, what it is mounted from, and where in that. */
export interface Located {
  driveIds: string[];
  placeId?: string | undefined;
  pathInVolume?: string | undefined;
}

export type Recorded =
  | { what: Change; rowid: number }
  | { what: "moved"; rowid: number };

type Seen = Exclude<Traced, { kind: "gone" | "unwanted"; path: string }>;

/** What there is to record of a root, of a whole library or one file: says of each what it was. */
export function record(store: RecordStore, root: string, difference: Seen): Recorded {
  const file = toSighting(root, difference.file);
  const moved = difference.kind === "moved" ? move(store, file, difference.from) : undefined;
  if (moved !== undefined) return { what: "moved", rowid: moved };

  let known = store.known(file.root, file.relativePath);
  if (known && isAnothers(known, file)) {
    store.park(known.rowid);
    known = undefined;
  }
  const adopted = known ? undefined : store.adoptable(file);
  if (adopted) store.move(adopted.rowid, file, false);
  known ??= adopted;
  if (!known) return { what: "new", rowid: store.insert(file) };
  const { rowid } = known;
  const what = changeOf(file, { ...known, isHere: isHere(known, file) });
  if (what === "changed") store.change(rowid, file);
  if (what === "returned") store.restore(rowid);
  if (what !== "unchanged") store.relocate(rowid, file);
  return { what: adopted ? "moved" : what, rowid };
}

/**
 * The id by which a file goes on that was found to be new, and whose content is known by now: that
 * of a file that is gone, if that was the same. To be called before what was learnt is saved.
 */
export function goOnByIdentity(
  store: RecordStore,
  id: string,
  identity: string,
  { report, gone }: Pick<Tally, "report" | "gone">,
): string {
  const adopted = store.adoptByIdentity(id, identity);
  if (!adopted) return id;
  report.moved++;
  report.new = Math.max(0, report.new - 1); // it may have been found by an earlier scan
  if (gone.missing.delete(adopted.rowid)) report.gone--;
  return adopted.id;
}

/** The row of a file that was elsewhere, brought here; undefined where it is another by now. */
function move(store: RecordStore, file: Sighting, from: number): number | undefined {
  const row = store.knownAt(from);
  if (!row || !sameState(row, file) || row.inode !== file.inode) return undefined;
  const other = store.known(file.root, file.relativePath);
  if (other?.rowid === from) return undefined;
  if (other && other.offlineSince !== null) store.park(other.rowid);
  else if (other) store.displace(other.rowid);
  // First what it was, for of that it is said whether it is looked into anew.
  if (row.status === "missing" || row.status === "unreadable") store.restore(from);
  // Mounted elsewhere it has another path, but the same name among the same neighbours.
  store.move(from, file, row.volumePath === null || row.volumePath !== file.volumePath);
  store.relocate(from, file);
  return from;
}

export function toSighting(root: string, { path, place, ...file }: FoundFile): Sighting {
  const { sizeBytes, modifiedMs, inode, volumePath } = file;
  const { driveIds, volumeId } = place;
  return {
    root,
    relativePath: path,
    sizeBytes,
    modifiedMs,
    inode,
    driveIds,
    volumeId: volumePath === null ? null : volumeId,
    volumePath,
  };
}

/**
 * Whether the file that was here is on a volume that is away, and this is another one's. The same
 * size and time on another volume are the same file: a copied disk, or one whose id became better.
 */
function isAnothers(known: StoredFile, file: Sighting): boolean {
  return known.offlineSince !== null && known.volumeId !== (file.volumeId ?? null) &&
    !sameState(known, file);
}

function isHere(known: StoredFile, file: Sighting): boolean {
  const { driveIds, volumeId = null, volumePath = null, inode = null } = file;
  return known.offlineSince === null && known.goneSince === null &&
    known.drives === JSON.stringify(driveIds) && known.inode === inode &&
    known.volumeId === volumeId && known.volumePath === volumePath;
}
