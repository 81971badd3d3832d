/**
 * The list behind the pages of one search. What is few is found, counted and sorted once; of more, a
 * few pages are found at a time, ahead of who turns them. So the next page mostly is there already,
 * and an item that comes or goes meanwhile moves none of the others. A page can be asked for after
 * its list was forgotten: then the list is made again, from where the cursor points.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { dropOldest } from "../../../base/bounded/oldest.ts";
import { InvalidError } from "../../../base/errors.ts";
import type { Plan } from "../query/plan.ts";
import type { Sort } from "./orders.ts";
import type { Found, ResultStore } from "./store.ts";

export interface Asked {
  /** What tells one search from another: its query, order and user. */
  name: string;
  plan: Plan;
  sort: Sort;
  user: string;
  limit: number;
  cursor?: string | undefined;
  signal?: AbortSignal | undefined;
}

export interface Total {
  value: number;
  /** false: there are more than `value`. */
  isExact: boolean;
}

export interface Listed {
  seqs: number[];
  /** What the next page has, where somebody turns the pages and it is known already. */
  next: number[];
  total: Total;
  nextCursor?: string | undefined;
}

/** What was found after a place, and what it belongs to. */
interface Ahead {
  rows: Found[];
  /** Where the page begins in rows. */
  from: number;
  /** rows go on to the end of the list. */
  isAll: boolean;
  total: Total;
  /** What comes after rows, being found while they are looked at. */
  coming?: Promise<Ahead> | undefined;
}

/** The last of a page: where the next one begins. */
interface Place {
  name: string;
  /** How many came before. */
  at: number;
  last: Found;
  total: Total;
}

/** Lists that are remembered, of some thousand items each. */
const MOST = 32;
/** Found together once somebody turns the pages: it takes little longer than to find one page. */
const AHEAD = 1000;
/** When no more than these are left, the next ones are found. */
const SOON = 300;
/** First the rest of this page is read, by the same threads. */
const SOON_MS = 5;

export function createListings(store: ResultStore) {
  const known = new Map<string, Promise<Ahead>>();

  const remember = (cursor: string, ahead: Promise<Ahead>) => {
    known.delete(cursor);
    known.set(cursor, ahead);
    ahead.catch(() => known.delete(cursor));
    dropOldest(known, MOST);
  };

  /** From the beginning. */
  async function begin(asked: Asked): Promise<Ahead> {
    const { plan, sort } = asked;
    const few = await store.few(plan, sort, asked);
    const total: Total = { value: few.more ?? few.seqs.length, isExact: few.more === undefined };
    if (sort.by === "relevance") {
      return whole(await store.ranked(few, plan, asked.signal), total);
    }
    if (total.isExact) return whole(few.seqs, total);
    // The newest are a list's beginning already.
    const rows = few.seqs.map((seq) => ({ seq, key: seq }));
    if (rows.length > 0) return { rows, from: 0, isAll: false, total };
    return await walk(asked, { limit: asked.limit + 1, total });
  }

  async function walk(
    asked: Asked,
    { after, limit = AHEAD, total }: {
      after?: Found | undefined;
      limit?: number;
      total: Total;
    },
  ): Promise<Ahead> {
    const { plan, sort, user, signal } = asked;
    if (sort.by === "relevance") return { rows: [], from: 0, isAll: true, total };
    const most = Math.max(limit, asked.limit + 1);
    const rows = await store.walk(plan, sort, { after, limit: most, user, signal });
    return { rows, from: 0, isAll: rows.length < most, total };
  }

  /** From a cursor whose list is forgotten. */
  async function resume(asked: Asked, place: Place): Promise<Ahead> {
    const isWalk = !place.total.isExact && asked.sort.by !== "relevance";
    if (isWalk) return await walk(asked, { after: place.last, total: place.total });
    const list = await begin({ ...asked, cursor: undefined });
    const at = list.rows.findIndex(({ seq }) => seq === place.last.seq);
    return { ...list, from: at < 0 ? Math.min(place.at, list.rows.length) : at + 1 };
  }

  return async function page(asked: Asked): Promise<Listed> {
    const { cursor, limit, name } = asked;
    const place = cursor === undefined ? undefined : readPlace(cursor, name);
    const found = cursor === undefined ? undefined : known.get(cursor);
    let ahead = await found ?? await (place ? resume(asked, place) : begin(asked));
    if (!ahead.isAll && ahead.rows.length - ahead.from <= limit) {
      const kept = ahead.rows.slice(ahead.from);
      const after = kept.at(-1) ?? place?.last;
      const next = await ahead.coming?.catch(() => undefined) ??
        await walk(asked, { after, total: ahead.total });
      ahead = { ...next, rows: [...kept, ...next.rows] };
    }
    const to = ahead.from + limit;
    const rows = ahead.rows.slice(ahead.from, to);
    const { total } = ahead;
    const seqs = rows.map(({ seq }) => seq);
    if (to >= ahead.rows.length && ahead.isAll) return { seqs, next: [], total };

    const last = rows.at(-1)!;
    const next: Place = { name, at: (place?.at ?? 0) + rows.length, last, total };
    const nextCursor = JSON.stringify([
      next.name,
      next.at,
      last.seq,
      last.key,
      total.value,
      +total.isExact,
    ]);
    const rest: Ahead = { ...ahead, from: to };
    const isShort = place !== undefined && !ahead.isAll &&
      ahead.rows.length - to <= Math.max(SOON, limit);
    if (isShort && !rest.coming) {
      rest.coming = sleep(SOON_MS).then(() =>
        walk({ ...asked, signal: undefined }, { after: ahead.rows.at(-1), total: ahead.total })
      );
      rest.coming.catch(() => {}); // the page that needs it asks again
    }
    remember(nextCursor, Promise.resolve(rest));
    // Of most searches nobody turns to the second page.
    const coming = place === undefined ? [] : ahead.rows.slice(to, to + limit);
    return { seqs, next: coming.map(({ seq }) => seq), total, nextCursor };
  };
}

function whole(seqs: number[], total: Total): Ahead {
  return { rows: seqs.map((seq, at) => ({ seq, key: at })), from: 0, isAll: true, total };
}

/** @throws {InvalidError} it is no cursor, or one of another search */
function readPlace(cursor: string, name: string): Place {
  let read: unknown;
  try {
    read = JSON.parse(cursor);
  } catch {
    read = undefined;
  }
  const [of, at, seq, key, value, isExact] = Array.isArray(read) ? read : [];
  const isWhole = [at, seq, value].every(Number.isSafeInteger) &&
    (typeof key === "string" || typeof key === "number");
  if (of !== name || !isWhole) {
    throw new InvalidError(
      'Cannot read "cursor": take the one that the page before gave, with the same query and sort',
      { field: "cursor" },
    );
  }
  return { name, at, last: { seq, key }, total: { value, isExact: isExact === 1 } };
}
