/**
 * Rows that a page of results shows, and the searches that were saved.
 *
 * @module
 */
import type { Database } from "../../db/mod.ts";
import { itemColumns, itemJoins, type ItemRow, toItem } from "../items/row.ts";
import type { Item } from "../items/row.ts";

export type SearchStore = ReturnType<typeof createSearchStore>;

/** The texts of an item that words are searched in, beside its own. */
export interface Texts {
  seq: number;
  people: string | null;
  tags: string | null;
  notes: string | null;
}

export interface SavedRow {
  id: string;
  name: string;
  query: string;
  sort: string;
  version: number;
  createdBy: string;
  createdAt: string;
  updatedAt: string;
}

/** Texts of the items whose `seq` are in a list in JSON. */
export const TEXTS = `SELECT j.value seq,
    nullif(concat_ws(', ', (SELECT group_concat(p.name, ', ')
       FROM item_people ip JOIN people p ON p.id = ip.person_id WHERE ip.item_id = i.id),
     details ->> '$.tags.artist', details ->> '$.tags.albumArtist'), '') people,
    nullif(concat_ws(', ', (SELECT group_concat(t.name, ', ')
       FROM item_tags it JOIN tags t ON t.id = it.tag_id WHERE it.item_id = i.id),
     details ->> '$.tags.album'), '') tags,
    (SELECT group_concat(text, ' ') FROM notes n WHERE n.item_id = i.id) notes
  FROM json_each(?) j JOIN items i ON i.seq = j.value
    LEFT JOIN media_details d ON d.media_id = i.media_id`;

const SAVED = `SELECT id, name, query, sort, version, created_by createdBy, created_at createdAt,
  updated_at updatedAt FROM saved_searches`;

export function createSearchStore(db: Database) {
  return {
    /** In any order; those that are gone meanwhile are left out. */
    items: (seqs: readonly number[], user: string): Item[] =>
      db.all<ItemRow>(
        `SELECT ${itemColumns} FROM items i ${itemJoins}
         WHERE i.seq IN (SELECT value FROM json_each(?)) AND i.deleted_at IS NULL`,
        user,
        user,
        JSON.stringify(seqs),
      ).map(toItem),

    ids: (seqs: readonly number[]): { seq: number; id: string }[] =>
      db.all(
        "SELECT seq, id FROM items WHERE seq IN (SELECT value FROM json_each(?))",
        JSON.stringify(seqs),
      ),

    saved: (after: string, limit: number): SavedRow[] =>
      db.all<SavedRow>(`${SAVED} WHERE id > ? ORDER BY id LIMIT ?`, after, limit),

    findSaved: (id: string): SavedRow | undefined => db.get<SavedRow>(`${SAVED} WHERE id = ?`, id),

    isNamed: (name: string, but: string): boolean =>
      db.get("SELECT 1 FROM saved_searches WHERE name = ? AND id <> ?", name, but) !== undefined,

    keep({ id, name, query, sort, version, createdBy, createdAt, updatedAt }: SavedRow): void {
      db.run(
        `INSERT INTO saved_searches VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET name = ?2, query = ?3, sort = ?4, version = ?5, updated_at = ?8`,
        id,
        name,
        query,
        sort,
        version,
        createdBy,
        createdAt,
        updatedAt,
      );
    },

    drop: (id: string): void => {
      db.run("DELETE FROM saved_searches WHERE id = ?", id);
    },
  };
}
