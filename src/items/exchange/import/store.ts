/**
 * What an import asks of the database and writes there itself: which item a line is about, what
 * several rooms keep of it, and how far the import has come.
 *
 * @module
 */
import { changeOrAdd, type Database } from "../../../db/mod.ts";
import type { LineOf } from "../lines.ts";
import { createWaitingStore } from "./waiting/store.ts";

export type Policy = "keep" | "overwrite";

type Item = LineOf<"item">;
type Watch = Item["watch"][number];

export type ImportStore = ReturnType<typeof createImportStore>;

export function createImportStore(db: Database) {
  const now = () => new Date().toISOString();

  /** Every media folder that has files: leapt to by the index. */
  function roots(): string[] {
    const found: string[] = [];
    for (let after = "";;) {
      const root = db.get<{ root: string | null }>(
        "SELECT min(root) AS root FROM media WHERE root > ?",
        after,
      )?.root;
      if (root === null || root === undefined) return found;
      found.push(after = root);
    }
  }

  function byContent({ id, media }: Item): string | undefined {
    if (!media?.identity) return undefined;
    const found = db.all<{ id: string; path: string }>(
      `SELECT i.id, m.relative_path AS path FROM media m JOIN items i ON i.media_id = m.id
       WHERE m.identity = ? AND i.deleted_at IS NULL LIMIT 20`,
      media.identity,
    );
    const best = found.find((it) => it.path === media.path) ?? found.find((it) => it.id === id) ??
      found[0];
    return best?.id;
  }

  function byPath({ media }: Item): string | undefined {
    if (!media) return undefined;
    for (const root of roots()) {
      const found = db.get<{ id: string; identity: string | null }>(
        `SELECT i.id, m.identity FROM media m JOIN items i ON i.media_id = m.id
         WHERE m.root = ? AND m.relative_path = ? AND m.size_bytes = ? AND i.deleted_at IS NULL`,
        root,
        media.path,
        media.size_bytes,
      );
      const isOther = found?.identity && media.identity && found.identity !== media.identity;
      if (found && !isOther) return found.id;
    }
  }

  return {
    /** The item that a line is about, if that is here. */
    match(line: Item): string | undefined {
      if (line.media) return byContent(line) ?? byPath(line);
      return db.get<{ id: string }>(
        "SELECT id FROM items WHERE id = ? AND deleted_at IS NULL",
        line.id,
      )?.id;
    },

    /**
     * An item without a file: made, or brought back as it was when it was deleted.
     *
     * @returns its title, "" of a new one; undefined where it is the item of a file
     */
    bringItem(id: string, createdAt: string): string | undefined {
      // No "ON CONFLICT DO UPDATE": its way with conflicts would be that of triggers, too.
      const known = db.get<{ title: string }>(
        `UPDATE items SET deleted_at = NULL, version = version + 1, updated_at = ?
         WHERE id = ? AND media_id IS NULL RETURNING title`,
        now(),
        id,
      );
      if (known) return known.title;
      return db.get<{ title: string }>(
        `INSERT INTO items (id, title, sort_title, created_at, updated_at)
         VALUES (?1, '', '', ?2, ?2) ON CONFLICT (id) DO NOTHING RETURNING title`,
        id,
        createdAt,
      )?.title;
    },

    own(id: string): { own: string[]; custom: Record<string, unknown> } {
      const row = db.get<{ own: string; custom: string }>(
        "SELECT own, custom FROM items WHERE id = ?",
        id,
      )!;
      return { own: JSON.parse(row.own), custom: JSON.parse(row.custom) };
    },

    /** Rows that this connection has changed: another number after something has. */
    changes: (): number => db.get<{ n: number }>("SELECT total_changes() AS n")!.n,

    rating: (itemId: string, user: string): number | null =>
      db.get<{ halves: number }>(
        "SELECT halves FROM ratings WHERE item_id = ? AND user = ?",
        itemId,
        user,
      )?.halves ?? null,

    rate(itemId: string, user: string, halves: number, ratedAt: string): void {
      changeOrAdd(db, [
        `UPDATE ratings SET halves = ?, rated_at = ?, version = version + 1
         WHERE item_id = ? AND user = ?`,
        halves,
        ratedAt,
        itemId,
        user,
      ], [
        "INSERT INTO ratings (item_id, user, halves, rated_at) VALUES (?, ?, ?, ?)",
        itemId,
        user,
        halves,
        ratedAt,
      ]);
    },

    addHistory: (itemId: string, user: string, halves: number | null, ratedAt: string) =>
      db.run(
        `INSERT INTO rating_history (item_id, user, halves, rated_at)
         SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM rating_history
           WHERE item_id = ?1 AND user = ?2 AND halves IS ?3 AND rated_at = ?4)`,
        itemId,
        user,
        halves,
        ratedAt,
      ),

    note: (id: string): { itemId: string; text: string } | undefined =>
      db.get("SELECT item_id AS itemId, text FROM notes WHERE id = ?", id),

    hasNote: (itemId: string, user: string, text: string): boolean =>
      db.get(
        "SELECT 1 FROM notes WHERE item_id = ? AND user = ? AND text = ?",
        itemId,
        user,
        text,
      ) !== undefined,

    addNote: (itemId: string, note: Item["notes"][number]) =>
      db.run(
        `INSERT INTO notes (id, item_id, user, text, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
        note.id,
        itemId,
        note.user,
        note.text,
        note.created_at,
        note.created_at,
      ),

    setNote: (id: string, text: string) =>
      db.run(
        "UPDATE notes SET text = ?, version = version + 1, updated_at = ? WHERE id = ?",
        text,
        now(),
        id,
      ),

    /** What an item's watch states are kept under. */
    contentKey: (itemId: string): string =>
      db.get<{ key: string }>(
        `SELECT ifnull(m.identity, 'item:' || i.id) AS key FROM items i
         LEFT JOIN media m ON m.id = i.media_id WHERE i.id = ?`,
        itemId,
      )!.key,

    watch(key: string, it: Watch, policy: Policy): void {
      const values = [
        it.position_ms,
        it.plays,
        Number(it.watched),
        Number(it.favorite),
        it.last_played_at,
        it.updated_at,
      ];
      const known = db.get<Record<string, unknown>>(
        `SELECT position_ms, plays, watched, favorite, last_played_at, updated_at
         FROM watch_states WHERE user = ? AND content_key = ?`,
        it.user,
        key,
      );
      const isSame = known && Object.values(known).join() === values.join();
      if (isSame || known && policy === "keep") return;
      const sql = known
        ? `UPDATE watch_states SET position_ms = ?, plays = ?, watched = ?, favorite = ?,
             last_played_at = ?, updated_at = ?, version = version + 1
           WHERE user = ? AND content_key = ?`
        : `INSERT INTO watch_states (position_ms, plays, watched, favorite, last_played_at,
             updated_at, user, content_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
      db.run(sql, ...values, it.user, key);
    },

    savedSearch: (name: string) =>
      db.get<{ id: string; query: string; sort: string }>(
        "SELECT id, query, sort FROM saved_searches WHERE name = ?",
        name,
      ),

    keepSearch({ name, query, sort, created_by: by }: LineOf<"saved_search">): void {
      changeOrAdd(db, [
        `UPDATE saved_searches SET query = ?, sort = ?, version = version + 1, updated_at = ?
         WHERE name = ?`,
        query,
        sort,
        now(),
        name,
      ], [
        `INSERT INTO saved_searches (id, name, query, sort, created_by, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        crypto.randomUUID(),
        name,
        query,
        sort,
        by,
        now(),
        now(),
      ]);
    },

    ...createWaitingStore(db),

    /** Lines of an import that are wholly in, from an earlier run that was cut off. */
    linesDone: (id: string): number =>
      db.get<{ lines: number }>("SELECT lines FROM imports WHERE id = ?", id)?.lines ?? 0,

    saveProgress: (id: string, lines: number) =>
      db.run(
        `INSERT INTO imports (id, lines, counts, updated_at) VALUES (?, ?, '{}', ?)
         ON CONFLICT (id) DO UPDATE SET lines = excluded.lines, updated_at = excluded.updated_at`,
        id,
        lines,
        now(),
      ),

    finish: (id: string) => db.run("DELETE FROM imports WHERE id = ?", id),
  };
}
