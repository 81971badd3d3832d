/**
 * Collections: items in an order of somebody's own. A series needs nobody to keep it: it is listed by
 * what the items say of their series, season and episode, without rows of its own; a collection of
 * kind "series" is for what the items do not say.
 *
 * @module
 */
import { yieldToOthers } from "../../base/event_loop.ts";
import { ConflictError, InvalidError, NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import { counted } from "../../base/text/counted.ts";
import type { Database } from "../../db/mod.ts";
import type { Changes, Fields, Writer } from "../changes/changes.ts";
import { hasItem, showsItem } from "../items/presence/store.ts";
import { isKnown, refuseStale } from "../stale.ts";
import type { By } from "../tags/mod.ts";
import type { Collection, CollectionKind, Place } from "./collection.ts";
import { makeRoom, STEP } from "./order.ts";
import { createCollectionStore, createSeriesStore } from "./store.ts";

export interface CollectionsDeps {
  db: Database;
  changes: Pick<Changes, "record" | "register">;
  publish: Publish;
}

export interface CollectionInput {
  /** One is made where it is not given. */
  id?: string | undefined;
  name: string;
  kind?: CollectionKind | undefined;
  description?: string | null | undefined;
}

/** Items changed before anybody else has a turn. */
const AT_ONCE = 200;

export type Collections = ReturnType<typeof openCollections>;

export function openCollections({ db, changes, publish }: CollectionsDeps) {
  const store = createCollectionStore(db);
  const onChanged = (ids: string[]) => publish("collection.changed", { ids });

  const writer: Writer = {
    read(id) {
      const it = store.find(id);
      return it ? { kind: it.kind, name: it.name, description: it.description } : null;
    },
    write(id, fields) {
      if (fields !== null) {
        const { kind, name, description } = {
          ...writer.read(id),
          ...fields,
        } as unknown as Collection;
        return store.save({ id, kind, name, description: description ?? null });
      }
      const items = store.members(id, 1000).length;
      if (items === 0) return void store.delete(id);
      const some = counted(items, "item is", "items are");
      throw new ConflictError(`Cannot delete collection "${id}": ${some} in it`);
    },
    announce: onChanged,
  };
  changes.register("collection", writer);

  /** Which collections an item is in, and where: the history keeps it with the item. */
  const places: Writer = {
    read: (itemId) => hasItem(db, itemId) ? { collections: store.of(itemId) } : null,
    write(itemId, fields) {
      const wanted = (fields?.collections ?? []) as { collectionId: string; position: number }[];
      const before = store.of(itemId);
      const isSame = (it: { collectionId: string; position: number }) =>
        before.some((old) =>
          old.collectionId === it.collectionId && old.position === it.position
        ) &&
        wanted.some((now) => now.collectionId === it.collectionId && now.position === it.position);
      for (const { collectionId } of before) store.take(collectionId, itemId);
      for (const { collectionId, position } of wanted) {
        if (!store.find(collectionId)) {
          const message =
            `Cannot put "${itemId}" into "${collectionId}": there is no such collection`;
          throw new ConflictError(message, { id: collectionId });
        }
        store.put(collectionId, itemId, position);
      }
      const others = [...before, ...wanted].filter((it) => !isSame(it));
      for (const id of new Set(others.map((it) => it.collectionId))) store.raise(id);
    },
    announce: (itemIds) => publish("item.collected", { itemIds }),
  };
  changes.register("item.collections", places);

  /** In a transaction: an item comes to a place in a collection, or (undefined) leaves it. */
  function setPlace(id: string, itemId: string, position: number | undefined, by: By): boolean {
    const before = store.of(itemId);
    if (before.find((it) => it.collectionId === id)?.position === position) return false;
    if (position === undefined) store.take(id, itemId);
    else store.put(id, itemId, position);
    changes.record({
      ...by,
      entity: "item.collections",
      entityId: itemId,
      before: { collections: before },
      after: { collections: store.of(itemId) },
    });
    return true;
  }

  function put(id: string, fields: Fields | null, by: By): void {
    const before = writer.read(id);
    if (isKnown(before, fields)) return;
    writer.write(id, fields);
    const after = fields === null ? null : writer.read(id);
    changes.record({ ...by, entity: "collection", entityId: id, before, after });
  }

  function find(id: string): Collection {
    const it = store.find(id);
    if (!it) throw new NotFoundError(`Cannot find collection "${id}"`, { id });
    return it;
  }

  function make({ id = crypto.randomUUID(), ...input }: CollectionInput, by: By): string {
    const { name, kind = "collection", description = null } = input;
    if (name.trim() === "") throw new InvalidError("Cannot make a collection without a name");
    put(id, { kind, name: name.trim(), description }, by);
    return id;
  }

  /** Who names a collection means one. */
  function refuseTwin({ kind = "collection", name }: CollectionInput, own?: string): void {
    const twin = store.byName(kind, name.trim());
    if (!twin || twin.id === own) return;
    const state = "there is one of this name. Take another name, or use that one";
    throw new ConflictError(`Cannot call a ${kind} "${name}": ${state}`, { id: twin.id });
  }

  /** Changes items a few at a time; the collection's version grows with each few. */
  async function each(
    id: string,
    itemIds: readonly string[],
    change: (itemId: string) => boolean,
  ): Promise<{ linked: number; unchanged: number; notFound: string[] }> {
    const result = { linked: 0, unchanged: 0, notFound: [] as string[] };
    for (let from = 0; from < itemIds.length; from += AT_ONCE) {
      if (from > 0) await yieldToOthers();
      db.transaction(() => {
        find(id);
        for (const itemId of itemIds.slice(from, from + AT_ONCE)) {
          if (!showsItem(db, itemId)) result.notFound.push(itemId);
          else if (change(itemId)) result.linked++;
          else result.unchanged++;
        }
        store.raise(id);
      });
    }
    onChanged([id]);
    return result;
  }

  return {
    series: createSeriesStore(db),
    of: store.of,
    /** All four to be called in a transaction. */
    makeNow: make,
    putNow: put,
    fieldsOf: writer.read,
    byName: store.byName,
    get: find,
    list: store.list,

    items(id: string, after: { position: number; itemId: string }, limit: number): Place[] {
      return store.items(find(id).id, after, limit);
    },

    /** @throws {ConflictError} there is one of this kind and name */
    create(input: CollectionInput, by: By): Collection {
      const id = db.transaction(() => {
        refuseTwin(input);
        return make(input, by);
      });
      onChanged([id]);
      return find(id);
    },

    /** In a transaction of the caller's. */
    findOrMakeNow(kind: CollectionKind, name: string, by: By): string {
      return store.byName(kind, name.trim())?.id ?? make({ kind, name }, by);
    },

    /** In a transaction of the caller's: to the end, or to `position`. Whether that is new. */
    addNow(id: string, itemId: string, by: By, position?: number): boolean {
      if (position === undefined && store.place(id, itemId) !== undefined) return false;
      return setPlace(id, itemId, position ?? store.last(id) + STEP, by);
    },

    update(
      id: string,
      { name, kind, description }: Omit<CollectionInput, "name" | "id"> & {
        name?: string | undefined;
      },
      by: By,
      expected?: number,
    ): Collection {
      db.transaction(() => {
        const { version, name: old, kind: was } = find(id);
        refuseStale(`collection "${old}"`, version, expected);
        if (name !== undefined || kind !== undefined) {
          refuseTwin({ kind: kind ?? was, name: name ?? old }, id);
        }
        put(id, {
          ...name !== undefined && { name: name.trim() },
          ...kind !== undefined && { kind },
          ...description !== undefined && { description },
        }, by);
      });
      onChanged([id]);
      return find(id);
    },

    /** Takes all items out and deletes it. */
    async remove(id: string, by: By, expected?: number): Promise<void> {
      const { name, version } = find(id);
      refuseStale(`collection "${name}"`, version, expected);
      for (;;) {
        const some = store.members(id, AT_ONCE);
        if (some.length === 0) break;
        db.transaction(() => {
          for (const itemId of some) setPlace(id, itemId, undefined, by);
        });
        await yieldToOthers();
      }
      db.transaction(() => put(id, null, by));
      publish("collection.deleted", { ids: [id] });
    },

    /** Appends them in this order; those that are in it stay where they are. */
    add: (id: string, itemIds: readonly string[], by: By) =>
      each(
        find(id).id,
        itemIds,
        (itemId) =>
          store.place(id, itemId) === undefined &&
          setPlace(id, itemId, store.last(id) + STEP, by),
      ),

    take: (id: string, itemIds: readonly string[], by: By) =>
      each(find(id).id, itemIds, (itemId) => setPlace(id, itemId, undefined, by)),

    /** Puts one item just before or after another. */
    move(
      id: string,
      itemId: string,
      { side, anchorId }: { side: "before" | "after"; anchorId: string },
      by: By,
      expected?: number,
    ): Collection {
      db.transaction(() => {
        const { name, version } = find(id);
        refuseStale(`collection "${name}"`, version, expected);
        for (const it of [itemId, anchorId]) {
          if (store.place(id, it) !== undefined) continue;
          throw new NotFoundError(`Cannot find item "${it}" in collection "${name}"`, { id: it });
        }
        if (itemId === anchorId) return;
        // It stands nowhere while its place is looked for: it is no neighbour of itself.
        const before = store.of(itemId);
        store.take(id, itemId);
        const position = makeRoom(store, id, anchorId, side, (it) => store.place(id, it)!);
        store.put(id, itemId, position);
        store.raise(id);
        const after = store.of(itemId);
        changes.record({
          ...by,
          entity: "item.collections",
          entityId: itemId,
          before: { collections: before },
          after: { collections: after },
        });
      });
      onChanged([id]);
      return find(id);
    },
  };
}
