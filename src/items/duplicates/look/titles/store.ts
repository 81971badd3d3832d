/**
 * Items in the order of what their names say, in a table that is gone with the connection.
 *
 * @module
 */
import type { Database } from "../../../../db/mod.ts";
import type { Named } from "./key.ts";

export interface NamedItem extends Named {
  seq: number;
  mediaId: string;
}

export type TitlesStore = ReturnType<typeof createTitlesStore>;

const columns = "seq, media_id AS mediaId, kind, title, series, season, episode, year";

export function createTitlesStore(db: Database) {
  return {
    begin: () =>
      db.run(
        `CREATE TEMP TABLE IF NOT EXISTS title_keys (
           key INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (key, seq)) WITHOUT ROWID`,
      ),

    /** Some rows of an earlier look; how many. All at once would take a second for a million. */
    clear: (limit: number): number =>
      db.run(
        `DELETE FROM title_keys WHERE (key, seq) IN
           (SELECT key, seq FROM title_keys ORDER BY key, seq LIMIT ?)`,
        limit,
      ),

    /** A page of the items that have a file and a name of their own: pictures have numbers. */
    items: (after: number, limit: number): NamedItem[] =>
      db.all(
        `SELECT ${columns} FROM items
         WHERE seq > ? AND media_id IS NOT NULL AND kind <> 'image' AND deleted_at IS NULL
         ORDER BY seq LIMIT ?`,
        after,
        limit,
      ),

    addKeys: (keys: readonly { key: number; seq: number }[]): void =>
      db.transaction(() => {
        for (const { key, seq } of keys) {
          db.run("INSERT OR IGNORE INTO title_keys VALUES (?, ?)", key, seq);
        }
      }),

    keys: (
      after: { key: number; seq: number },
      limit: number,
    ): { key: number; seq: number }[] =>
      db.all(
        `SELECT key, seq FROM title_keys WHERE (key, seq) > (?, ?) ORDER BY key, seq LIMIT ?`,
        after.key,
        after.seq,
        limit,
      ),

    bySeq: (seqs: readonly number[]): NamedItem[] =>
      db.all(
        `SELECT ${columns} FROM items WHERE seq IN (SELECT value FROM json_each(?))
           AND media_id IS NOT NULL ORDER BY seq`,
        JSON.stringify(seqs),
      ),
  };
}
