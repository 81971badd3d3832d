/**
 * Searches that have a name: kept, edited by version, and part of the history.
 *
 * @module
 */
import { ConflictError, NotFoundError } from "../../../base/errors.ts";
import type { Publish } from "../../../base/events.ts";
import type { Database } from "../../../db/mod.ts";
import { type Changes, newBatch } from "../../changes/changes.ts";
import { refuseStale } from "../../stale.ts";
import type { SavedRow, SearchStore } from "../store.ts";

export interface SavedDeps {
  db: Pick<Database, "transaction">;
  store: SearchStore;
  changes: Pick<Changes, "record" | "register">;
  publish: Publish;
  /** @throws {InvalidError} the query or its order cannot be read */
  check(search: { query: string; sort: string; user: string }): void;
}

export interface SavedInput {
  name: string;
  query: string;
  sort?: string | undefined;
}

export interface SavedEdit {
  name?: string | undefined;
  query?: string | undefined;
  sort?: string | undefined;
}

export interface SavedBy {
  user: string;
  batch?: string | undefined;
  expected?: number | undefined;
}

export type SavedSearch = SavedRow;

export function createSaved({ db, store, changes, publish, check }: SavedDeps) {
  const tell = (ids: string[]) => publish("search.changed", { ids });

  changes.register("saved_search", {
    read(id) {
      const row = store.findSaved(id);
      return row ? fieldsOf(row) : null;
    },
    write(id, fields) {
      if (fields === null) return store.drop(id);
      const before = store.findSaved(id);
      const [now, given] = [new Date().toISOString(), fields as unknown as Fields];
      refuseName(given.name, id);
      const made = { id, version: 0, createdBy: given.createdBy, createdAt: now };
      const base = before ?? { ...made, ...given, updatedAt: now };
      store.keep({ ...base, ...given, version: base.version + 1, updatedAt: now });
    },
    announce: tell,
  });

  function find(id: string): SavedSearch {
    const row = store.findSaved(id);
    if (!row) throw new NotFoundError(`Cannot find the saved search "${id}"`, { id });
    return row;
  }

  function refuseName(name: string, id: string): void {
    if (!store.isNamed(name, id)) return;
    throw new ConflictError(`Cannot save the search: another one is called "${name}"`, { name });
  }

  function record(id: string, before: SavedRow | null, after: SavedRow | null, by: SavedBy): void {
    const { user, batch = newBatch() } = by;
    changes.record({
      batch,
      user,
      entity: "saved_search",
      entityId: id,
      before: before && fieldsOf(before),
      after: after && fieldsOf(after),
    });
  }

  return {
    list: store.saved,
    find,

    /** @throws {ConflictError} another one has this name */
    create({ name, query, sort = "" }: SavedInput, by: SavedBy): SavedSearch {
      check({ query, sort, user: by.user });
      const [id, now] = [crypto.randomUUID(), new Date().toISOString()];
      const made = { id, name, query, sort, version: 1, createdBy: by.user };
      const row: SavedRow = { ...made, createdAt: now, updatedAt: now };
      db.transaction(() => {
        refuseName(name, id);
        store.keep(row);
        record(id, null, row, by);
      });
      tell([id]);
      return find(id);
    },

    /** @throws {StaleError} somebody has changed it since `by.expected` */
    edit(id: string, edit: SavedEdit, by: SavedBy): SavedSearch {
      const after = db.transaction(() => {
        const before = find(id);
        refuseStale(`the saved search "${before.name}"`, before.version, by.expected);
        const { name = before.name, query = before.query, sort = before.sort } = edit;
        check({ query, sort, user: by.user });
        refuseName(name, id);
        const version = before.version + 1;
        const row = { ...before, name, query, sort, version, updatedAt: new Date().toISOString() };
        store.keep(row);
        record(id, before, row, by);
        return row;
      });
      tell([id]);
      return after;
    },

    /** @throws {StaleError} somebody has changed it since `by.expected` */
    remove(id: string, by: SavedBy): void {
      db.transaction(() => {
        const before = find(id);
        refuseStale(`the saved search "${before.name}"`, before.version, by.expected);
        store.drop(id);
        record(id, before, null, by);
      });
      tell([id]);
    },
  };
}

interface Fields {
  name: string;
  query: string;
  sort: string;
  createdBy: string;
}

function fieldsOf({ name, query, sort, createdBy }: SavedRow): Fields & Record<string, unknown> {
  return { name, query, sort, createdBy };
}
