/**
 * Notes in SQLite.
 *
 * @module
 */
import { changeOrAdd, type Database } from "../../db/mod.ts";
import type { Note } from "./notes.ts";

const columns = `id, item_id AS itemId, user, text, version, created_at AS createdAt,
  updated_at AS updatedAt`;

export function createNoteStore(db: Database) {
  const now = () => new Date().toISOString();
  return {
    /** Not of an item that was deleted, and which an undo may bring back. */
    find: (id: string): Note | undefined =>
      db.get(
        `SELECT ${columns} FROM notes WHERE id = ?
           AND EXISTS (SELECT 1 FROM items WHERE id = item_id AND deleted_at IS NULL)`,
        id,
      ),

    count: (itemId: string): number =>
      db.get<{ count: number }>("SELECT count(*) AS count FROM notes WHERE item_id = ?", itemId)!
        .count,

    /** The first made first. */
    ofItem: (
      itemId: string,
      after: { createdAt: string; id: string },
      limit: number,
    ): Note[] =>
      db.all(
        `SELECT ${columns} FROM notes WHERE item_id = ? AND (created_at, id) > (?, ?)
         ORDER BY created_at, id LIMIT ?`,
        itemId,
        after.createdAt,
        after.id,
        limit,
      ),

    /** Makes it, or changes its text and raises its version. */
    put({ id, itemId, user, text, createdAt = now() }: Partial<Note>): void {
      changeOrAdd(db, [
        "UPDATE notes SET text = ?, version = version + 1, updated_at = ? WHERE id = ?",
        text!,
        now(),
        id!,
      ], [
        `INSERT INTO notes (id, item_id, user, text, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
        id!,
        itemId!,
        user!,
        text!,
        createdAt,
        now(),
      ]);
    },

    remove: (id: string) => db.run("DELETE FROM notes WHERE id = ?", id),
  };
}
