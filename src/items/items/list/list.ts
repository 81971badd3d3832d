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
import { createListStore, type Place, UNKNOWN } from "./store.ts";

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

export interface ItemPage {
  items: Item[];
  /** Where the next page begins; undefined: there is none. */
  next?: Place;
}

/** So few are sorted in some milliseconds. */
const FEW = 1000;

/**
 * So long a page may look for items that a filter leaves; then it is a short one, and the next goes
 * on from there.
 */
const LOOK_MS = 20;

export function createItemList(db: Database) {
  const store = createListStore(db);

  return function list(query: ListQuery): ItemPage {
    const { limit, sort, kind } = query;
    const order = inOrder(query.descending);
    const few = store.few(query, FEW);
    // Each kind has its own index of an order; an item's rating is in another table.
    const groups = few ? [] : kind ? [kind] : sort === "rating" ? [undefined] : kinds;
    const until = performance.now() + LOOK_MS;
    const walks = groups.map((kind) => store.walk({ ...query, kind, limit: limit + 1 }, until));

    // One that has looked less far than the others hides what comes after that.
    const ends = walks.flatMap(({ end }) => end ?? []).sort(order);
    const isSeen = (it: Place) => ends.length === 0 || order(it, ends[0]!) <= 0;
    const isAfter = (it: Place) => !query.after || order(it, query.after) > 0;
    const found = (few ?? walks.flatMap(({ found }) => found)).sort(order)
      .filter((it) => isSeen(it) && isAfter(it));
    const page = found.slice(0, limit);
    const next = found.length > limit ? page.at(-1) : ends[0];
    const items = store.read(page, query);
    return next ? { items, next: { key: next.key, tie: next.tie } } : { items };
  };
}

function inOrder(descending: boolean): (one: Place, other: Place) => number {
  const sign = descending ? -1 : 1;
  const last = ({ key }: Place) => Number(key === UNKNOWN);
  return (one, other) =>
    last(one) - last(other) ||
    sign * (compare(one.key, other.key) || compare(one.tie, other.tie));
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
