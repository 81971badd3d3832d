/**
 * NFO files in SQLite: which of them wait to be taken, and what people have taken from items.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";

export interface WaitingNfo {
  mediaId: string;
  /** JSON: an Nfo; null: there is none any more. */
  nfo: string | null;
  /** null: the item is deleted, or the file has none. */
  itemId: string | null;
  /** Of the one that was taken before. */
  takenMs: number | null;
}

export function createNfoStore(db: Database) {
  return {
    waiting: (limit: number): WaitingNfo[] =>
      db.all(
        `SELECT w.media_id AS mediaId, d.details ->> '$.nfo' AS nfo, i.id AS itemId,
           t.modified_ms AS takenMs
         FROM nfo_waiting w LEFT JOIN media_details d ON d.media_id = w.media_id
           LEFT JOIN items i ON i.media_id = w.media_id AND i.deleted_at IS NULL
           LEFT JOIN nfo_taken t ON t.media_id = w.media_id
         ORDER BY w.media_id LIMIT ?`,
        limit,
      ),

    /** The NFO that a scan has found of a file, as JSON. */
    known: (mediaId: string): string | null =>
      db.get<{ nfo: string | null }>(
        "SELECT details ->> '$.nfo' AS nfo FROM media_details WHERE media_id = ?",
        mediaId,
      )?.nfo ?? null,

    done: (mediaId: string) => db.run("DELETE FROM nfo_waiting WHERE media_id = ?", mediaId),

    taken(mediaId: string, modifiedMs: number): void {
      db.run("DELETE FROM nfo_taken WHERE media_id = ?", mediaId);
      db.run("INSERT INTO nfo_taken VALUES (?, ?)", mediaId, Math.trunc(modifiedMs));
    },

    /** What people have changed of an item, the first change first. */
    changes: (entity: string, itemId: string): { before: string | null; after: string | null }[] =>
      db.all(
        `SELECT before, after FROM changes WHERE entity = ? AND entity_id = ? AND user <> 'nfo'
         ORDER BY id LIMIT 1000`,
        entity,
        itemId,
      ),

    /** Whether a user has ever said how good an item is, or has taken that back. */
    hasRated: (itemId: string, user: string): boolean =>
      db.get(
        "SELECT 1 FROM rating_history WHERE item_id = ? AND user = ?",
        itemId,
        user,
      ) !== undefined,
  };
}
