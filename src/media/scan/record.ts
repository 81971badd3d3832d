/**
 * Stores what a walk found in one folder: each file is known at this place, known from another place
 * of the same volume, or new.
 *
 * @module
 */
import { basename } from "node:path/posix";
import { sameState } from "../file_state.ts";
import { type Change, diff } from "./diff.ts";
import type { ScanStore, Sighting, StoredFile } from "./store.ts";
import type { FoundFile } from "./walk.ts";

/** Where a folder lies: its drives, what it is mounted from, and where in that. */
export interface Located {
  driveIds: string[];
  placeId?: string | undefined;
  pathInVolume?: string | undefined;
}

export type Recorded = Change | "moved";

/** Takes up the files of one folder, in one transaction; says of each what it was. */
export function recordFiles(
  store: ScanStore,
  { root, files, place }: { root: string; files: readonly FoundFile[]; place: Located },
): Recorded[] {
  const { driveIds, placeId, pathInVolume } = place;
  const isPlaced = placeId !== undefined && pathInVolume !== undefined;
  const folder = pathInVolume === "/" ? "" : pathInVolume;
  return store.transaction(() =>
    files.map((file) =>
      record(store, {
        ...file,
        root,
        driveIds,
        volumeId: isPlaced ? placeId : null,
        volumePath: isPlaced ? `${folder}/${basename(file.relativePath)}` : null,
      })
    )
  );
}

function record(store: ScanStore, file: Sighting): Recorded {
  let known = store.known(file.root, file.relativePath);
  if (known && isAnothers(known, file)) {
    store.park(known.rowid);
    known = undefined;
  }
  const adopted = known ? undefined : store.adopt(file);
  known ??= adopted;
  const change = diff(file, known);
  if (known && change === "changed") store.change(known.rowid, file);
  if (known && change === "returned") store.restore(known.rowid);
  if (known && hasMoved(known, file)) store.relocate(known.rowid, file);
  store.see(known?.rowid ?? store.insert(file));
  return adopted ? "moved" : change;
}

/**
 * Whether the file that was here is on a volume that is away, and this is another one's. The same
 * size and time on another volume are the same file: a copied disk, or one whose id became better.
 */
function isAnothers(known: StoredFile, file: Sighting): boolean {
  return known.offlineSince !== null && known.volumeId !== (file.volumeId ?? null) &&
    !sameState(known, file);
}

function hasMoved(known: StoredFile, file: Sighting): boolean {
  const { driveIds, volumeId = null, volumePath = null } = file;
  return known.offlineSince !== null || known.drives !== JSON.stringify(driveIds) ||
    known.volumeId !== volumeId || known.volumePath !== volumePath;
}
