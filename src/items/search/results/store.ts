/**
 * A search in SQL: who may fit, in which order, and the rest of a long list.
 *
 * @module
 */
import { inTime, type Readers } from "../../../db/mod.ts";
import type { Plan } from "../query/plan.ts";
import {
  allOf,
  inIndex,
  lookingUp,
  type Source,
  type Sql,
  sql,
  titlesFrom,
} from "../query/store.ts";
import { type Order, orders, SHUFFLED, type Sort } from "./orders.ts";
import { createRanks, MOST_RANKED } from "./rank/store.ts";
import { byNumber, type Found, inOrder, rated, rounds } from "./walk/store.ts";

export type { Found };

/** So many are counted, sorted and ranked; of more, only the pages that are asked for. */
export const FEW = MOST_RANKED;
/** To list one takes as long as to look three up; of more, those that fit are met soon enough. */
const MOST_LISTED = 60_000;
/** Where each must be looked at. */
const FEW_CHECKED = 500;
/** Of a list too long to be ranked, those with the words in the title that come first. */
const MOST_BEST = 500;
/**
 * An order is walked beside a list of all that fit, or each item of the order is looked at: its row,
 * or the index. What one of each takes, in microseconds.
 */
const COST = { listed: 0.2, perTerm: 0.02, row: 5, index: 110 };
/** Of the newest and of the oldest, to tell how many there are. */
const SAMPLED = 500;
/** What facets are counted over. */
export const FACETED = 5000;
const LIMIT_MS = 5000;

export interface Few {
  /** More than that fit: the list is of the newest of them, or empty. */
  more?: number | undefined;
  seqs: number[];
}

export type ResultStore = ReturnType<typeof createResultStore>;

export function createResultStore(readers: Readers) {
  const ask = <T>({ text, values }: Sql, signal?: AbortSignal) =>
    readers.query<T>(text, values, { signal, limitMs: LIMIT_MS });

  const { rank, byTitle } = createRanks(ask);

  /** The smallest source; one that would give too many is no help. */
  async function smallSource(plan: Plan, signal?: AbortSignal): Promise<Sql | undefined> {
    let best: { rows: Sql; n: number } | undefined;
    for (const { rows, size, most = MOST_LISTED } of plan.sources) {
      const text = `SELECT count(*) n FROM (${size.text} LIMIT ${most})`;
      const [row] = await ask<{ n: number }>({ text, values: size.values }, signal);
      if (row!.n < Math.min(most, best?.n ?? most)) best = { rows, n: row!.n };
    }
    return best?.rows;
  }

  /**
   * Of a long list those that have the words in the title, of the newest MOST_BEST the shorter
   * ones first: to weigh a word, BM25 would count all that have it.
   */
  async function best(plan: Plan, signal?: AbortSignal): Promise<number[]> {
    if (plan.textMatch === undefined || plan.match === undefined) return [];
    const isPrefix = plan.textMatch === plan.match && plan.match.endsWith('" *');
    if (isPrefix && plan.phrases.length === 1) {
      // A million things may begin so: the titles are a beginning.
      return await firstTitles(titlesFrom(plan.text).source, MOST_BEST, signal);
    }
    const match = `(${plan.match}) AND ({title} : (${plan.textMatch}))`;
    return await byTitle(await newestOf({ ...plan, match }, MOST_BEST, signal), plan, signal);
  }

  /** What is asked of each item of a walk: in a list of those that fit, where that is not long. */
  async function checksOf(plan: Plan, limit: number, signal?: AbortSignal): Promise<Sql[]> {
    const { match, rest, check, isPlain, asks } = plan;
    if (match === undefined) return check ? [check] : [];
    const { n, total } = await howMany(match, signal);
    const terms = match.split('"').length / 2;
    const listing = n * (COST.listed + COST.perTerm * terms);
    const rows = limit * total / Math.max(1, n);
    // The row is looked at first, and the index only for those where that fits.
    const isApart = !isPlain && asks !== undefined && asks !== match;
    const asked = isApart ? limit * total / Math.max(1, (await howMany(asks, signal)).n) : rows;
    const looking = rows * COST.row + (isPlain ? 0 : asked * COST.index);
    return listing < looking ? [inIndex(match), ...rest ? [rest] : []] : [lookingUp(check!)];
  }

  /** About how many fit: between the newest and the oldest as densely as among these. */
  async function howMany(match: string, signal?: AbortSignal) {
    const some = (way: string) =>
      `(SELECT count(*) n, min(rowid) low, max(rowid) high FROM
         (SELECT rowid FROM item_search(?) ORDER BY rowid ${way} LIMIT ${SAMPLED}))`;
    const [row] = await ask<{ n: number; span: number; reach: number; total: number }>(
      sql(
        `SELECT new.n + old.n n, new.high - new.low + old.high - old.low + 2 span,
           new.high - old.low + 1 reach,
           (SELECT max(seq) FROM item_facts) total FROM ${some("DESC")} new, ${some("ASC")} old`,
        match,
        match,
      ),
      signal,
    );
    const { n, span, reach, total } = row!;
    return { n: n === 0 ? 0 : n * reach / span, total };
  }

  /** By title. */
  async function firstTitles({ rows }: Source, limit: number, signal?: AbortSignal) {
    const text = `SELECT json_group_array(seq) seqs FROM
      (${rows.text} ORDER BY title_key, seq LIMIT ${limit})`;
    const [row] = await ask<{ seqs: string }>({ text, values: rows.values }, signal);
    return JSON.parse(row!.seqs) as number[];
  }

  /** The newest that fit. */
  async function newestOf(plan: Plan, limit: number, signal?: AbortSignal): Promise<number[]> {
    const those = candidates(plan, await smallSource(plan, signal));
    const text = `SELECT json_group_array(seq) seqs FROM (${those.text} LIMIT ${limit})`;
    const [row] = await ask<{ seqs: string }>({ text, values: those.values }, signal);
    return JSON.parse(row!.seqs) as number[];
  }

  return {
    /** All that fit, sorted, where they are few; of more, by relevance or "-added", the newest. */
    async few(
      plan: Plan,
      sort: Sort,
      { user, signal }: { user: string; signal?: AbortSignal | undefined },
    ): Promise<Few> {
      const most = plan.rest ? FEW_CHECKED : FEW;
      if (plan.titles && sort.by === "relevance") {
        const seqs = await firstTitles(plan.titles, most + 1, signal);
        return { more: seqs.length > most ? most : undefined, seqs: seqs.slice(0, most) };
      }
      if (sort.by === "relevance" || sort.by === "added" && sort.descending) {
        const seqs = await newestOf(plan, most + 1, signal);
        const more = seqs.length > most ? most : undefined;
        return { more, seqs: seqs.slice(0, most) };
      }
      const those = candidates(plan, await smallSource(plan, signal));
      const sorted = inOrderOf(sort, user, most);
      const text = `WITH c AS MATERIALIZED (${those.text} LIMIT ${most + 1})
        SELECT (SELECT count(*) FROM c) n,
          (SELECT json_group_array(seq) FROM (${sorted.text})) seqs`;
      const values = [...those.values, ...sorted.values];
      const [row] = await ask<{ n: number; seqs: string }>({ text, values }, signal);
      return { more: row!.n > most ? most : undefined, seqs: JSON.parse(row!.seqs) as number[] };
    },

    /** These, the best match first; where more fit, those with the words in the title. */
    async ranked({ seqs, more }: Few, plan: Plan, signal?: AbortSignal): Promise<number[]> {
      if (more === undefined) return await rank(seqs, plan, signal);
      return [...new Set([...await best(plan, signal), ...seqs])].slice(0, seqs.length);
    },

    /** The newest that fit, at most FACETED. */
    async newest(plan: Plan, signal?: AbortSignal): Promise<Few> {
      const seqs = await newestOf(plan, FACETED + 1, signal);
      return seqs.length > FACETED ? { more: FACETED, seqs: seqs.slice(0, FACETED) } : { seqs };
    },

    /** The next `limit` of a long list after `after`, by the index of its order. */
    async walk(
      plan: Plan,
      sort: Exclude<Sort, { by: "relevance" }>,
      { after, limit, user, signal }: {
        after: Found | undefined;
        limit: number;
        user: string;
        signal?: AbortSignal | undefined;
      },
    ): Promise<Found[]> {
      if (sort.by === "added" && plan.match !== undefined) {
        return await ask<Found>(
          byNumber(plan, { after, limit, descending: sort.descending }),
          signal,
        );
      }
      const checks = await checksOf(plan, limit, signal);
      if (sort.by === "rating") {
        return await ask<Found>(rated(checks, { after, limit, user, ...sort }), signal);
      }
      const rows: Found[] = [];
      for (const round of rounds(sort, after)) {
        const left = limit - rows.length;
        rows.push(...await ask<Found>(inOrder(checks, { ...round, limit: left }), signal));
        if (rows.length >= limit) break;
      }
      return rows;
    },
  };
}

/** What fits, the newest first. */
function candidates({ match, rest }: Plan, source: Sql | undefined): Sql {
  const among = source
    ? [sql(`+${match ? "item_search.rowid" : "f.seq"} IN (${source.text})`, ...source.values)]
    : [];
  if (match === undefined) {
    // What is few needs no way around the index.
    const few = among.map(({ text, values }) => ({ text: text.slice(1), values }));
    const where = allOf([...few, ...rest ? [rest] : [], sql(inTime("f.seq"))]);
    return {
      text: `SELECT f.seq FROM item_facts f WHERE ${where.text} ORDER BY f.seq DESC`,
      values: where.values,
    };
  }
  const where = allOf([
    sql("item_search MATCH ?", match),
    ...among,
    ...rest ? [rest] : [],
    sql(inTime("item_search.rowid")),
  ]);
  const join = rest ? "CROSS JOIN item_facts f ON f.seq = item_search.rowid" : "";
  return {
    text: `SELECT item_search.rowid seq FROM item_search ${join}
      WHERE ${where.text} ORDER BY item_search.rowid DESC`,
    values: where.values,
  };
}

/** The candidates `c` sorted; none of too many, for those are walked. */
function inOrderOf(sort: Exclude<Sort, { by: "relevance" }>, user: string, most: number): Sql {
  const order = orderOf(sort, user);
  const isByNumber = sort.by === "rating" || sort.by === "random";
  const rows = isByNumber ? "c f" : "c CROSS JOIN item_facts f ON f.seq = c.seq";
  return {
    text: `SELECT f.seq FROM ${rows}
      WHERE (SELECT count(*) FROM c) <= ${most} ORDER BY ${order.text}`,
    values: order.values,
  };
}

function orderOf(sort: Exclude<Sort, { by: "relevance" }>, user: string): Sql {
  if (sort.by === "random") return sql(`(${SHUFFLED}) < ?, (${SHUFFLED}), f.seq`, sort.seed);
  const way = sort.descending ? "DESC" : "ASC";
  if (sort.by === "rating") {
    const halves = "(SELECT halves FROM search_ratings r WHERE r.seq = f.seq AND r.user = ?)";
    return sql(`${halves} ${way} NULLS LAST, f.seq ${way}`, user);
  }
  const { key, hasUnknown }: Order = orders[sort.by];
  const known = hasUnknown ? `${key} = 0, ` : "";
  return sql(`${known}${key} ${way}, f.seq ${way}`);
}
