/**
 * What an edge keeps, in SQLite or in PostgreSQL: one set of statements for both. So they are
 * written in what both understand: `?` for values, text, whole numbers and real ones (no booleans,
 * no dates: ISO 8601 as text), JSON as text, `ON CONFLICT`, `RETURNING`, `IS DISTINCT FROM`; ids are
 * made by us. A name with capitals is quoted (`AS "peerId"`), or PostgreSQL folds it; a value alone
 * in a list of columns has no type there: `CAST(? AS BIGINT)`. No text has a NUL character. In
 * migrations `TEXT`, `INTEGER`, `REAL` and `BLOB` stand for a column's type, and nowhere else.
 *
 * @module
 */
import { InvalidError } from "../base/errors.ts";
import type { Database } from "./database.ts";

export type StateValue = string | number | null | Uint8Array;

/** Statements; each is whole by itself. */
export interface Statements {
  all<T = Record<string, StateValue>>(sql: string, ...values: StateValue[]): Promise<T[]>;
  get<T = Record<string, StateValue>>(
    sql: string,
    ...values: StateValue[]
  ): Promise<T | undefined>;
  /** Runs one statement and returns how many rows it changed. */
  run(sql: string, ...values: StateValue[]): Promise<number>;
  /** For `IN ${db.each}`: the texts in the JSON list that stands for its one `?`. */
  readonly each: string;
}

export interface State extends Statements, AsyncDisposable {
  readonly kind: "sqlite" | "postgresql";
  /**
   * All or nothing. What is done by `tx` belongs to it; what others do meanwhile does not. Where two
   * transactions are in each other's way, `work` is called again: it does nothing else, it awaits
   * nothing but `tx`, and a statement that fails is the end of it.
   *
   * @throws {UnavailableError} the database cannot be reached
   */
  transaction<T>(work: (tx: Statements) => Promise<T>): Promise<T>;
}

/** Resolves when the database answers. @throws {UnavailableError} it cannot be reached */
export async function pingState(state: State): Promise<void> {
  await state.get("SELECT 1 AS one");
}

/**
 * The values, if an engine can keep them: PostgreSQL has no text with a NUL character, and what one
 * engine refuses the other must not half do.
 *
 * @throws {InvalidError} there is such a text
 */
export function keepable(values: StateValue[]): StateValue[] {
  if (!values.some((it) => typeof it === "string" && it.includes("\0"))) return values;
  throw new InvalidError("Cannot keep a text with a NUL character in it: leave that out");
}

/** One connection, so a transaction has it for itself: who comes meanwhile waits. */
export function openSqliteState(db: Database): State {
  let busy: Promise<unknown> | undefined;
  const each = "(SELECT value FROM json_each(?))";
  const now: Statements = {
    each,
    all: (sql, ...values) => attempt(() => db.all(sql, ...keepable(values))),
    get: (sql, ...values) => attempt(() => db.get(sql, ...keepable(values))),
    run: (sql, ...values) => attempt(() => db.run(sql, ...keepable(values))),
  };
  /** Nothing comes between the look and the work: both are in one turn. */
  const inTurn = async <T>(work: () => T): Promise<T> => {
    while (busy) await busy;
    return work();
  };
  return {
    kind: "sqlite",
    each,
    all: (sql, ...values) => inTurn(() => db.all(sql, ...keepable(values))),
    get: (sql, ...values) => inTurn(() => db.get(sql, ...keepable(values))),
    run: (sql, ...values) => inTurn(() => db.run(sql, ...keepable(values))),
    async transaction(work) {
      const { promise, resolve } = Promise.withResolvers<void>();
      await inTurn(() => void (busy = promise));
      try {
        db.run("BEGIN IMMEDIATE");
        try {
          const result = await work(now);
          db.run("COMMIT");
          return result;
        } catch (error) {
          // A full disk may have rolled it back already.
          await now.run("ROLLBACK").catch(() => {});
          throw error;
        }
      } finally {
        busy = undefined;
        resolve();
      }
    },
    // The file belongs to whoever opened it.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** What it throws comes as a rejection. */
// deno-lint-ignore require-await -- that is all it is for
async function attempt<T>(work: () => T): Promise<T> {
  return work();
}
