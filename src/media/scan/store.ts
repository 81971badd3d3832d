/**
 * How far a scan has come, in SQLite. A file's status says what is still to be done with it, so a
 * scan that was cut off goes on where it was.
 *
 * @module
 */
import { basename } from "node:path";
import type { Database } from "../../db/mod.ts";
import type { FileState } from "../file_state.ts";
import type { Hashes, HashName } from "../hash/algorithms.ts";
import { type Description, type MediaFile, titleOf } from "../media.ts";
import { insertHashes } from "../store.ts";
import { createMoves, knownColumns } from "../offline/store.ts";
import type { KnownFile } from "./diff.ts";

export type ScanStore = ReturnType<typeof createScanStore>;

export interface Sighting extends FileState {
  root: string;
  relativePath: string;
  driveIds: string[];
  /** What it lies on, and where in it; null where nobody can tell. */
  volumeId?: string | null;
  volumePath?: string | null;
}

/** What a sighting is compared with. */
export interface StoredFile extends KnownFile {
  rowid: number;
  /** Its `driveIds` as JSON. */
  drives: string;
  volumeId: string | null;
  volumePath: string | null;
  offlineSince: string | null;
}

/** A file that waits for the next step, with its place in the queue. */
export type Waiting =
  & Pick<MediaFile, "id" | "root" | "relativePath" | "sizeBytes" | "modifiedMs" | "driveIds">
  & { rowid: number };

/** The error of a file that only ffprobe could have read; it is tried again once ffprobe is there. */
export const NEEDS_FFPROBE =
  "This container can only be read with ffprobe: install ffmpeg, then scan again";

/** The scan's view of the media tables in `db`. Every method is one short synchronous step. */
export function createScanStore(db: Database) {
  // Rows seen by the walks of the scan under way. In memory: a million integers, gone with the connection.
  db.run("CREATE TEMP TABLE IF NOT EXISTS seen (id INTEGER PRIMARY KEY)");
  const now = () => new Date().toISOString();

  return {
    transaction: <T>(work: () => T): T => db.transaction(work),

    ...createMoves(db),

    /** Asked once per file of every scan, so it fetches no more than the diff needs. */
    known: (root: string, relativePath: string): StoredFile | undefined =>
      db.get(
        `SELECT ${knownColumns} FROM media WHERE root = ? AND relative_path = ?`,
        root,
        relativePath,
      ),

    insert(it: Sighting): number {
      const { root, relativePath, driveIds, sizeBytes, modifiedMs } = it;
      return db.get<{ rowid: number }>(
        `INSERT INTO media (id, root, relative_path, wire_path, size_bytes, modified_ms, drive_ids,
           status, title, added_at, updated_at, volume_id, volume_path)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'new', ?, ?, ?, ?, ?) RETURNING rowid`,
        crypto.randomUUID(),
        root,
        relativePath,
        wirePath(root, relativePath),
        sizeBytes,
        modifiedMs,
        JSON.stringify(driveIds),
        titleOf(relativePath),
        now(),
        now(),
        it.volumeId ?? null,
        it.volumePath ?? null,
      )!.rowid;
    },

    /** The file is another now: what was known of its content goes, its offer to the edge included. */
    change(rowid: number, { sizeBytes, modifiedMs, driveIds }: Sighting): void {
      db.run("DELETE FROM hashes WHERE media_id = (SELECT id FROM media WHERE rowid = ?)", rowid);
      db.run(
        `UPDATE media SET size_bytes = ?, modified_ms = ?, drive_ids = ?, status = 'new',
           error = NULL, container = NULL, mime_type = NULL, duration_ms = NULL, tracks = '[]',
           catalog_id = NULL, updated_at = ? WHERE rowid = ?`,
        sizeBytes,
        modifiedMs,
        JSON.stringify(driveIds),
        now(),
        rowid,
      );
    },

    /** A file is back as it was: it goes on from what is still known of it. */
    restore: (rowid: number): number =>
      db.run(
        `UPDATE media SET
           status = CASE WHEN status = 'unreadable' OR container IS NULL THEN 'new' ELSE 'probed' END,
           error = CASE status WHEN 'unreadable' THEN NULL ELSE error END,
           updated_at = ? WHERE rowid = ?`,
        now(),
        rowid,
      ),

    /** It is seen, so it is here: its drives are known better now, or it lies on others. */
    relocate: (rowid: number, { driveIds, volumeId, volumePath }: Sighting): number =>
      db.run(
        `UPDATE media SET drive_ids = ?, volume_id = ?, volume_path = ?, offline_since = NULL
         WHERE rowid = ?`,
        JSON.stringify(driveIds),
        volumeId ?? null,
        volumePath ?? null,
        rowid,
      ),

    see: (rowid: number) => db.run("INSERT OR IGNORE INTO seen VALUES (?)", rowid),

    /** When a scan begins, and no walk is under way. */
    forgetSeen: () => db.run("DELETE FROM seen"),

    /** Marks what was not seen below `root`, save what lies below folders nobody could look into. */
    markMissing(root: string, unknownFolders: readonly string[]): number {
      return db.run(
        `UPDATE media SET status = 'missing', updated_at = ?
         WHERE root = ? AND status NOT IN ('missing', 'forgotten') AND offline_since IS NULL
           AND rowid NOT IN (SELECT id FROM seen)
           AND NOT EXISTS (SELECT 1 FROM json_each(?) WHERE relative_path GLOB value)`,
        now(),
        root,
        JSON.stringify(unknownFolders.map(globBelow)),
      );
    },

    /** The roots of all files in the library, those of folders that are no longer set included. */
    roots: (): string[] =>
      db.all<{ root: string }>("SELECT DISTINCT root FROM media").map(({ root }) => root),

    /** Every set of drives that files of this status lie on. */
    waitingDrives: (status: "new" | "probed"): string[][] =>
      db.all<{ driveIds: string }>(
        "SELECT DISTINCT drive_ids AS driveIds FROM media WHERE status = ? AND offline_since IS NULL",
        status,
      ).map(({ driveIds }) => JSON.parse(driveIds)),

    /** The next files of these drives for a step, in order of rowid, from just after `after`. */
    waiting: (
      status: "new" | "probed",
      driveIds: readonly string[],
      after: number,
      limit: number,
    ): Waiting[] =>
      db.all<Omit<Waiting, "driveIds"> & { driveIds: string }>(
        `SELECT rowid, id, root, relative_path AS relativePath, size_bytes AS sizeBytes,
           modified_ms AS modifiedMs, drive_ids AS driveIds
         FROM media WHERE status = ? AND drive_ids = ? AND offline_since IS NULL AND rowid > ?
         ORDER BY rowid LIMIT ?`,
        status,
        JSON.stringify(driveIds),
        after,
        limit,
      ).map((row) => ({ ...row, driveIds: JSON.parse(row.driveIds) })),

    countWaiting: (status: "new" | "probed"): { files: number; bytes: number } =>
      db.get(
        `SELECT count(*) files, ifnull(sum(size_bytes), 0) bytes FROM media
         WHERE status = ? AND offline_since IS NULL`,
        status,
      )!,

    /** The next `limit` of one set of drives, from just after the rowid `after`. */
    countWaitingOn: (
      status: "new" | "probed",
      driveIds: readonly string[],
      after: number,
      limit: number,
    ): { files: number; bytes: number; last: number } =>
      db.get(
        `SELECT count(*) files, ifnull(sum(size_bytes), 0) bytes, ifnull(max(id), 0) last
         FROM (SELECT rowid AS id, size_bytes FROM media
               WHERE status = ? AND drive_ids = ? AND offline_since IS NULL AND rowid > ?
               ORDER BY rowid LIMIT ?)`,
        status,
        JSON.stringify(driveIds),
        after,
        limit,
      )!,

    /** Which hashes these files have already, as "id algorithm". */
    hashesOf: (ids: readonly string[]): Set<string> =>
      new Set(
        db.all<{ known: string }>(
          `SELECT media_id || ' ' || algorithm AS known FROM hashes
           WHERE media_id IN (SELECT value FROM json_each(?))`,
          JSON.stringify(ids),
        ).map(({ known }) => known),
      ),

    saveProbe: (id: string, found: Description, error?: string) =>
      db.run(
        `UPDATE media SET status = 'probed', error = ?, container = ?, mime_type = ?,
           duration_ms = ?, tracks = ?, updated_at = ? WHERE id = ? AND status = 'new'`,
        error ?? null,
        found.container,
        found.mimeType ?? null,
        found.durationMs ?? null,
        JSON.stringify(found.tracks),
        now(),
        id,
      ),

    saveHashes(id: string, hashes: Hashes): void {
      insertHashes(db, id, hashes);
      db.run(
        "UPDATE media SET status = 'ready', updated_at = ? WHERE id = ? AND status = 'probed'",
        now(),
        id,
      );
    },

    /** Not of one whose drive has gone meanwhile: that goes on when it is back. */
    saveUnreadable: (id: string, error: string) =>
      db.run(
        `UPDATE media SET status = 'unreadable', error = ?, updated_at = ?
         WHERE id = ? AND offline_since IS NULL`,
        error,
        now(),
        id,
      ),

    /** Sends the files back that were waiting for ffprobe. */
    reopenUnprobed: () =>
      db.run(
        "UPDATE media SET status = 'new' WHERE error = ? AND status IN ('probed', 'ready')",
        NEEDS_FFPROBE,
      ),

    /** Sends files of rowid in (after, after + span] back to hashing if they lack one of `names`. */
    reopenUnhashed: (names: readonly HashName[], after: number, span: number) =>
      db.run(
        `UPDATE media SET status = 'probed'
         WHERE rowid > ? AND rowid <= ? AND status = 'ready' AND (
           SELECT count(*) FROM hashes WHERE media_id = media.id
           AND algorithm IN (SELECT value FROM json_each(?))) < ?`,
        after,
        after + span,
        JSON.stringify(names),
        names.length,
      ),

    lastRowid: () =>
      db.get<{ last: number | null }>("SELECT max(rowid) last FROM media")?.last ?? 0,
  };

  /** Unique over all roots: the second of two equal paths gets its root's name in front. */
  function wirePath(root: string, relativePath: string): string {
    const taken = (path: string) => db.get("SELECT 1 FROM media WHERE wire_path = ?", path);
    if (!taken(relativePath)) return relativePath;
    const name = basename(root) || "root";
    for (let count = 1;; count++) {
      const path = `${count === 1 ? name : `${name}-${count}`}/${relativePath}`;
      if (!taken(path)) return path;
    }
  }
}

/** A GLOB pattern for everything below a folder ("" is the root itself). */
function globBelow(folder: string): string {
  return folder ? `${folder.replaceAll(/[*?[]/g, "[$&]")}/*` : "*";
}
