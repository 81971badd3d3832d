/**
 * Takes a line about an item in: what the line says comes to what is known, and takes its place only
 * by the policy "overwrite". Taken twice, it changes nothing the second time.
 *
 * @module
 */
import { ConflictError, InvalidError, reasonOf } from "../../../base/errors.ts";
import type { Fields } from "../../changes/changes.ts";
import type { Patch } from "../../items/item.ts";
import type { Credit } from "../../people/mod.ts";
import type { By } from "../../tags/mod.ts";
import type { LineOf } from "../lines.ts";
import type { Rooms } from "./apply.ts";
import type { Policy } from "./store.ts";

type ItemLine = LineOf<"item">;

export interface ApplyOptions {
  policy: Policy;
  by: By;
  /** A value that cannot be: it is left out, the rest of the line is taken. */
  onBad(field: BadField): void;
}

type Said = Pick<ApplyOptions, "policy" | "by">;

export interface BadField {
  name: string;
  value: unknown;
  isCustom: boolean;
  problem: string;
}

/** In a transaction. @returns the item's id; undefined: its film is not here, the line waits */
export function applyItem(
  line: ItemLine,
  rooms: Rooms,
  { policy, by, onBad }: ApplyOptions,
): string | undefined {
  const { store } = rooms;
  const id = store.match(line) ?? makeWithoutFile(line, rooms, by);
  if (id === undefined) {
    store.wait(line, policy);
    return undefined;
  }
  applyFields(id, line, rooms, { policy, by, onBad });
  for (const path of line.tags) {
    const tag = rooms.tags.atPath(path) ?? rooms.tags.findOrMakeNow(path, by);
    rooms.tags.links.add(id, tag.id, by, { keep: policy === "keep" });
  }
  applyCredits(id, line, rooms, { policy, by });
  applyRatings(id, line, rooms, { policy, by });
  applyNotes(id, line, rooms, { policy, by });
  for (const { collection, kind, name, position } of line.collections) {
    const room = rooms.collections;
    const known = room.fieldsOf(collection) ? collection : room.byName(kind, name)?.id;
    const to = known ?? room.makeNow({ id: collection, kind, name }, by);
    const isIn = room.of(id).some((it) => it.collectionId === to);
    if (!isIn || policy === "overwrite") room.addNow(to, id, by, position);
  }
  for (const state of line.watch) store.watch(store.contentKey(id), state, policy);
  return id;
}

/** An item that never had a file, or lost it, can be made here; one that was deleted comes back. */
function makeWithoutFile(line: ItemLine, { store, changes }: Rooms, by: By): string | undefined {
  const { media, id, fields, created_at: at } = line;
  if (media) return undefined;
  const title = store.bringItem(id, at);
  if (title === undefined) {
    throw new ConflictError(`Cannot take item "${id}" in: the item of a file has this id`, { id });
  }
  if (title === "" && typeof fields.title !== "string") {
    throw new InvalidError(`Cannot take item "${id}" in: an item without a file needs a title`);
  }
  changes.record({ ...by, entity: "item", entityId: id, before: null, after: { title } });
  return id;
}

function applyFields(
  id: string,
  line: ItemLine,
  rooms: Rooms,
  { policy, by, onBad }: ApplyOptions,
): void {
  const { own, custom } = rooms.store.own(id);
  const isFree = (known: boolean) => !known || policy === "overwrite";
  const fields = Object.entries(line.fields).filter(([name]) => isFree(own.includes(name)));
  const values = Object.entries(line.custom).filter(([key]) => isFree(key in custom));
  if (fields.length + values.length === 0) return;
  const patch = (fields: [string, unknown][], values: [string, unknown][]) =>
    rooms.items.patch(id, toPatch(fields, values), by);
  try {
    patch(fields, values);
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error;
    const bad = (isCustom: boolean) => ([name, value]: [string, unknown]) => {
      try {
        isCustom ? patch([], [[name, value]]) : patch([[name, value]], []);
      } catch (error) {
        // There is no item without a title, unless its file has one.
        const isNeeded = name === "title" && line.media === null;
        if (!(error instanceof InvalidError) || isNeeded) throw error;
        onBad({ name, value, isCustom, problem: reasonOf(error) });
      }
    };
    fields.forEach(bad(false));
    values.forEach(bad(true));
  }
}

function toPatch(fields: [string, unknown][], values: [string, unknown][]): Patch {
  return {
    ...Object.fromEntries(fields),
    ...values.length > 0 && { custom: Object.fromEntries(values) },
  };
}

function applyCredits(id: string, line: ItemLine, rooms: Rooms, { policy, by }: Said) {
  if (line.people.length === 0) return;
  const { people } = rooms;
  const known = people.credits.of(id);
  const keyOf = (it: Pick<Credit, "personId" | "role">) => `${it.personId} ${it.role}`;
  const all = new Map(known.map((it) => [keyOf(it), it]));
  for (const { person, name, role, credited_as, position } of line.people) {
    const personId = people.fieldsOf(person) ? person : people.findOrMakeNow(name, by);
    const credit = { personId, role, creditedAs: credited_as, position };
    if (policy === "overwrite" || !all.has(keyOf(credit))) all.set(keyOf(credit), credit);
  }
  people.credits.set(id, [...all.values()], by);
}

function applyRatings(
  id: string,
  line: ItemLine,
  { store, changes }: Rooms,
  { policy, by }: Said,
): void {
  for (const { user, stars, rated_at } of line.ratings) {
    const before = store.rating(id, user);
    const halves = Math.round(stars * 2);
    if (before === halves || before !== null && policy === "keep") continue;
    store.rate(id, user, halves, rated_at);
    record(changes, by, "item.rating", id, { [user]: before }, { [user]: halves });
  }
  for (const { user, stars, rated_at } of line.rating_history) {
    store.addHistory(id, user, stars === null ? null : Math.round(stars * 2), rated_at);
  }
}

function applyNotes(
  id: string,
  line: ItemLine,
  { store, changes }: Rooms,
  { policy, by }: Said,
): void {
  for (const note of line.notes) {
    const known = store.note(note.id);
    const { user, text, created_at: createdAt } = note;
    const after = { [note.id]: { user, text, createdAt } };
    if (!known) {
      if (store.hasNote(id, user, text)) continue;
      store.addNote(id, note);
      record(changes, by, "item.note", id, { [note.id]: null }, after);
    } else if (known.itemId === id && known.text !== text && policy === "overwrite") {
      store.setNote(note.id, text);
      const before = { [note.id]: { user, text: known.text, createdAt } };
      record(changes, by, "item.note", id, before, after);
    }
  }
}

function record(
  changes: Rooms["changes"],
  by: By,
  entity: string,
  entityId: string,
  before: Fields,
  after: Fields,
): void {
  changes.record({ ...by, entity, entityId, before, after });
}
