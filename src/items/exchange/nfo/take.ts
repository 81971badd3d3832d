/**
 * What NFO files say of films comes to their items, once for each version of a file: genres become
 * tags below "genre", tags tags, actors, directors and writers people, a set a collection, the owner's
 * rating a rating. Nothing that a person has said is changed, and what a person has taken away does not
 * come back. Title, year and plot go another way: see the trigger media_facts.
 *
 * @module
 */
import { yieldToOthers } from "../../../base/event_loop.ts";
import type { Database } from "../../../db/mod.ts";
import type { Nfo } from "../../../media/mod.ts";
import { newBatch } from "../../changes/changes.ts";
import type { Collections } from "../../collections/mod.ts";
import type { Credit, People, Role } from "../../people/mod.ts";
import type { Ratings } from "../../ratings/ratings.ts";
import type { By, Tags } from "../../tags/mod.ts";
import { createNfoStore, type WaitingNfo } from "./store.ts";

export interface TakeDeps {
  db: Database;
  tags: Tags;
  people: People;
  collections: Collections;
  ratings: Pick<Ratings, "rate">;
  announce(itemIds: string[]): void;
}

/** Files taken before anybody else has a turn. */
const AT_ONCE = 20;
/** Whose rating an NFO's "userrating" is. */
const OWNER = "owner";

/** Takes all NFO files in that wait. @returns how many items they were about */
export async function takeNfos(deps: TakeDeps, signal: AbortSignal): Promise<number> {
  const store = createNfoStore(deps.db);
  let count = 0;
  while (!signal.aborted) {
    await deps.tags.settled();
    const some = store.waiting(AT_ONCE);
    if (some.length === 0) break;
    const itemIds: string[] = [];
    for (const waiting of some) {
      deps.db.transaction(() => {
        if (takeOne(waiting, store, deps)) itemIds.push(waiting.itemId!);
        store.done(waiting.mediaId);
      });
    }
    count += itemIds.length;
    if (itemIds.length > 0) deps.announce(itemIds);
    await yieldToOthers();
  }
  return count;
}

type Store = ReturnType<typeof createNfoStore>;

function takeOne(
  { mediaId, nfo: text, itemId, takenMs }: WaitingNfo,
  store: Store,
  deps: TakeDeps,
) {
  if (text === null || itemId === null) return false;
  const nfo = JSON.parse(text) as Nfo;
  if (takenMs === Math.trunc(nfo.modifiedMs)) return false;
  const by = { user: "nfo", batch: newBatch() };
  giveTags(itemId, nfo, store, deps, by);
  giveCredits(itemId, nfo, store, deps, by);
  if (nfo.set) {
    const id = deps.collections.findOrMakeNow("collection", nfo.set, by);
    const left = takenAway(
      store,
      "item.collections",
      itemId,
      "collections",
      (it) => (it as { collectionId: string }).collectionId,
    );
    if (!left.has(id)) deps.collections.addNow(id, itemId, by);
  }
  const halves = Math.round(nfo.userRating ?? 0);
  if (halves >= 1 && halves <= 10 && !store.hasRated(itemId, OWNER)) {
    deps.ratings.rate(itemId, halves / 2, { ...by, user: OWNER });
  }
  store.taken(mediaId, nfo.modifiedMs);
  return true;
}

function giveTags(itemId: string, nfo: Nfo, store: Store, { tags }: TakeDeps, by: By): void {
  const paths = [
    ...(nfo.genres ?? []).map((genre) => `genre/${flat(genre)}`),
    ...(nfo.tags ?? []).map(flat),
  ].filter((path) => !path.endsWith("/") && path !== "");
  if (paths.length === 0) return;
  const left = takenAway(store, "item.tags", itemId, "tags", String);
  for (const path of paths) {
    const { id } = tags.findOrMakeNow(path, by);
    if (!left.has(id)) tags.links.add(itemId, id, by, { keep: true });
  }
}

function giveCredits(itemId: string, nfo: Nfo, store: Store, { people }: TakeDeps, by: By): void {
  const given: { name: string; role: Role; creditedAs: string | null }[] = [
    ...(nfo.directors ?? []).map((name) => ({ name, role: "director" as const, creditedAs: null })),
    ...(nfo.credits ?? []).map((name) => ({ name, role: "writer" as const, creditedAs: null })),
    ...(nfo.actors ?? []).toSorted((one, other) => (one.order ?? 1e9) - (other.order ?? 1e9))
      .map(({ name, role }) => ({ name, role: "actor" as const, creditedAs: role || null })),
  ].filter(({ name }) => name.trim() !== "");
  if (given.length === 0) return;
  const left = takenAway(store, "item.people", itemId, "people", (it) => keyOf(it as Credit));
  const known = people.credits.of(itemId);
  const all = new Map(known.map((it) => [keyOf(it), it]));
  let position = (known.at(-1)?.position ?? -1) + 1;
  for (const { name, role, creditedAs } of given) {
    const credit = { personId: people.findOrMakeNow(name, by), role, creditedAs, position };
    if (all.has(keyOf(credit)) || left.has(keyOf(credit))) continue;
    all.set(keyOf(credit), credit);
    position++;
  }
  people.credits.set(itemId, [...all.values()], by);
}

const keyOf = ({ personId, role }: Pick<Credit, "personId" | "role">) => `${personId} ${role}`;

/** A slash in a name is no step down the tree. */
const flat = (name: string) => name.replaceAll("/", "-").trim();

/** The keys of what people have taken from a list of an item's, and not given back. */
function takenAway(
  store: Store,
  entity: string,
  itemId: string,
  field: string,
  key: (entry: unknown) => string,
): Set<string> {
  const left = new Set<string>();
  const keysOf = (text: string | null) =>
    new Set(((text === null ? {} : JSON.parse(text))[field] as unknown[] ?? []).map(key));
  for (const { before, after } of store.changes(entity, itemId)) {
    const [had, has] = [keysOf(before), keysOf(after)];
    for (const it of had) if (!has.has(it)) left.add(it);
    for (const it of has) left.delete(it);
  }
  return left;
}
