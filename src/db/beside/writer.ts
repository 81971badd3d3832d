/**
 * A statement that writes for long, in a thread of its own: `await writer.run(sql, values)`. One at a
 * time. Whoever else writes meanwhile waits for its end, so it is for hours when nobody does.
 *
 * @module
 */
import { reasonOf, UnavailableError } from "../../base/errors.ts";
import type { Database } from "../database.ts";
import { IdleWorker } from "./idle_worker.ts";

export interface Writing {
  path: string;
  sql: string;
  values: readonly (string | number)[];
}

/** What the worker answers: rows that were changed, those of a virtual table's own tables too. */
export interface Written {
  changes?: number;
  error?: string;
}

export interface Writer extends Disposable {
  /**
   * @returns how many rows it has changed, as `total_changes()` counts them
   * @throws {UnavailableError} it failed, took longer than a minute, or the writer is closed
   */
  run(sql: string, ...values: (string | number)[]): Promise<number>;
}

const LIMIT_MS = 60_000;

const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./writer_worker.ts" : "./writer_worker.js",
  import.meta.url,
);

/** Opens a writer beside `db`; dispose it to end its worker, which is made when first needed. */
export function openWriter(db: Database): Writer {
  if (db.path === ":memory:" || db.path === "") return onMainThread(db);
  const worker = new IdleWorker<Writing, Written>(workerUrl);
  let last: Promise<unknown> = Promise.resolve();

  const write = async (writing: Writing): Promise<number> => {
    const limit = new AbortController();
    // Its transaction is rolled back.
    const tooLong = () => limit.abort(new Error("it took longer than a minute"));
    const timer = setTimeout(tooLong, LIMIT_MS);
    try {
      const { changes } = await worker.ask(writing, limit.signal);
      return changes!;
    } catch (error) {
      const why = worker.isClosed ? "the library is closed" : reasonOf(error);
      throw new UnavailableError(`Cannot write beside: ${why}; try again`);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    run(sql, ...values) {
      const written = last.then(() => write({ path: db.path, sql, values }));
      last = written.catch(() => {});
      return written;
    },
    [Symbol.dispose]: () => worker[Symbol.dispose](),
  };
}

/** A database in memory has one connection only. */
function onMainThread(db: Database): Writer {
  const changes = () => db.get<{ n: number }>("SELECT total_changes() n")!.n;
  return {
    run(sql, ...values) {
      const before = changes();
      db.run(sql, ...values);
      return Promise.resolve(changes() - before);
    },
    [Symbol.dispose]: () => {},
  };
}
