/**
 * The different values of a column that very many rows share: `SELECT DISTINCT` would look at each.
 *
 * @module
 */
import type { Database } from "./database.ts";

/** More are left out: then the column is not one of few values. */
const MOST = 1000;

export interface DistinctOptions {
  table: string;
  /** Of text. */
  column: string;
  /** Of these rows alone; such as a partial index has. */
  where?: string;
}

/** In order, without NULL: each is found by one step, where an index begins with `column`. */
export function distinct(
  db: Pick<Database, "all">,
  { table, column, where = "true" }: DistinctOptions,
): string[] {
  return db.all<{ value: string }>(
    `WITH RECURSIVE d (value) AS (
       SELECT min(${column}) FROM ${table} WHERE ${where} AND ${column} IS NOT NULL
       UNION ALL SELECT (SELECT min(${column}) FROM ${table} WHERE ${where} AND ${column} > d.value)
         FROM d WHERE d.value IS NOT NULL LIMIT ${MOST})
     SELECT value FROM d WHERE value IS NOT NULL`,
  ).map(({ value }) => value);
}
