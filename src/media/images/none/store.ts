/**
 * Files that have no cover in them, in SQLite: until their content is another one, or another
 * ffmpeg may see more.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";

/** @param content An expression over `media`: what is looked at. */
export function createNoCovers(db: Database, content: string) {
  return {
    /** Whether this ffmpeg has found none in the file as it is. */
    hasNoCover: (mediaId: string, by: string): boolean =>
      db.get(
        `SELECT 1 FROM no_cover JOIN media ON media.id = media_id
         WHERE media_id = ? AND looked_by = ? AND made_of = ${content}`,
        mediaId,
        by,
      ) !== undefined,

    saveNoCover: (mediaId: string, by: string): number =>
      db.run(
        `INSERT OR REPLACE INTO no_cover SELECT id, ${content}, ? FROM media WHERE id = ?`,
        by,
        mediaId,
      ),
  };
}
