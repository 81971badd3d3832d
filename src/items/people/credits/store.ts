/**
 * Who did what for which item, in SQLite.
 *
 * @module
 */
import { changeOrAdd, type Database } from "../../../db/mod.ts";
import type { Credit, Role } from "../person.ts";

export function createCreditStore(db: Database) {
  return {
    /** In the order of the credits. */
    of: (itemId: string): Credit[] =>
      db.all<Credit>(
        `SELECT person_id AS personId, role, credited_as AS creditedAs, position FROM item_people
         WHERE item_id = ? ORDER BY position, role, person_id`,
        itemId,
      ).map((it) => ({ ...it })),

    itemCount: (personId: string): number =>
      db.get<{ n: number }>(
        `SELECT count(DISTINCT item_id) AS n FROM item_people JOIN items ON items.id = item_id
         WHERE person_id = ? AND deleted_at IS NULL`,
        personId,
      )!.n,

    /** Some of all items, of those too that were deleted: an undo brings those back as they were. */
    creditedIn: (personId: string, limit: number): string[] =>
      db.all<{ itemId: string }>(
        "SELECT DISTINCT item_id AS itemId FROM item_people WHERE person_id = ? LIMIT ?",
        personId,
        limit,
      ).map(({ itemId }) => itemId),

    /** By item and role, from just after a pair. */
    itemsOf: (personId: string, after: { itemId: string; role: string }, limit: number) =>
      db.all<{ itemId: string; role: Role; creditedAs: string | null; position: number }>(
        `SELECT item_id AS itemId, role, credited_as AS creditedAs, position
         FROM item_people CROSS JOIN items ON items.id = item_id
         WHERE person_id = ? AND (item_id, role) > (?, ?) AND deleted_at IS NULL
         ORDER BY item_id, role LIMIT ?`,
        personId,
        after.itemId,
        after.role,
        limit,
      ),

    save(itemId: string, { personId, role, creditedAs, position }: Credit): void {
      changeOrAdd(db, [
        `UPDATE item_people SET credited_as = ?, position = ?
         WHERE item_id = ? AND person_id = ? AND role = ?`,
        creditedAs,
        position,
        itemId,
        personId,
        role,
      ], [
        `INSERT INTO item_people (item_id, person_id, role, credited_as, position)
         VALUES (?, ?, ?, ?, ?)`,
        itemId,
        personId,
        role,
        creditedAs,
        position,
      ]);
    },

    delete: (itemId: string, { personId, role }: Credit) =>
      db.run(
        "DELETE FROM item_people WHERE item_id = ? AND person_id = ? AND role = ?",
        itemId,
        personId,
        role,
      ),
  };
}
