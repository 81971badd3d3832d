/**
 * Tags on items. A tag of a group that allows one replaces the item's other tag of that group.
 *
 * @module
 */
import { yieldToOthers } from "../../../base/event_loop.ts";
import { ConflictError } from "../../../base/errors.ts";
import type { Database } from "../../../db/mod.ts";
import type { Changes, Writer } from "../../changes/changes.ts";
import { hasItem, raiseItem, refuseUnknownItem, showsItem } from "../../items/presence/store.ts";
import type { createGroupStore, TagStore } from "../store.ts";
import type { By } from "../tag.ts";
import { createLinkStore } from "./store.ts";

export interface LinkDeps {
  db: Database;
  changes: Pick<Changes, "record" | "register">;
  tags: TagStore;
  groups: ReturnType<typeof createGroupStore>;
  /** The tags of these items are others now. */
  onTagged(itemIds: string[]): void;
}

export interface Linked {
  linked: number;
  unchanged: number;
  notFound: string[];
}

/** Items changed before anybody else has a turn: some 20 ms. */
const AT_ONCE = 200;

export type TagLinks = ReturnType<typeof createTagLinks>;

export function createTagLinks({ db, changes, tags, groups, onTagged }: LinkDeps) {
  const store = createLinkStore(db);
  /** Items whose tags have changed while somebody looks through all of them. */
  const watchers = new Set<Set<string>>();

  const writer: Writer = {
    read: (itemId) => hasItem(db, itemId) ? { tags: store.tagsOf(itemId) } : null,

    write(itemId, fields) {
      const wanted = new Set((fields?.tags ?? []) as string[]);
      const known = new Set(store.tagsOf(itemId));
      for (const id of wanted) {
        if (known.has(id)) continue;
        if (!tags.find(id)) {
          throw new ConflictError(`Cannot give tag "${id}" to "${itemId}": there is no such tag`);
        }
        store.add(itemId, id);
      }
      for (const id of known) if (!wanted.has(id)) store.remove(itemId, id);
      raiseItem(db, itemId);
      for (const touched of watchers) touched.add(itemId);
    },

    announce: onTagged,
  };
  changes.register("item.tags", writer);

  /** To be called in a transaction. Whether anything has changed. */
  function setTags(itemId: string, wanted: readonly string[], by: By): boolean {
    const before = store.tagsOf(itemId);
    const after = [...new Set(wanted)].sort();
    if (after.join() === before.toSorted().join()) return false;
    writer.write(itemId, { tags: after });
    changes.record({
      ...by,
      entity: "item.tags",
      entityId: itemId,
      before: { tags: before.toSorted() },
      after: { tags: after },
    });
    return true;
  }

  /** The nearest group upwards; null: none. */
  function groupOf(tagId: string): string | null {
    for (let id: string | null = tagId; id !== null;) {
      const row = tags.find(id);
      if (!row) return null;
      if (row.groupId !== null) return row.groupId;
      id = row.parentId;
    }
    return null;
  }

  /** The tags that stay on an item when it gets `tagId`, with it. */
  function withTag(known: readonly string[], tagId: string): string[] {
    const group = groupOf(tagId);
    const isOne = group !== null && groups.find(group)?.cardinality === "one";
    return [...known.filter((id) => !isOne || groupOf(id) !== group), tagId];
  }

  /** Each item by itself, a few at a time; ids that are not there (as `has` sees it) are told. */
  async function each(
    itemIds: readonly string[],
    change: (itemId: string) => boolean,
    has = showsItem,
  ): Promise<Linked> {
    const result: Linked = { linked: 0, unchanged: 0, notFound: [] };
    for (let from = 0; from < itemIds.length; from += AT_ONCE) {
      if (from > 0) await yieldToOthers();
      const some = itemIds.slice(from, from + AT_ONCE);
      const changed: string[] = [];
      db.transaction(() => {
        for (const id of some) {
          if (!has(db, id)) result.notFound.push(id);
          else if (change(id)) changed.push(id);
          else result.unchanged++;
        }
      });
      result.linked += changed.length;
      if (changed.length > 0) onTagged(changed);
    }
    return result;
  }

  return {
    tagsOf: store.tagsOf,
    /** @throws {NotFoundError} no such item */
    ofItem(itemId: string): string[] {
      refuseUnknownItem(db, itemId);
      return store.tagsOf(itemId);
    },
    groupOf,
    writer,

    /**
     * In a transaction of the caller's, for those who do more in it. With `keep` another tag of a
     * group that allows one stays instead. @returns whether it is new
     */
    add(itemId: string, tagId: string, by: By, { keep = false } = {}): boolean {
      const known = store.tagsOf(itemId);
      if (known.includes(tagId)) return false;
      const wanted = withTag(known, tagId);
      if (keep && wanted.length <= known.length) return false;
      return setTags(itemId, wanted, by);
    },

    /** @throws {NotFoundError} no such item @throws {StaleError} it is not of version `expected` */
    link(itemId: string, tagId: string, by: By, expected?: number): boolean {
      const isNew = db.transaction(() => {
        refuseUnknownItem(db, itemId, expected);
        const known = store.tagsOf(itemId);
        return !known.includes(tagId) && setTags(itemId, withTag(known, tagId), by);
      });
      if (isNew) onTagged([itemId]);
      return isNew;
    },

    /** @throws {NotFoundError} no such item @throws {StaleError} it is not of version `expected` */
    unlink(itemId: string, tagId: string, by: By, expected?: number): void {
      const changed = db.transaction(() => {
        refuseUnknownItem(db, itemId, expected);
        return setTags(itemId, store.tagsOf(itemId).filter((id) => id !== tagId), by);
      });
      if (changed) onTagged([itemId]);
    },

    linkMany: (tagId: string, itemIds: readonly string[], by: By): Promise<Linked> =>
      each(itemIds, (id) => {
        const known = store.tagsOf(id);
        return !known.includes(tagId) && setTags(id, withTag(known, tagId), by);
      }),

    unlinkMany: (tagId: string, itemIds: readonly string[], by: By): Promise<Linked> =>
      each(itemIds, (id) => setTags(id, store.tagsOf(id).filter((it) => it !== tagId), by)),

    /**
     * Takes a tag from all its items, or gives them another in its place: from those too that were
     * deleted, for an undo of that brings them back as they are, and one of this gives it back to them.
     */
    async replaceEverywhere(tagId: string, other: string | undefined, by: By): Promise<void> {
      const replace = (id: string) => {
        const rest = store.tagsOf(id).filter((it) => it !== tagId);
        return setTags(id, other === undefined ? rest : withTag(rest, other), by);
      };
      let some = store.itemsOf(tagId, "", AT_ONCE);
      while (some.length > 0) {
        await each(some, replace, hasItem);
        await yieldToOthers();
        some = store.itemsOf(tagId, some.at(-1)!, AT_ONCE);
      }
    },

    /** The items that are tagged anew while `work` goes on are added to its set. */
    async watching<T>(work: (touched: Set<string>) => Promise<T>): Promise<T> {
      const touched = new Set<string>();
      watchers.add(touched);
      try {
        return await work(touched);
      } finally {
        watchers.delete(touched);
      }
    },
  };
}
