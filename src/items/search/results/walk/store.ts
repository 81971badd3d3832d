/**
 * The next of a long list, by the index of its order: three kinds of order, three statements.
 *
 * @module
 */
import { inTime, type ReaderValue } from "../../../../db/mod.ts";
import type { Plan } from "../../query/plan.ts";
import { allOf, type Sql, sql } from "../../query/store.ts";

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

/** In the order of `key`, by its index. */
export function inOrder(
  checks: Sql[],
  { key, after, limit, descending }: Walk & { key: string },
): Sql {
  const way = descending ? "DESC" : "ASC";
  const values: ReaderValue[] = after ? [after.key, after.seq] : [];
  // The first says it all for a column, but of an expression SQLite finds the place by the second only.
  const sign = descending ? "<" : ">";
  const place = after
    ? [
      sql(`(${key}, f.seq) ${sign} (?, ?)`, ...values),
      sql(`${key} ${sign}= ?`, after.key),
    ]
    : [];
  const where = allOf([...place, ...checks, sql(inTime("f.seq"))]);
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
