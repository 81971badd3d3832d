/**
 * Takes lines in that are about no single item: tags and their groups, people, collections, custom
 * fields, saved searches, and what was watched. Each is known again by its name or path.
 *
 * @module
 */
import type { Changes } from "../../changes/changes.ts";
import type { Collections } from "../../collections/mod.ts";
import type { CustomField } from "../../custom/custom.ts";
import type { ItemsRoom } from "../../items/items.ts";
import { normalizeName, type People } from "../../people/mod.ts";
import { type By, slugify, type Tags } from "../../tags/mod.ts";
import type { Line, LineOf, LineType } from "../lines.ts";
import { applyItem, type ApplyOptions } from "./apply_item.ts";
import type { ImportStore } from "./store.ts";

/** Where the lines go. */
export interface Rooms {
  store: ImportStore;
  changes: Pick<Changes, "record">;
  tags: Tags;
  people: People;
  collections: Collections;
  items: Pick<ItemsRoom, "patch">;
  customFields: {
    fieldsOf(key: string): Pick<CustomField, "name" | "type" | "choices"> | null;
    putNow(key: string, field: Pick<CustomField, "name" | "type" | "choices">, by: By): void;
  };
}

type Apply<Type extends LineType> = (
  line: LineOf<Type>,
  rooms: Rooms,
  options: ApplyOptions,
) => unknown;

const table: { [Type in LineType]: Apply<Type> } = {
  "tag_group": ({ type: _, ...fields }, { tags: { groups } }, { policy, by }) => {
    const known = groups.byKey(fields.key);
    if (!known) groups.putNow(crypto.randomUUID(), fields, by);
    else if (policy === "overwrite") {
      // How many tags an item may have is left alone: items here may have several.
      groups.putNow(known.id, { name: fields.name, description: fields.description }, by);
    }
  },

  tag: (line, { tags }, { policy, by }) => {
    const slugs = line.path.split("/");
    const slug = slugs.pop()!;
    const groupId = line.group === null ? null : tags.groups.byKey(line.group)?.id ?? null;
    const { name, description } = line;
    const known = tags.atPath(line.path);
    const parent = slugs.length === 0 ? null : tags.findOrMakeNow(slugs.join("/"), by);
    const id = known?.id ??
      tags.makeNow({ name, slug, parentId: parent?.id ?? null, groupId, description }, by);
    const own = tags.get(id).synonyms;
    const slugsOfOwn = own.map((it) => slugify(it));
    const more = line.synonyms
      .filter((it) => !slugsOfOwn.includes(slugify(it)) && tags.isFree(it));
    tags.putNow(id, {
      synonyms: [...own, ...more],
      ...known && policy === "overwrite" && { name, description, groupId },
    }, by);
  },

  person: (line, { people }, { policy, by }) => {
    const { id, name, notes } = line;
    const named = line.has_namesake ? undefined : people.find(name);
    const known = people.fieldsOf(id) ? id : named?.id;
    const to = known ?? people.makeNow({ id, name, notes }, by);
    const own = people.get(to).aliases;
    const names = [...own, people.get(to).name].map(normalizeName);
    const more = line.aliases.filter((it) =>
      !names.includes(normalizeName(it)) && !people.find(it)
    );
    people.putNow(to, {
      aliases: [...own, ...more],
      ...known && policy === "overwrite" && { name, notes },
    }, by);
  },

  "custom_field": ({ key, name, field_type: type, choices }, { customFields }, { policy, by }) => {
    const known = customFields.fieldsOf(key);
    if (known && known.type !== type) {
      throw new TypeError(`the custom field "${key}" is of type "${known.type}" here`);
    }
    if (!known || policy === "overwrite") customFields.putNow(key, { name, type, choices }, by);
  },

  collection: ({ id, kind, name, description }, { collections }, { policy, by }) => {
    const known = collections.fieldsOf(id) ? id : collections.byName(kind, name)?.id;
    if (known === undefined) collections.makeNow({ id, kind, name, description }, by);
    else if (policy === "overwrite") collections.putNow(known, { kind, name, description }, by);
  },

  "saved_search": (line, { store }, { policy }) => {
    const known = store.savedSearch(line.name);
    const isSame = known?.query === line.query && known.sort === line.sort;
    if (!known || policy === "overwrite" && !isSame) store.keepSearch(line);
  },

  item: applyItem,

  watch: ({ type: _, content_key: key, ...state }, { store }, { policy }) =>
    store.watch(key, state, policy),
};

/** In a transaction. @returns the id of the item that the line was about and that is here */
export function applyLine(line: Line, rooms: Rooms, options: ApplyOptions): string | undefined {
  const apply = table[line.type] as Apply<LineType>;
  const id = apply(line as never, rooms, options);
  return line.type === "item" ? id as string | undefined : undefined;
}
