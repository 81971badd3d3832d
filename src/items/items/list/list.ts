/**
 * Pages of items in any order. A page goes on after the last one's key in an index of that order, so
 * the last of a million is as near as the first. Where a filter leaves few items, those few are
 * taken and sorted instead.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";
import { type ItemKind, kinds } from "../item.ts";
import type { Item } from "../row.ts";
import { createListStore, type Key, type Place } from "./store.ts";

export const orders = ["title", "added", "year", "rating"] as const;
export type Order = typeof orders[number];

export interface ListQuery {
  user: string;
  sort: Order;
  descending: boolean;
  /** The place of the last item of the page before. */
  after?: Place | undefined;
  limit: number;
  kind?: ItemKind | undefined;
  series?: string | undefined;
  favorite?: boolean | undefined;
  watched?: boolean | undefined;
  /** Any of these tags, by id. */
  tags?: readonly string[] | undefined;
}

/** Where an item stands in an order: the page after it goes on from there. */
export function placeOf(item: Item, order: Order): Place {
  const { seq, id, sortTitle, year, mine } = item;
  const places: Record<Order, Place> = {
    title: { key: sortTitle, tie: seq },
    added: { key: seq, tie: seq },
    year: { key: year ?? 0, tie: seq },
    rating: { key: (mine.rating ?? 0) * 2, tie: id },
  };
  return places[order];
}

/** So few are sorted in some milliseconds. */
const FEW = 1000;

export function createItemList(db: Database) {
  const store = createListStore(db);

  return function list(query: ListQuery): Item[] {
    const few = store.few(query, FEW);
    if (few) return store.read(sorted(few, query).slice(0, query.limit), query);
    // Each kind has its own index of an order; an item's rating is in another table.
    const groups = query.kind ? [query.kind] : query.sort === "rating" ? [undefined] : kinds;
    const found = groups.flatMap((kind) => store.walk({ ...query, kind }));
    return store.read(sorted(found, query).slice(0, query.limit), query);
  };
}

/** Those after the place, in order. */
function sorted(keys: Key[], { after, descending }: ListQuery): Key[] {
  const sign = descending ? -1 : 1;
  const order = (one: Place, other: Place) =>
    sign * (compare(one.key, other.key) || compare(one.tie, other.tie));
  return keys.filter((it) => !after || order(it, after) > 0).sort(order);
}

/** As SQLite compares texts: by code points, which is how UTF-8 sorts. */
function compare(one: string | number, other: string | number): number {
  if (one === other) return 0;
  if (typeof one === "number" || typeof other === "number") return one < other ? -1 : 1;
  for (let at = 0;; at++) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (a === b && !Number.isNaN(a)) continue;
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) ? -1 : 1;
    // UTF-16 puts surrogates below U+E000; UTF-8 above.
    return rank(a) - rank(b);
  }
}

const rank = (unit: number) => unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
