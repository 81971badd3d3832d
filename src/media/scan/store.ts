/**
 * How far a scan has come, in SQLite. A file's status says what is still to be done with it, so a
 * scan that was cut off goes on where it was.
 *
 * @module
 */
import type { Database } from "../../db/mod.ts";
import type { Hashes, HashName } from "../hash/algorithms.ts";
import type { MediaFile } from "../media.ts";
import { insertHashes } from "../store.ts";
import { createGoneStore } from "./gone/store.ts";
import { createProbedStore } from "./probed/store.ts";
import { createRecordStore } from "./record/store.ts";

export type ScanStore = ReturnType<typeof createScanStore>;

/** A file that waits for the next step, with its place in the queue. */
export type Waiting =
  & Pick<MediaFile, "id" | "root" | "relativePath" | "sizeBytes" | "modifiedMs" | "driveIds">
  & { rowid: number };

/** The error of a file that only ffprobe could have read; it is tried again once ffprobe is there. */
export const NEEDS_FFPROBE =
  "This container can only be read with ffprobe: install ffmpeg, then scan again";

/** The same of a file of which a part is known without it. */
export const NEEDS_FFPROBE_TOO =
  "Not all that is in it can be read without ffprobe: install ffmpeg, then scan again";

/** How the error of a file begins whose content makes no sense. */
export const DAMAGED = "The content is damaged or cut off: ";
/** How it ends where ffprobe says so too. */
export const NOR_FFPROBE = "; ffprobe cannot read it either";

/** The scan's view of the media tables in `db`. Every method is one short synchronous step. */
export function createScanStore(db: Database) {
  const now = () => new Date().toISOString();

  return {
    ...createRecordStore(db),

    ...createGoneStore(db),

    ...createProbedStore(db),

    /** Every set of drives that files of this status lie on. */
    waitingDrives(status: "new" | "probed"): string[][] {
      const all: string[][] = [];
      for (let after = "";;) {
        const next = db.get<{ drives: string; here: number }>(
          `SELECT drive_ids AS drives, EXISTS (SELECT 1 FROM media AS one WHERE one.status = ?1
             AND one.drive_ids = media.drive_ids AND one.offline_since IS NULL) AS here
           FROM media WHERE status = ?1 AND drive_ids > ?2 ORDER BY drive_ids LIMIT 1`,
          status,
          after,
        );
        if (!next) return all;
        if (next.here === 1) all.push(JSON.parse(next.drives));
        after = next.drives;
      }
    },

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

    /** Sends the files back that were waiting for ffprobe, or that it has had no say in. */
    reopenUnprobed: () =>
      db.run(
        `UPDATE media SET status = 'new' WHERE status IN ('probed', 'ready') AND rowid IN (
           SELECT rowid FROM media WHERE error IN (?1, ?2)
           UNION ALL SELECT rowid FROM media
             WHERE error >= ?3 AND error < ?3 || char(0x10ffff) AND NOT instr(error, ?4)
           UNION ALL SELECT rowid FROM media -- as ffprobe's own words were stored once
             WHERE error >= 'The content cannot be read: C' AND error < 'The content cannot be read: D')`,
        NEEDS_FFPROBE,
        NEEDS_FFPROBE_TOO,
        DAMAGED,
        NOR_FFPROBE,
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

    /** Whether all files have been looked at for this before, and found to be so. */
    isDone: (what: string, how: string): boolean =>
      db.get("SELECT 1 FROM scan_done WHERE what = ? AND how = ?", what, how) !== undefined,

    setDone: (what: string, how: string) =>
      db.run("INSERT OR REPLACE INTO scan_done VALUES (?, ?)", what, how),

    lastRowid: () =>
      db.get<{ last: number | null }>("SELECT max(rowid) last FROM media")?.last ?? 0,
  };
}
