/**
 * Collections in SQLite, and series as the items tell them. Every method is one short step.
 *
 * @module
 */
import { changeOrAdd, type Database } from "../../db/mod.ts";
import type { Collection, CollectionKind, Episode, Place, Series } from "./collection.ts";

const columns = `id, kind, name, description, version, created_at AS createdAt,
  updated_at AS updatedAt,
  (SELECT count(*) FROM collection_items JOIN items ON items.id = item_id
    WHERE collection_id = collections.id AND deleted_at IS NULL) AS itemCount`;

export type CollectionStore = ReturnType<typeof createCollectionStore>;

export function createCollectionStore(db: Database) {
  const now = () => new Date().toISOString();

  return {
    find: (id: string): Collection | undefined =>
      db.get(`SELECT ${columns} FROM collections WHERE id = ?`, id),

    byName: (kind: CollectionKind, name: string): Collection | undefined =>
      db.get(
        `SELECT ${columns} FROM collections WHERE name = ? COLLATE NOCASE AND kind = ? LIMIT 1`,
        name,
        kind,
      ),

    list: (
      { kind, after, limit }: { kind?: CollectionKind | undefined; after: string; limit: number },
    ): Collection[] =>
      db.all(
        `SELECT ${columns} FROM collections WHERE id > ? AND kind = ifnull(?, kind)
         ORDER BY id LIMIT ?`,
        after,
        kind ?? null,
        limit,
      ),

    save(
      { id, kind, name, description }: Pick<Collection, "id" | "kind" | "name" | "description">,
    ) {
      changeOrAdd(db, [
        `UPDATE collections SET kind = ?, name = ?, description = ?, version = version + 1,
           updated_at = ? WHERE id = ?`,
        kind,
        name,
        description,
        now(),
        id,
      ], [
        `INSERT INTO collections (id, kind, name, description, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
        id,
        kind,
        name,
        description,
        now(),
        now(),
      ]);
    },

    raise: (id: string) =>
      db.run(
        "UPDATE collections SET version = version + 1, updated_at = ? WHERE id = ?",
        now(),
        id,
      ),

    delete: (id: string) => db.run("DELETE FROM collections WHERE id = ?", id),

    /** All of them, those too that were deleted: an undo brings those back to their place. */
    members: (id: string, limit: number): string[] =>
      db.all<{ itemId: string }>(
        "SELECT item_id AS itemId FROM collection_items WHERE collection_id = ? LIMIT ?",
        id,
        limit,
      ).map(({ itemId }) => itemId),

    /** Items in their order, from just after a place. */
    items: (id: string, after: { position: number; itemId: string }, limit: number): Place[] =>
      db.all(
        `SELECT item_id AS itemId, title, position FROM collection_items
         JOIN items ON items.id = item_id
         WHERE collection_id = ? AND (position, item_id) > (?, ?) AND deleted_at IS NULL
         ORDER BY position, item_id LIMIT ?`,
        id,
        after.position,
        after.itemId,
        limit,
      ),

    place: (id: string, itemId: string): number | undefined =>
      db.get<{ position: number }>(
        "SELECT position FROM collection_items WHERE collection_id = ? AND item_id = ?",
        id,
        itemId,
      )?.position,

    /** The collections that an item is in. */
    of: (itemId: string): { collectionId: string; position: number }[] =>
      db.all<{ collectionId: string; position: number }>(
        `SELECT collection_id AS collectionId, position FROM collection_items WHERE item_id = ?
         ORDER BY collection_id`,
        itemId,
      ).map((it) => ({ ...it })),

    last: (id: string): number =>
      db.get<{ position: number | null }>(
        "SELECT max(position) AS position FROM collection_items WHERE collection_id = ?",
        id,
      )!.position ?? 0,

    /** The neighbours of a position, nearest first. */
    before: (id: string, position: number, limit: number): { itemId: string; position: number }[] =>
      db.all(
        `SELECT item_id AS itemId, position FROM collection_items
         WHERE collection_id = ? AND position < ? ORDER BY position DESC LIMIT ?`,
        id,
        position,
        limit,
      ),

    after: (id: string, position: number, limit: number): { itemId: string; position: number }[] =>
      db.all(
        `SELECT item_id AS itemId, position FROM collection_items
         WHERE collection_id = ? AND position > ? ORDER BY position LIMIT ?`,
        id,
        position,
        limit,
      ),

    at: (id: string, position: number): { itemId: string; position: number }[] =>
      db.all(
        `SELECT item_id AS itemId, position FROM collection_items
         WHERE collection_id = ? AND position = ? ORDER BY item_id`,
        id,
        position,
      ),

    put(id: string, itemId: string, position: number): void {
      changeOrAdd(db, [
        "UPDATE collection_items SET position = ? WHERE collection_id = ? AND item_id = ?",
        position,
        id,
        itemId,
      ], [
        "INSERT INTO collection_items (collection_id, item_id, position) VALUES (?, ?, ?)",
        id,
        itemId,
        position,
      ]);
    },

    take: (id: string, itemId: string) =>
      db.run(
        "DELETE FROM collection_items WHERE collection_id = ? AND item_id = ?",
        id,
        itemId,
      ),
  };
}

export function createSeriesStore(db: Database) {
  return {
    /** The next name of a series after this one: names are leapt to by the index. */
    nextName: (after: string): string | undefined =>
      db.get<{ name: string }>(
        `SELECT series AS name FROM items WHERE series > ? AND deleted_at IS NULL
         ORDER BY series LIMIT 1`,
        after,
      )?.name,

    summary: (name: string): Series =>
      db.get<Series>(
        `SELECT series AS name, count(*) AS items, count(DISTINCT season) AS seasons,
           min(year) AS firstYear, max(year) AS lastYear
         FROM items WHERE series = ? AND deleted_at IS NULL`,
        name,
      )!,

    /** In the order of seasons and episodes; what has none of them comes last. */
    episodes: (
      name: string,
      after: { season: number; episode: number; itemId: string },
      limit: number,
    ): Episode[] =>
      db.all(
        `SELECT id AS itemId, title, season, episode, year FROM items
         WHERE series = ? AND deleted_at IS NULL
           AND (ifnull(season, 1e9), ifnull(episode, 1e9), id) > (?, ?, ?)
         ORDER BY ifnull(season, 1e9), ifnull(episode, 1e9), id LIMIT ?`,
        name,
        after.season,
        after.episode,
        after.itemId,
        limit,
      ),
  };
}
