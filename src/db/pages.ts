/**
 * A second, read-only connection to a SQLite file, for another thread: it reads in short pages, so
 * that no long look at the past keeps the journal from being written back.
 *
 * @module
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

export interface Pages extends Disposable {
  /** Rows as arrays, in the order of the columns: half the price of objects. */
  rows<T extends unknown[]>(sql: string, ...values: SQLInputValue[]): T[];
}

/** Deno 2.9 has it, its types do not. */
type WithArrays = StatementSync & { setReturnArrays(enabled: boolean): void };

/** @param path A file that openDatabase() has brought to its newest version. */
export function openPages(path: string): Pages {
  const db = new DatabaseSync(path, { readOnly: true });
  db.exec("PRAGMA busy_timeout = 5000; PRAGMA cache_size = -2000; PRAGMA query_only = ON");
  const statements = new Map<string, StatementSync>();
  return {
    rows<T extends unknown[]>(sql: string, ...values: SQLInputValue[]) {
      let statement = statements.get(sql);
      if (!statement) {
        statement = db.prepare(sql);
        (statement as WithArrays).setReturnArrays(true);
        statements.set(sql, statement);
      }
      return statement.all(...values) as unknown as T[];
    },
    [Symbol.dispose]: () => db.close(),
  };
}
