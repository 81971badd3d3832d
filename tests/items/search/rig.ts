/** A library to search in, with its index brought up by hand. @module */
import { type Database, migrations, openDatabase } from "../../../src/db/mod.ts";
import { openChanges } from "../../../src/items/changes/changes.ts";
import { openSearch, type SearchRequest } from "../../../src/items/search/mod.ts";

export interface FilmSpec {
  id: string;
  title?: string;
  path?: string;
  media?: Record<string, string | number | null>;
  item?: Record<string, string | number | null>;
  tags?: string[];
  people?: [name: string, role?: string][];
  notes?: string;
}

export const NOW = "2026-01-01T00:00:00.000Z";

export function openRig(path = ":memory:") {
  const db: Database = openDatabase(path, migrations.library);
  const events: { type: string; data: Record<string, unknown> }[] = [];
  const publish = (type: string, data: Record<string, unknown>) => void events.push({ type, data });
  const changes = openChanges({ db, publish });
  const search = openSearch({ db, publish, changes, isBusy: () => false });

  const set = (
    table: string,
    key: string,
    id: string,
    values: Record<string, string | number | null>,
  ) => {
    for (const [column, value] of Object.entries(values)) {
      db.run(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`, value, id);
    }
  };
  const addTag = (path: string): string => {
    const known = db.get<{ id: string }>("SELECT id FROM tags WHERE path = ?", path);
    if (known) return known.id;
    const parts = path.split("/");
    const parent = parts.length > 1 ? addTag(parts.slice(0, -1).join("/")) : null;
    const [id, slug] = [`tag-${path}`, parts.at(-1)!];
    db.run(
      `INSERT INTO tags (id, parent_id, name, slug, path, depth, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, parent, slug, slug, path, parts.length - 1, NOW, NOW],
    );
    return id;
  };
  const addPerson = (name: string): string => {
    const normalized = name.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
    const id = `person-${normalized}`;
    db.run(
      "INSERT OR IGNORE INTO people (id, name, normalized_name, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
      ...[id, name, normalized, NOW, NOW],
    );
    for (const word of normalized.split(" ")) {
      db.run("INSERT OR IGNORE INTO person_words VALUES (?, ?)", word, id);
    }
    return id;
  };

  return {
    db,
    events,
    search,
    addTag,
    addPerson,
    set,

    add({ id, title = id, path = `${id}.mkv`, media = {}, item = {}, ...rest }: FilmSpec): void {
      db.run(
        `INSERT INTO media (id, root, relative_path, wire_path, size_bytes, modified_ms, status, title,
           added_at, updated_at) VALUES (?, '/films', ?, ?, 1000, 1, 'ready', ?, ?, ?)`,
        ...[id, path, path, title, NOW, NOW],
      );
      set("media", "id", id, media);
      set("items", "id", id, item);
      for (const tag of rest.tags ?? []) {
        db.run("INSERT INTO item_tags VALUES (?, ?)", id, addTag(tag));
      }
      for (const [name, role = "actor"] of rest.people ?? []) {
        db.run(
          "INSERT INTO item_people (item_id, person_id, role) VALUES (?, ?, ?)",
          id,
          addPerson(name),
          role,
        );
      }
      if (rest.notes) {
        db.run(
          "INSERT INTO notes VALUES (?, ?, 'owner', ?, 1, ?, ?)",
          `note-${id}`,
          id,
          rest.notes,
          NOW,
          NOW,
        );
      }
    },

    /** Puts all that waits into the index. */
    index(): void {
      while (search.indexSome(1000) > 0);
    },

    async find(query: string, more: Partial<SearchRequest> = {}) {
      return await search.search({ query, user: "owner", limit: 50, ...more });
    },

    /** The ids that a query finds, in order of their names unless an order is given. */
    async ids(query: string, more: Partial<SearchRequest> = {}): Promise<string[]> {
      const { hits } = await search.search({ query, user: "owner", limit: 500, ...more });
      const ids = hits.map(({ item }) => item.id);
      return more.sort === undefined ? ids.sort() : ids;
    },

    /** Search as the next start of the program opens it, on the same library. */
    reopen: () =>
      openSearch({ db, publish, changes: openChanges({ db, publish }), isBusy: () => false }),

    [Symbol.dispose]: () => {
      search[Symbol.dispose]();
      db[Symbol.dispose]();
    },
  };
}
