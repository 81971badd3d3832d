/**
 * Ratings in SQLite: one per item and user, and what they were before.
 *
 * @module
 */
import { changeOrAdd, type Database } from "../../db/mod.ts";

/** Halves of a star: 1 to 10. */
export interface RatingRow {
  itemId: string;
  user: string;
  halves: number;
  version: number;
  ratedAt: string;
}

export interface PastRating {
  halves: number | null;
  ratedAt: string;
}

const columns = "item_id AS itemId, user, halves, version, rated_at AS ratedAt";

export function createRatingStore(db: Database) {
  const now = () => new Date().toISOString();
  return {
    find: (itemId: string, user: string): RatingRow | undefined =>
      db.get(`SELECT ${columns} FROM ratings WHERE item_id = ? AND user = ?`, itemId, user),

    /** One by each who has rated it; so many as there are people. */
    ofItem: (itemId: string): RatingRow[] =>
      db.all(`SELECT ${columns} FROM ratings WHERE item_id = ? ORDER BY user LIMIT 1000`, itemId),

    average: (itemId: string): { halves: number | null; count: number } =>
      db.get(
        "SELECT avg(halves) AS halves, count(*) AS count FROM ratings WHERE item_id = ?",
        itemId,
      )!,

    /** The last first, from just before a place. */
    ofUser: (
      user: string,
      before: { ratedAt: string; itemId: string },
      limit: number,
    ): RatingRow[] =>
      db.all(
        `SELECT r.item_id AS itemId, r.user, r.halves, r.version, r.rated_at AS ratedAt
         FROM ratings r CROSS JOIN items i ON i.id = r.item_id
         WHERE r.user = ? AND (r.rated_at, r.item_id) < (?, ?) AND i.deleted_at IS NULL
         ORDER BY r.rated_at DESC, r.item_id DESC LIMIT ?`,
        user,
        before.ratedAt,
        before.itemId,
        limit,
      ),

    /** Null takes it back. Raises the version, also above that of one that was taken back. */
    put(itemId: string, user: string, halves: number | null): void {
      const at = now();
      const { count } = db.get<{ count: number }>(
        "SELECT count(*) AS count FROM rating_history WHERE item_id = ? AND user = ?",
        itemId,
        user,
      )!;
      if (halves === null) {
        db.run("DELETE FROM ratings WHERE item_id = ? AND user = ?", itemId, user);
      } else {
        const values = [halves, count + 1, at, itemId, user];
        changeOrAdd(db, [
          "UPDATE ratings SET halves = ?, version = ?, rated_at = ? WHERE item_id = ? AND user = ?",
          ...values,
        ], [
          "INSERT INTO ratings (halves, version, rated_at, item_id, user) VALUES (?, ?, ?, ?, ?)",
          ...values,
        ]);
      }
      db.run(
        "INSERT INTO rating_history (item_id, user, halves, rated_at) VALUES (?, ?, ?, ?)",
        itemId,
        user,
        halves,
        at,
      );
    },

    /** The last first; all that anybody reads. */
    history: (itemId: string, user: string, limit: number): PastRating[] =>
      db.all(
        `SELECT halves, rated_at AS ratedAt FROM rating_history
         WHERE item_id = ? AND user = ? ORDER BY id DESC LIMIT ?`,
        itemId,
        user,
        limit,
      ),
  };
}
