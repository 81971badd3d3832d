/**
 * Groups of tags: an item may have one tag of a group, or many.
 *
 * @module
 */
import { yieldToOthers } from "../../base/event_loop.ts";
import { ConflictError, NotFoundError } from "../../base/errors.ts";
import { counted } from "../../base/text/counted.ts";
import type { Database } from "../../db/mod.ts";
import type { Changes, Fields, Writer } from "../changes/changes.ts";
import { isKnown, refuseStale } from "../stale.ts";
import type { TagLinks } from "./links/links.ts";
import { slugify } from "./slug.ts";
import type { createGroupStore, TagStore } from "./store.ts";
import type { By, Cardinality, TagGroup } from "./tag.ts";

export interface GroupDeps {
  db: Database;
  changes: Pick<Changes, "record" | "register">;
  store: ReturnType<typeof createGroupStore>;
  tags: Pick<TagStore, "branch">;
  links: Pick<TagLinks, "watching" | "tagsOf">;
  onChanged(ids: string[]): void;
}

export interface GroupEdit {
  name?: string | undefined;
  key?: string | undefined;
  cardinality?: Cardinality | undefined;
  description?: string | null | undefined;
}

/** Links looked at before anybody else has a turn: some 10 ms. */
const LOOKED_AT_ONCE = 5000;

export function createGroups({ db, changes, store, tags, links, onChanged }: GroupDeps) {
  const writer: Writer = {
    read: (id) => {
      const group = store.find(id);
      return group ? fieldsOf(group) : null;
    },
    write(id, fields) {
      if (fields === null) return void store.delete(id);
      const wanted = { ...writer.read(id), ...fields } as Partial<TagGroup>;
      const twin = store.byKey(String(wanted.key));
      if (twin && twin.id !== id) {
        const message = `Cannot use the key "${wanted.key}": the group "${twin.name}" has it`;
        throw new ConflictError(message, { group_id: twin.id });
      }
      store.save({ ...wanted, id });
    },
    announce: onChanged,
  };
  changes.register("tag-group", writer);

  const get = (id: string): TagGroup => {
    const group = store.find(id);
    if (!group) throw new NotFoundError(`Cannot find tag group "${id}"`, { id });
    return group;
  };

  /** In a transaction. */
  const put = (id: string, fields: Fields | null, by: By): void => {
    const before = writer.read(id);
    if (isKnown(before, fields)) return;
    writer.write(id, fields);
    const after = fields === null ? null : writer.read(id);
    changes.record({ ...by, entity: "tag-group", entityId: id, before, after });
  };

  const edit = (id: string, fields: Fields | null, by: By, expected?: number): void => {
    db.transaction(() => {
      const known = store.find(id);
      if (known) refuseStale(`tag group "${known.name}"`, known.version, expected);
      put(id, fields, by);
    });
    onChanged([id]);
  };

  return {
    get,
    putNow: put,
    byKey: store.byKey,
    list: store.list,

    create({ name, key, cardinality = "many", description = null }: GroupEdit, by: By): TagGroup {
      const id = crypto.randomUUID();
      const fields = { name, key: key ?? slugify(name!), cardinality, description };
      edit(id, fields, by);
      return get(id);
    },

    /** @throws {ConflictError} it shall allow one, and items have several: `items` says how many */
    async update(id: string, fields: GroupEdit, by: By, expected?: number): Promise<TagGroup> {
      get(id);
      const given = Object.fromEntries(
        Object.entries(fields).filter(([, value]) => value !== undefined),
      );
      const narrows = fields.cardinality === "one" && get(id).cardinality === "many";
      if (!narrows) edit(id, given, by, expected);
      else {
        await links.watching(async (touched) => {
          const branch = new Set(store.tagsOf(id).flatMap((top) => tags.branch(top)));
          const several = await withSeveral(branch);
          for (const itemId of touched) {
            const has = links.tagsOf(itemId).filter((tag) => branch.has(tag)).length;
            if (has > 1) several.add(itemId);
            else several.delete(itemId);
          }
          if (several.size > 0) refuseSeveral(get(id), several);
          edit(id, given, by, expected);
        });
      }
      return get(id);
    },

    remove: (id: string, by: By, expected?: number): void => {
      get(id);
      edit(id, null, by, expected);
    },
  };

  /** Items with more than one of these tags: all links are looked through, in the order of items. */
  async function withSeveral(branch: ReadonlySet<string>): Promise<Set<string>> {
    const several = new Set<string>();
    let after = { itemId: "", tagId: "" };
    let hit = ""; // the item before, if it has one of these tags
    for (;;) {
      const some = store.links(after, LOOKED_AT_ONCE);
      for (const { itemId, tagId } of some) {
        if (!branch.has(tagId)) continue;
        if (itemId === hit) several.add(itemId);
        hit = itemId;
      }
      if (some.length < LOOKED_AT_ONCE) return several;
      after = some.at(-1)!;
      await yieldToOthers();
    }
  }
}

function refuseSeveral({ name }: TagGroup, several: ReadonlySet<string>): never {
  throw new ConflictError(
    `Cannot let the group "${name}" have one tag per item: ${
      counted(several.size, "item has", "items have")
    } several. ` +
      "Take the others from them first",
    { items: several.size, examples: [...several].slice(0, 20) },
  );
}

function fieldsOf({ key, name, cardinality, description }: TagGroup): Fields {
  return { key, name, cardinality, description };
}
