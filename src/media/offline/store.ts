/**
 * Which files are offline, in SQLite: those of volumes that are away, or that do not answer.
 *
 * @module
 */
import type { Database } from "../../db/mod.ts";
import type { Sighting, StoredFile } from "../scan/record/store.ts";

/** Where a volume shows now, and from which of its folders on. */
export interface ShownAt {
  mountPoint: string;
  rootInPlace: string;
}

/** A media folder, and the folder of a volume that was found there. */
export interface FolderOnVolume {
  folder: string;
  volumeId: string;
  /** "" for the volume's own root. */
  volumeFolder: string;
}

export type OfflineStore = ReturnType<typeof createOfflineStore>;

const PARKED = "volume:";

/** Whether this is no folder: the files there wait for their volume, see createMoves().park. */
export const isParked = (root: string): boolean => root.startsWith(PARKED);

/** Where a file is, by its root; a drive letter tells that "\" stands between folders. */
const PATH = `rtrim(CASE WHEN media.root LIKE '_:%' THEN replace(media.root, '\\', '/')
  ELSE media.root END, '/') || '/' || media.relative_path`;

/**
 * Whether a volume that shows at the places in `?` shows this file where it was found. Columns are
 * told with their table: json_each() has a "root" too.
 */
const IS_SHOWN = `EXISTS (
  SELECT 1 FROM json_each(?) AS shown WHERE
    substr(media.volume_path, 1, length(shown.value ->> 1) + 1) = (shown.value ->> 1) || '/'
    AND ${PATH} = (shown.value ->> 0) || substr(media.volume_path, length(shown.value ->> 1) + 1))`;

export function createOfflineStore(db: Database) {
  const nextVolume = (after: string) =>
    db.get<{ id: string }>(
      "SELECT volume_id AS id FROM media WHERE volume_id > ? ORDER BY volume_id LIMIT 1",
      after,
    )?.id;

  return {
    /** Every volume that some file lies on. */
    volumes(): string[] {
      const ids: string[] = [];
      // From one to the next in the index: a million files are on a handful of volumes.
      for (let id = nextVolume(""); id !== undefined; id = nextVolume(id)) ids.push(id);
      return ids;
    },

    /**
     * Which volumes have had files in these media folders, and in which of their own folders. What
     * lies there now is remembered: its rows go with it to where it comes back.
     */
    volumesOf(folders: readonly string[]): FolderOnVolume[] {
      // Where no volume is known, each file of each folder would be looked at in vain.
      for (const folder of nextVolume("") === undefined ? [] : folders) {
        db.run(
          `INSERT OR IGNORE INTO media_folders
           SELECT root, volume_id,
             substr(volume_path, 1, length(volume_path) - length(relative_path) - 1)
           FROM media WHERE root = ? AND volume_id IS NOT NULL
             AND substr(volume_path, -length(relative_path) - 1) = '/' || relative_path LIMIT 1`,
          folder,
        );
      }
      return db.all(
        `SELECT folder, volume_id AS volumeId, volume_folder AS volumeFolder FROM media_folders
         WHERE folder IN (SELECT value FROM json_each(?))`,
        JSON.stringify(folders),
      );
    },

    /** A media folder with a file of this volume that is offline; undefined where none is. */
    offlineRootOf: (volumeId: string): string | undefined =>
      db.get<{ root: string }>(
        `SELECT root FROM media WHERE volume_id = ? AND offline_since IS NOT NULL
           AND status NOT IN ('missing', 'forgotten') LIMIT 1`,
        volumeId,
      )?.root,

    /** Whether all files of a volume have been looked at while it showed where it does now. */
    isSettled: (volumeId: string, state: string): boolean =>
      db.get("SELECT 1 FROM scan_done WHERE what = ? AND how = ?", settled(volumeId), state) !==
        undefined,

    setSettled: (volumeId: string, state: string) =>
      db.run("INSERT OR REPLACE INTO scan_done VALUES (?, ?)", settled(volumeId), state),

    /** They are about to be looked at: whoever is cut off in the middle begins anew. */
    unsettle: (volumeId: string) =>
      db.run("DELETE FROM scan_done WHERE what = ?", settled(volumeId)),

    /** What the file of a row lies on; undefined where nobody knows. */
    volumeOf(rowid: number): { volumeId: string; isOffline: boolean } | undefined {
      const found = db.get<{ volumeId: string | null; isOffline: number }>(
        "SELECT volume_id AS volumeId, offline_since IS NOT NULL AS isOffline FROM media WHERE rowid = ?",
        rowid,
      );
      if (!found?.volumeId) return undefined;
      return { volumeId: found.volumeId, isOffline: found.isOffline === 1 };
    },

    lastRowid: () =>
      db.get<{ last: number | null }>("SELECT max(rowid) last FROM media")?.last ?? 0,

    /**
     * Notes of the files of a volume, among rowids in (after, after + span], whether they can be
     * reached where they were found. What is missing stays so: it was gone before its volume went.
     */
    settle(
      volumeId: string,
      shownAt: readonly ShownAt[],
      { after, span }: { after: number; span: number },
    ): { gone: number; back: number } {
      const shown = JSON.stringify(shownAt.map(toPair));
      const range = [volumeId, after, after + span] as const;
      // "+": by its rowid, and not all rows of the volume for each piece of them.
      const where = "+volume_id = ? AND rowid > ? AND rowid <= ?";
      return {
        gone: db.run(
          `UPDATE media SET offline_since = ? WHERE ${where} AND offline_since IS NULL
             AND status <> 'missing' AND NOT ${IS_SHOWN}`,
          new Date().toISOString(),
          ...range,
          shown,
        ),
        back: db.run(
          `UPDATE media SET offline_since = NULL WHERE ${where} AND offline_since IS NOT NULL
             AND ${IS_SHOWN}`,
          ...range,
          shown,
        ),
      };
    },
  };
}

const settled = (volumeId: string) => `settled ${volumeId}`;

/** Mount point and folder, both without a "/" at their end. */
function toPair({ mountPoint, rootInPlace }: ShownAt): [string, string] {
  const plain = /^[a-z]:/i.test(mountPoint) ? mountPoint.replaceAll("\\", "/") : mountPoint;
  return [plain.replace(/\/+$/, ""), rootInPlace.replace(/\/+$/, "")];
}

/** How a file is found again where its volume shows now. @param columns Those of a StoredFile */
export function createMoves(db: Database, columns: string) {
  return {
    // "+": by its place, of which there is one, and not by its size, which many have.
    /** The same file of the same volume, known from another place where that cannot be seen now. */
    adoptable: (it: Sighting): StoredFile | undefined =>
      it.volumeId && it.volumePath
        ? db.get<StoredFile>(
          `SELECT ${columns} FROM media WHERE volume_id = ? AND volume_path = ?
             AND +size_bytes = ? AND modified_ms = ?
             AND (offline_since IS NOT NULL OR status = 'missing' OR gone_since IS NOT NULL) LIMIT 1`,
          it.volumeId,
          it.volumePath,
          it.sizeBytes,
          it.modifiedMs,
        )
        : undefined,

    /** Another volume shows another file in its place: it waits for its own, by that one's name. */
    park: (rowid: number): number =>
      db.run(
        `UPDATE media SET root = '${PARKED}' || volume_id, relative_path = id || volume_path,
           updated_at = ? WHERE rowid = ?`,
        new Date().toISOString(),
        rowid,
      ),
  };
}
