/**
 * Items in SQLite, each with the file that it is of, and what one person says of it.
 *
 * @module
 */
import type { Database } from "../../db/mod.ts";
import type { Fields } from "../changes/changes.ts";
import { type EditableName, type Identity, identityOf, type ItemKind, wirePathOf } from "./item.ts";
import type { Labelled } from "./label.ts";
import { type Item, itemColumns, itemJoins, type ItemRow, toItem } from "./row.ts";

/** What an edit starts from. */
export interface EditState {
  id: string;
  version: number;
  /** The columns of the editable fields. */
  values: Record<EditableName, string | number | null>;
  own: string[];
  custom: Fields;
  /** What the scan says of each field: to be given back. */
  facts: Partial<Record<EditableName, string | number>>;
  isDeleted: boolean;
  mediaId: string | null;
}

export interface Written {
  values: EditState["values"];
  sortTitle: string;
  own: string[];
  custom: Fields;
}

type StateRow = EditState["values"] & {
  id: string;
  version: number;
  own: string;
  custom: string;
  deletedAt: string | null;
  mediaId: string | null;
  facts: string | null;
  mediaTitle: string | null;
  mediaKind: ItemKind | null;
};

export function createItemStore(db: Database) {
  const now = () => new Date().toISOString();

  return {
    /** One that is not deleted, as `user` sees it. */
    find(id: string, user: string): Item | undefined {
      const row = db.get<ItemRow>(
        `SELECT ${itemColumns} FROM items i ${itemJoins} WHERE i.id = ? AND i.deleted_at IS NULL`,
        user,
        user,
        id,
      );
      return row && toItem(row);
    },

    findByIdentity(identity: Identity): string | undefined {
      const path = wirePathOf(identity);
      const same = identityOf(path);
      const isOurs = same.identityName === identity.identityName &&
        same.extension === identity.extension && same.mediaFolder === identity.mediaFolder;
      return !isOurs ? undefined : db.get<{ id: string }>(
        `SELECT i.id FROM media m JOIN items i ON i.media_id = m.id
         WHERE m.wire_path = ? AND i.deleted_at IS NULL`,
        path,
      )?.id;
    },

    /** Deleted ones too. */
    state(id: string): EditState | undefined {
      const row = db.get<StateRow>(
        `SELECT i.id, i.version, i.own, i.custom, i.deleted_at AS deletedAt, i.media_id AS mediaId,
           i.title, i.kind, i.original_title, i.series, i.season, i.episode, i.year, i.description,
           i.source, i.language, m.facts, m.title AS mediaTitle, m.kind AS mediaKind
         FROM items i LEFT JOIN media m ON m.id = i.media_id WHERE i.id = ?`,
        id,
      );
      return row && toState(row);
    },

    /** What the files are called that an edge has given these names, which are a JSON list. */
    called: (catalogIds: string): ({ catalogId: string } & Labelled)[] =>
      db.all(
        `SELECT m.catalog_id AS catalogId, i.title, i.series, i.season, i.episode
         FROM json_each(?) AS it JOIN media m ON m.catalog_id = it.value
         JOIN items i ON i.media_id = m.id`,
        catalogIds,
      ),

    /** The item of a file, a deleted one too. */
    ofMedia: (mediaId: string): string | undefined =>
      db.get<{ id: string }>("SELECT id FROM items WHERE media_id = ?", mediaId)?.id,

    hasMedia: (mediaId: string): boolean =>
      db.get("SELECT 1 FROM media WHERE id = ?", mediaId) !== undefined,

    /** An item, empty as yet. */
    insert: (id: string, mediaId: string | null): number =>
      db.run(
        `INSERT INTO items (id, media_id, title, sort_title, created_at, updated_at)
         VALUES (?, ?, '', '', ?, ?)`,
        id,
        mediaId,
        now(),
        now(),
      ),

    /** Raises the version. */
    write(id: string, { values, sortTitle, own, custom }: Written): number {
      const { title, kind, original_title, series, season, episode, year } = values;
      return db.run(
        `UPDATE items SET title = ?, sort_title = ?, kind = ?, original_title = ?, series = ?,
           season = ?, episode = ?, year = ?, description = ?, source = ?, language = ?, own = ?,
           custom = ?, version = version + 1, updated_at = ? WHERE id = ?`,
        title,
        sortTitle,
        kind,
        original_title,
        series,
        season,
        episode,
        year,
        values.description,
        values.source,
        values.language,
        JSON.stringify(own),
        JSON.stringify(custom),
        now(),
        id,
      );
    },

    /** Takes it from the lists; its file stays where it is, and is offered to nobody. */
    remove(id: string): void {
      db.run(
        "UPDATE items SET deleted_at = ?, version = version + 1, updated_at = ? WHERE id = ?",
        now(),
        now(),
        id,
      );
      db.run(
        `UPDATE media SET status = 'forgotten', updated_at = ?
         WHERE id = (SELECT media_id FROM items WHERE id = ?)`,
        now(),
        id,
      );
    },

    /** Back from remove(): the file goes on from what is still known of it. */
    restore(id: string): void {
      db.run(
        "UPDATE items SET deleted_at = NULL, version = version + 1, updated_at = ? WHERE id = ?",
        now(),
        id,
      );
      db.run(
        // Whether all of its hashes are there, the next scan sees.
        `UPDATE media SET updated_at = ?, status = iif(container IS NULL, 'new', 'probed')
         WHERE id = (SELECT media_id FROM items WHERE id = ?) AND status = 'forgotten'`,
        now(),
        id,
      );
    },
  };
}

function toState(row: StateRow): EditState {
  const { id, version, own, custom, deletedAt, mediaId, ...rest } = row;
  const { facts, mediaTitle, mediaKind, ...values } = rest;
  return {
    id,
    version,
    values,
    own: JSON.parse(own) as string[],
    custom: JSON.parse(custom) as Fields,
    facts: {
      ...mediaTitle !== null && { title: mediaTitle },
      ...mediaKind !== null && { kind: mediaKind },
      ...facts !== null && JSON.parse(facts) as EditState["facts"],
    },
    isDeleted: deletedAt !== null,
    mediaId,
  };
}
