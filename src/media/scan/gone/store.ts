/**
 * Files that are not where they were, in SQLite: missing, or waiting for a person's word.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";

/** Files of a root that may have been deleted, and so many that a person has to say so. */
export interface Waiting {
  root: string;
  files: number;
  /** ISO 8601, UTC. */
  since: string;
}

const HERE_OR_AWAY = "status NOT IN ('missing', 'forgotten')";
const PRESENT = `offline_since IS NULL AND ${HERE_OR_AWAY}`;
const UNCONFIRMED = "gone_since IS NOT NULL AND gone_kept = 0";

export function createGoneStore(db: Database) {
  const now = () => new Date().toISOString();

  const pages = (which: string) => (root: string, after: string, limit: number) =>
    db.all<{ rowid: number; path: string }>(
      `SELECT rowid, relative_path AS path FROM media
       WHERE root = ? AND relative_path > ? AND ${which} ORDER BY relative_path LIMIT ?`,
      root,
      after,
      limit,
    );

  return {
    /** Those that are not away with their volume, nor known to be gone: in their order. */
    stillExpected: (rowids: readonly number[]): number[] =>
      db.all<{ rowid: number }>(
        `SELECT rowid FROM media WHERE rowid IN (SELECT value FROM json_each(?))
           AND ${PRESENT} AND gone_since IS NULL ORDER BY rowid`,
        JSON.stringify(rowids),
      ).map(({ rowid }) => rowid),

    /** Where these files are in their root, in the order of the rows. */
    pathsOf: (rowids: readonly number[]): { rowid: number; path: string }[] =>
      db.all(
        `SELECT rowid, relative_path AS path FROM media
         WHERE rowid IN (SELECT value FROM json_each(?)) ORDER BY rowid`,
        JSON.stringify(rowids),
      ),

    markMissing: (rowids: readonly number[]): number =>
      db.run(
        `UPDATE media SET status = 'missing', updated_at = ?
         WHERE rowid IN (SELECT value FROM json_each(?)) AND ${PRESENT}`,
        now(),
        JSON.stringify(rowids),
      ),

    /** They stay as they are until a person has said what they are. */
    markUnconfirmed: (rowids: readonly number[]): number =>
      db.run(
        `UPDATE media SET gone_since = ?
         WHERE rowid IN (SELECT value FROM json_each(?)) AND ${PRESENT} AND gone_since IS NULL`,
        now(),
        JSON.stringify(rowids),
      ),

    /** The next `limit` files of a root that count as being there, after a path. */
    presentIn: pages(`${PRESENT} AND gone_kept = 0`),

    /** The next `limit` files of a root that are not missing yet, those away included. */
    restOf: pages(HERE_OR_AWAY),

    /** A person has taken their media folder away: nobody is asked about them any more. */
    leave: (rowids: readonly number[]): number =>
      db.run(
        `UPDATE media SET status = 'missing', gone_since = NULL, gone_kept = 0, updated_at = ?
         WHERE rowid IN (SELECT value FROM json_each(?))`,
        now(),
        JSON.stringify(rowids),
      ),

    unconfirmedIn: (root: string): number =>
      db.get<{ files: number }>(
        `SELECT count(*) files FROM media WHERE root = ? AND ${UNCONFIRMED}`,
        root,
      )!.files,

    unconfirmed: (): Waiting[] =>
      db.all(
        `SELECT root, count(*) files, min(gone_since) since FROM media
         WHERE ${UNCONFIRMED} GROUP BY root ORDER BY root`,
      ),

    /** The next of a root for which a person's word is awaited. */
    nextUnconfirmed: (root: string, limit: number): number[] =>
      db.all<{ rowid: number }>(
        `SELECT rowid FROM media WHERE root = ? AND ${UNCONFIRMED} LIMIT ?`,
        root,
        limit,
      ).map(({ rowid }) => rowid),

    /** A person has said: they are gone. */
    confirmGone: (rowids: readonly number[]): number =>
      db.run(
        `UPDATE media SET status = iif(${PRESENT}, 'missing', status), gone_since = NULL,
           updated_at = ? WHERE rowid IN (SELECT value FROM json_each(?))`,
        now(),
        JSON.stringify(rowids),
      ),

    /** A person has said: leave them as they are until they are seen again. */
    keepGone: (rowids: readonly number[]): number =>
      db.run(
        "UPDATE media SET gone_kept = 1 WHERE rowid IN (SELECT value FROM json_each(?))",
        JSON.stringify(rowids),
      ),

    /** The next `limit` files that are away with their volume, by id. */
    offlineAfter: (id: string, limit: number): string[] =>
      db.all<{ id: string }>(
        `SELECT id FROM media WHERE id > ? AND offline_since IS NOT NULL
           AND status NOT IN ('missing', 'forgotten') ORDER BY id LIMIT ?`,
        id,
        limit,
      ).map((row) => row.id),
  };
}

export type GoneStore = ReturnType<typeof createGoneStore>;
