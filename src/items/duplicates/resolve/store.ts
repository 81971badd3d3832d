/**
 * What people have said of a copy goes over to the one that is kept, where that has nothing of its own.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";
import { raiseItem } from "../../items/presence/store.ts";

export interface TakenOver {
  tags: number;
  ratings: number;
  people: number;
  collections: number;
  notes: number;
  /** Names of the fields. */
  fields: string[];
}

interface Said {
  own: string;
  custom: string;
}

/** What a person may have set by hand, or what a scan has left empty. */
const fields = [
  "title",
  "sort_title",
  "original_title",
  "series",
  "season",
  "episode",
  "year",
  "description",
  "source",
  "language",
] as const;

export type TakeOverStore = ReturnType<typeof createTakeOverStore>;

export function createTakeOverStore(db: Database) {
  const tagsOf = (itemId: string): string[] =>
    db.all<{ id: string }>(
      "SELECT tag_id AS id FROM item_tags WHERE item_id = ? ORDER BY tag_id",
      itemId,
    ).map(({ id }) => id);

  const ratingsOf = (itemId: string): Record<string, number> =>
    Object.fromEntries(
      db.all<{ user: string; halves: number }>(
        "SELECT user, halves FROM ratings WHERE item_id = ?",
        itemId,
      ).map(({ user, halves }) => [user, halves]),
    );

  /** The values that a person has set on the copy, and nobody on the keeper. */
  const takeFields = (from: string, to: string): string[] => {
    const select = `SELECT own, custom, ${fields.join(", ")} FROM items WHERE id = ?`;
    const [mine, theirs] = [to, from].map((id) =>
      db.get<Said & Record<string, unknown>>(select, id)
    );
    if (!mine || !theirs) return [];
    const own = new Set(JSON.parse(mine.own) as string[]);
    const set = new Set(JSON.parse(theirs.own) as string[]);
    const taken = fields.filter((name) => {
      const asTitle = name === "sort_title" ? "title" : name;
      if (theirs[name] === null || own.has(asTitle)) return false;
      return set.has(asTitle) || mine[name] === null;
    });
    for (const name of taken) {
      db.run(
        `UPDATE items SET ${name} = (SELECT ${name} FROM items WHERE id = ?) WHERE id = ?`,
        from,
        to,
      );
    }
    const custom = { ...JSON.parse(theirs.custom), ...JSON.parse(mine.custom) };
    const added = Object.keys(custom).length > Object.keys(JSON.parse(mine.custom)).length;
    if (taken.length === 0 && !added) return [];
    const now = [...own, ...taken.filter((name) => set.has(name))];
    db.run(
      "UPDATE items SET custom = ?, own = ? WHERE id = ?",
      JSON.stringify(custom),
      JSON.stringify([...new Set(now)]),
      to,
    );
    return [...taken.filter((name) => name !== "sort_title"), ...added ? ["custom"] : []];
  };

  return {
    tagsOf,
    ratingsOf,

    /** To be called in a transaction. Ids are of items, which are those of their files. */
    takeOver(from: string, to: string): TakenOver {
      const taken: TakenOver = {
        // Not a second one of a group that allows one.
        tags: db.run(
          `INSERT OR IGNORE INTO item_tags SELECT ?1, it.tag_id FROM item_tags AS it
           JOIN tags ON tags.id = it.tag_id LEFT JOIN tag_groups AS g ON g.id = tags.group_id
           WHERE it.item_id = ?2 AND (ifnull(g.cardinality, 'many') = 'many' OR NOT EXISTS (
             SELECT 1 FROM item_tags AS mine JOIN tags AS t ON t.id = mine.tag_id
             WHERE mine.item_id = ?1 AND t.group_id = g.id))`,
          to,
          from,
        ),
        ratings: db.run(
          `INSERT OR IGNORE INTO ratings (item_id, user, halves, rated_at)
           SELECT ?, user, halves, rated_at FROM ratings WHERE item_id = ?`,
          to,
          from,
        ),
        people: db.run(
          `INSERT OR IGNORE INTO item_people (item_id, person_id, role, credited_as, position)
           SELECT ?, person_id, role, credited_as, position FROM item_people WHERE item_id = ?`,
          to,
          from,
        ),
        collections: db.run(
          `INSERT OR IGNORE INTO collection_items (collection_id, item_id, position)
           SELECT collection_id, ?, position FROM collection_items WHERE item_id = ?`,
          to,
          from,
        ),
        notes: db.run(
          `INSERT INTO notes (id, item_id, user, text, created_at, updated_at)
           SELECT lower(hex(randomblob(16))), ?1, user, text, created_at, updated_at FROM notes
           WHERE item_id = ?2 AND NOT EXISTS (SELECT 1 FROM notes AS mine
             WHERE mine.item_id = ?1 AND mine.user = notes.user AND mine.text = notes.text)`,
          to,
          from,
        ),
        fields: takeFields(from, to),
      };
      db.run(
        "UPDATE OR IGNORE assets SET item_id = ? WHERE item_id = ? AND origin = 'upload'",
        to,
        from,
      );
      // Of another encode; that of the same bytes is under the same key already.
      db.run(
        `INSERT OR IGNORE INTO watch_states (user, content_key, position_ms, plays, watched, favorite,
           last_played_at, updated_at)
         SELECT user, ifnull(kept.identity, 'item:' || kept.id), position_ms, plays, watched, favorite,
           last_played_at, w.updated_at
         FROM media AS gone, media AS kept, watch_states AS w
         WHERE gone.id = ? AND kept.id = ?
           AND w.content_key = ifnull(gone.identity, 'item:' || gone.id)`,
        from,
        to,
      );
      raiseItem(db, to);
      return taken;
    },

    /** The item of a file that is gone is shown no more, until the file is back. */
    hide: (itemId: string): number =>
      db.run(
        `UPDATE items SET deleted_at = ?, version = version + 1
         WHERE id = ? AND deleted_at IS NULL`,
        new Date().toISOString(),
        itemId,
      ),

    show: (itemId: string): number =>
      db.run(
        "UPDATE items SET deleted_at = NULL, version = version + 1 WHERE id = ?",
        itemId,
      ),
  };
}
