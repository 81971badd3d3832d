/**
 * The next of a long list, by the index of its order: three kinds of order, three statements.
 *
 * @module
 */
import { inTime } from "../../../../db/mod.ts";
import type { Plan } from "../../query/plan.ts";
import { allOf, type Sql, sql } from "../../query/store.ts";
import { type Order, orders, SHUFFLED, type Sort } from "../orders.ts";

export interface Found {
  seq: number;
  /** What the order compares. */
  key: string | number;
}

export interface Walk {
  after: Found | undefined;
  limit: number;
  descending: boolean;
}

/** By when they came. */
export function byNumber(plan: Plan, { after, limit, descending }: Walk): Sql {
  const join = plan.rest ? "CROSS JOIN item_facts f ON f.seq = item_search.rowid" : "";
  const where = allOf([
    sql("item_search MATCH ?", plan.match!),
    ...after ? [sql(`item_search.rowid ${descending ? "<" : ">"} ?`, after.seq)] : [],
    ...plan.rest ? [plan.rest] : [],
    sql(inTime("item_search.rowid")),
  ]);
  return {
    text: `SELECT item_search.rowid seq, item_search.rowid key FROM item_search ${join}
      WHERE ${where.text} ORDER BY item_search.rowid ${descending ? "DESC" : "ASC"} LIMIT ${limit}`,
    values: where.values,
  };
}

interface Round {
  /** What is compared. */
  key: string;
  /** A range of the index of the key. */
  range: Sql[];
  descending: boolean;
}

/** One after the other these give all that follows a place, each along the index of the order. */
export function rounds(
  sort: Exclude<Sort, { by: "relevance" | "rating" }>,
  after: Found | undefined,
): Round[] {
  if (sort.by === "random") {
    // From the seed up to the end, then from the beginning up to the seed.
    const key = `(${SHUFFLED})`;
    const begin = after ?? { key: sort.seed, seq: 0 };
    const upToSeed = [sql(`${key} < ?`, sort.seed)];
    const isLast = Number(begin.key) < sort.seed;
    const range = [...beyond(key, ">", begin), ...isLast ? upToSeed : []];
    const round = { key, range, descending: false };
    return isLast ? [round] : [round, { ...round, range: upToSeed }];
  }
  const { descending } = sort;
  const { key, hasUnknown }: Order = orders[sort.by];
  const sign = descending ? "<" : ">";
  if (!hasUnknown || descending) {
    return [{ key, range: after ? beyond(key, sign, after) : [], descending }];
  }
  const unknown = { key, range: [sql(`${key} = 0`)], descending };
  if (after?.key === 0) {
    return [{ ...unknown, range: [...unknown.range, sql("f.seq > ?", after.seq)] }];
  }
  return [{ ...unknown, range: after ? beyond(key, sign, after) : [sql(`${key} > 0`)] }, unknown];
}

function beyond(key: string, sign: "<" | ">", after: Found): Sql[] {
  // The first says it all for a column, but of an expression SQLite finds the place by the second only.
  return [
    sql(`(${key}, f.seq) ${sign} (?, ?)`, after.key, after.seq),
    sql(`${key} ${sign}= ?`, after.key),
  ];
}

/** A round of an order. */
export function inOrder(
  checks: Sql[],
  { key, range, limit, descending }: Round & { limit: number },
): Sql {
  const way = descending ? "DESC" : "ASC";
  const where = allOf([...range, ...checks, sql(inTime("f.seq"))]);
  return {
    text: `SELECT f.seq, ${key} key FROM item_facts f WHERE ${where.text}
      ORDER BY ${key} ${way}, f.seq ${way} LIMIT ${limit}`,
    values: where.values,
  };
}

/** Only those that the user has rated: of a long list nobody wants to see the others. */
export function rated(
  checks: Sql[],
  { after, limit, descending, user }: Walk & { user: string },
): Sql {
  const way = descending ? "DESC" : "ASC";
  const place = after
    ? [sql(`(r.halves, r.seq) ${descending ? "<" : ">"} (?, ?)`, after.key, after.seq)]
    : [];
  const where = allOf([sql("r.user = ?", user), ...place, ...checks, sql(inTime("f.seq"))]);
  return {
    text: `SELECT f.seq, r.halves key FROM search_ratings r CROSS JOIN item_facts f ON f.seq = r.seq
      WHERE ${where.text} ORDER BY r.halves ${way}, r.seq ${way} LIMIT ${limit}`,
    values: where.values,
  };
}
