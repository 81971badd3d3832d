/**
 * Which items have which tags, in SQLite.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";

export function createLinkStore(db: Database) {
  return {
    tagsOf: (itemId: string): string[] =>
      db.all<{ id: string }>(
        "SELECT tag_id AS id FROM item_tags WHERE item_id = ? ORDER BY tag_id",
        itemId,
      ).map(({ id }) => id),

    itemsOf: (tagId: string, after: string, limit: number): string[] =>
      db.all<{ id: string }>(
        `SELECT item_id AS id FROM item_tags WHERE tag_id = ? AND item_id > ?
         ORDER BY item_id LIMIT ?`,
        tagId,
        after,
        limit,
      ).map(({ id }) => id),

    add: (itemId: string, tagId: string) =>
      db.run("INSERT OR IGNORE INTO item_tags (item_id, tag_id) VALUES (?, ?)", itemId, tagId),

    remove: (itemId: string, tagId: string) =>
      db.run("DELETE FROM item_tags WHERE item_id = ? AND tag_id = ?", itemId, tagId),
  };
}
