/**
 * What an edge keeps, in PostgreSQL. A connection that is lost is made again; what surely has not
 * been done is done again; whatever else fails says what to do, and never a password.
 *
 * @module
 */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "../base/errors.ts";
import { canRetry, explain, isConflict, isLost } from "./postgres/failures.ts";
import { migratePostgres } from "./postgres/migrate.ts";
import { type Client, openPool } from "./postgres/pool.ts";
import { numbered } from "./postgres/sql.ts";
import { inTransaction, type Send, type SendInside } from "./postgres/transaction.ts";
import { keepable, type State, type Statements, type StateValue } from "./state.ts";

export interface PostgresOptions {
  /** Connections at most; 8 unless said. */
  max?: number;
  /** Milliseconds that one statement may take; 20,000 unless said. */
  timeoutMs?: number;
  /** Milliseconds for which a server that is away is tried again; 5,000 unless said. */
  patienceMs?: number;
  /** The same, when it is opened: machines start in any order; 30,000 unless said. */
  startMs?: number;
}

/** Statements and transactions that may be on their way or waiting at once. */
const MAX_WAITING = 10_000;
/** How often a transaction that was in another's way is tried. */
const MAX_ATTEMPTS = 30;

/**
 * Connects to `url` (postgres://user:password@host:port/database) and brings it to the newest version.
 *
 * @throws {UnavailableError} it cannot be reached, or does not let us in
 * @throws {FatalError} it is a newer program's
 */
export async function openPostgresState(
  url: string,
  steps: string[],
  { max = 8, timeoutMs = 20_000, patienceMs = 5000, startMs = 30_000 }: PostgresOptions = {},
): Promise<State> {
  const { default: postgres } = await import("postgres");
  const pool = openPool(postgres, url, { max, timeoutMs });
  let waiting = 0;
  let closed = false;

  /** A server that does not answer at all is not asked again by the same connections. */
  const send: Send = async (client, text, values = []) => {
    keepable(values);
    const work = client.sql.unsafe(numbered(text), values, { prepare: values.length > 0 })
      .execute();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      client.drop();
      late.reject(new UnavailableError(`no answer in ${timeoutMs} ms`));
    }, timeoutMs);
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      clearTimeout(timer);
      work.catch(() => {});
    }
  };

  /** Tries again while the server is away, if `mayRepeat` allows it, and explains what is left. */
  const patiently = async <T>(
    work: () => Promise<T>,
    mayRepeat: (error: unknown) => boolean,
    ms = patienceMs,
  ): Promise<T> => {
    if (waiting >= MAX_WAITING) {
      throw new UnavailableError(`Cannot use PostgreSQL at ${pool.place}: too much is waiting`);
    }
    waiting++;
    const until = Date.now() + ms;
    try {
      for (let attempt = 1;; attempt++) {
        try {
          return await work();
        } catch (error) {
          const again = !closed &&
            (isConflict(error) ? attempt < MAX_ATTEMPTS : Date.now() < until && mayRepeat(error));
          if (!again) throw explain(error, pool.place);
          // Jitter, so that those who were in each other's way do not meet again.
          await sleep(randomInt(1, Math.min(5 * 2 ** attempt, 250)));
        }
      }
    } finally {
      waiting--;
    }
  };

  const ask = (text: string, values: StateValue[]) => {
    const isRead = /^\s*SELECT\b/i.test(text);
    return patiently(
      () => send(pool, text, values),
      (error) => canRetry(error) || (isRead && isLost(error)),
    );
  };

  const withClient = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = await pool.take();
    try {
      return await work(client);
    } finally {
      pool.give(client);
    }
  };

  const state: State = {
    kind: "postgresql",
    ...statements(ask),
    transaction: (work) =>
      patiently(
        () => withClient((it) => inTransaction(it, send, (inside) => work(statements(inside)))),
        canRetry,
      ),
    async [Symbol.asyncDispose]() {
      closed = true;
      await pool.close();
    },
  };
  try {
    await patiently(() => withClient((it) => migratePostgres(it, steps)), isLost, startMs);
  } catch (error) {
    await state[Symbol.asyncDispose]();
    throw error;
  }
  return state;
}

function statements(ask: SendInside): Statements {
  return {
    // Through text: given to a parameter of type json, a text would be made JSON once more.
    each: "(SELECT value FROM json_array_elements_text(CAST(CAST(? AS text) AS json)))",
    all: async <T>(sql: string, ...values: StateValue[]) => [
      ...(await ask(sql, values)) as unknown as T[],
    ],
    get: async <T>(sql: string, ...values: StateValue[]) =>
      (await ask(sql, values))[0] as T | undefined,
    run: async (sql, ...values) => (await ask(sql, values)).count,
  };
}
