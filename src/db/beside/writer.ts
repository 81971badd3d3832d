/**
 * A statement that writes for long, in a thread of its own: `await writer.run(sql, values)`. One at a
 * time. Whoever else writes meanwhile waits for its end, so it is for hours when nobody does.
 *
 * @module
 */
import { UnavailableError } from "../../base/errors.ts";
import type { Database } from "../database.ts";

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
/** A worker with nothing to do gives its memory back. */
const IDLE_MS = 10_000;

const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./writer_worker.ts" : "./writer_worker.js",
  import.meta.url,
);

/** Opens a writer beside `db`; dispose it to end its worker, which is made when first needed. */
export function openWriter(db: Database): Writer {
  if (db.path === ":memory:" || db.path === "") return onMainThread(db);
  const closed = new AbortController();
  let worker: Worker | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const end = () => {
    clearTimeout(idle);
    worker?.terminate();
    worker = undefined;
  };

  const write = async (writing: Writing): Promise<number> => {
    const failed = (why: string) => new UnavailableError(`Cannot write beside: ${why}; try again`);
    if (closed.signal.aborted) throw failed("the library is closed");
    clearTimeout(idle);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const onClosed = () => reject(failed("the library is closed"));
    closed.signal.addEventListener("abort", onClosed, { once: true });
    const timer = setTimeout(() => {
      end(); // its transaction is rolled back
      reject(failed("it took longer than a minute"));
    }, LIMIT_MS);
    worker ??= new Worker(workerUrl, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Written>) =>
      data.error === undefined ? resolve(data.changes!) : reject(failed(data.error));
    worker.onerror = (event) => {
      event.preventDefault();
      end();
      reject(failed(event.message));
    };
    worker.postMessage(writing);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      closed.signal.removeEventListener("abort", onClosed);
      idle = setTimeout(end, IDLE_MS);
      idle.unref();
    }
  };

  return {
    run(sql, ...values) {
      const written = last.then(() => write({ path: db.path, sql, values }));
      last = written.catch(() => {});
      return written;
    },
    [Symbol.dispose]: () => {
      closed.abort();
      end();
    },
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
