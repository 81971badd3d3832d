/**
 * Items: made, read, edited, deleted and brought back, each change in its history.
 *
 * @module
 */
import { ConflictError, NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Database } from "../../db/mod.ts";
import { type Changes, newBatch } from "../changes/changes.ts";
import { refuseStale } from "../stale.ts";
import { type CleanCustom, edited, replacing, toFields, withFields } from "./edit.ts";
import type { Identity, Patch } from "./item.ts";
import { labelOf } from "./label.ts";
import { createItemList, type ItemPage, type ListQuery } from "./list/list.ts";
import type { Item } from "./row.ts";
import { createItemStore, type EditState, type Written } from "./store.ts";

export interface ItemsRoomDeps {
  db: Database;
  changes: Pick<Changes, "record" | "register">;
  publish: Publish;
  custom: {
    clean: CleanCustom;
    /** Without the values of fields that are not defined (any more). */
    shown(values: Item["custom"]): Item["custom"];
  };
}

/** Who edits, and from which version; without one, from any. */
export interface EditBy {
  user: string;
  /** One is made, unless it is a part of something larger. */
  batch?: string | undefined;
  expected?: number | undefined;
}

export type ItemsRoom = ReturnType<typeof createItems>;

export function createItems({ db, changes, publish, custom }: ItemsRoomDeps) {
  const store = createItemStore(db);
  const list = createItemList(db);
  const announce = (itemIds: string[]) => publish("item.changed", { itemIds });

  changes.register("item", {
    read(id) {
      const state = store.state(id);
      return state && !state.isDeleted ? toFields(state) : null;
    },
    write(id, fields) {
      if (fields === null) return store.remove(id);
      const state = store.state(id);
      if (!state) throw new ConflictError(`Cannot bring back item "${id}": nothing is left of it`);
      if (state.isDeleted) store.restore(id);
      store.write(id, withFields(state, fields));
    },
    announce,
  });

  const show = (item: Item): Item => ({ ...item, custom: custom.shown(item.custom) });

  function find(id: string, user: string): Item {
    const item = store.find(id, user);
    if (!item) throw new NotFoundError(`Cannot find item "${id}"`, { id });
    return show(item);
  }

  /** @throws {NotFoundError} there is none, or it is deleted */
  function live(id: string): EditState {
    const state = store.state(id);
    if (!state || state.isDeleted) throw new NotFoundError(`Cannot find item "${id}"`, { id });
    return state;
  }

  /** In a transaction. Whether it has changed. */
  function write(before: EditState, after: Written, { user, batch = newBatch() }: EditBy): boolean {
    const fields = { before: toFields(before), after: toFields(after) };
    if (JSON.stringify(fields.before) === JSON.stringify(fields.after)) return false;
    store.write(before.id, after);
    changes.record({ batch, user, entity: "item", entityId: before.id, ...fields });
    return true;
  }

  /** In a transaction of the caller's, who announces it. @returns whether it has changed */
  function patch(id: string, patch: Patch, by: EditBy): boolean {
    const state = live(id);
    refuseStale(`item "${id}"`, state.version, by.expected);
    return write(state, edited(state, patch, custom.clean), by);
  }

  /** An item without a file, or the deleted one of a file: all of it is new. */
  function make(id: string, fields: Patch, { user, batch = newBatch() }: EditBy): void {
    const state = live(id);
    const after = edited(state, replacing(state, fields), custom.clean);
    store.write(id, after);
    const change = { batch, user, entity: "item", entityId: id };
    changes.record({ ...change, before: null, after: toFields(after) });
  }

  function takeOver(mediaId: string, fields: Patch, by: EditBy): string {
    if (!store.hasMedia(mediaId)) {
      throw new NotFoundError(`Cannot find media "${mediaId}"`, { id: mediaId });
    }
    const id = store.ofMedia(mediaId);
    if (id === undefined) {
      store.insert(mediaId, mediaId);
      make(mediaId, fields, by);
      return mediaId;
    }
    const state = store.state(id)!;
    if (state.isDeleted) {
      store.restore(id);
      make(id, fields, by);
    } else if (state.own.length > 0) {
      throw new ConflictError(
        `Cannot make an item of "${mediaId}": somebody has done so. Edit item "${id}"`,
        { id },
      );
    } else patch(id, fields, by);
    return id;
  }

  return {
    find,
    patch,
    announce,

    /** @throws {NotFoundError} no file has this identity, or its item is deleted */
    findByIdentity(identity: Identity, user: string): Item {
      const id = store.findByIdentity(identity);
      if (id !== undefined) return find(id, user);
      const { mediaFolder, identityName, extension } = identity;
      throw new NotFoundError(
        `Cannot find an item for "${identityName}" (${extension}) in "${mediaFolder}"`,
      );
    },

    /** What films are called, by the names that the edge has given them. */
    titlesOf: (catalogIds: readonly string[]): Map<string, string> =>
      new Map(
        store.called(JSON.stringify(catalogIds)).map((it) => [it.catalogId, labelOf(it)]),
      ),

    list(query: ListQuery): ItemPage {
      const page = list(query);
      return { ...page, items: page.items.map(show) };
    },

    /**
     * Makes an item without a file; or with `mediaId` takes over the one that the scan has made of
     * that file, or brings back its deleted one.
     *
     * @throws {ConflictError} somebody has edited that file's item already
     */
    create(fields: Patch, by: EditBy, mediaId?: string): Item {
      const id = db.transaction(() => {
        if (mediaId !== undefined) return takeOver(mediaId, fields, by);
        const id = crypto.randomUUID();
        store.insert(id, null);
        make(id, fields, by);
        return id;
      });
      announce([id]);
      return find(id, by.user);
    },

    /** @throws {StaleError} it is another version than `by.expected` by now */
    edit(id: string, fields: Patch, by: EditBy): Item {
      if (db.transaction(() => patch(id, fields, by))) announce([id]);
      return find(id, by.user);
    },

    /** As edit(), but what `fields` does not name goes back to what the scan says. */
    replace(id: string, fields: Patch, by: EditBy): Item {
      const changed = db.transaction(() => patch(id, replacing(live(id), fields), by));
      if (changed) announce([id]);
      return find(id, by.user);
    },

    /** The item goes from all lists; its file stays on its drive and is offered to nobody. */
    remove(id: string, { user, batch = newBatch(), expected }: EditBy): void {
      db.transaction(() => {
        const state = live(id);
        refuseStale(`item "${id}"`, state.version, expected);
        store.remove(id);
        const change = { batch, user, entity: "item", entityId: id };
        changes.record({ ...change, before: toFields(state), after: null });
      });
      publish("item.deleted", { itemIds: [id] });
    },
  };
}
