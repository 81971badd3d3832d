/**
 * Heavy reading away from the main thread. `openReaders(db)` gives
 *
 *     await readers.query<Row>(sql, values, { signal, limitMs })
 *
 * which runs one SELECT on a read-only connection in a Web Worker, and resolves to its rows. It sees
 * what was committed before it began. At most `workers` questions are answered at once, some more
 * wait, and the rest are refused. A worker that dies is replaced. A database in memory has one
 * connection only: there the question is answered at once on the main thread.
 *
 * SQLite cannot be interrupted from another thread here, so a statement that may run for long has
 * `inTime("rowid")` in its WHERE: past its limit, or once its signal aborts, that makes it fail. One
 * without it is waited for no longer than GRACE_MS more; its worker is ended when SQLite is done, and
 * so long at most MAX_LOST others stand in for such.
 *
 * @module
 */
import { InvalidError, UnavailableError } from "../base/errors.ts";
import { type Database, explainFailure, type Row } from "./database.ts";
import type { Answer, Question } from "./readers_worker.ts";

export type ReaderValue = null | number | bigint | string | Uint8Array;

export interface QueryOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds that the statement may take; 10,000 unless said. */
  limitMs?: number | undefined;
}

export interface Readers extends Disposable {
  /**
   * The rows of one SELECT.
   *
   * @throws {UnavailableError} it took too long, too many wait already, or the reader is closed
   */
  query<T = Row>(sql: string, values?: readonly ReaderValue[], options?: QueryOptions): Promise<
    T[]
  >;
}

/** In a WHERE, for a table with the integer key `column`: asks every 128th row for the time. */
export function inTime(column: string): string {
  return `(${column} & 127 OR abs(in_time()))`;
}

export interface ReadersOptions {
  /** Questions that are answered at once; 2 unless said. Each takes some 20 MB while it lives. */
  workers?: number;
}

/** Past this many, a question is refused rather than answered minutes later. */
const MAX_WAITING = 64;
/** So long after its limit a statement is waited for. */
const GRACE_MS = 500;
/** Statements that nobody waits for any more, but that still run, beside those that count. */
const MAX_LOST = 2;
/** So long a worker may take to begin, on a machine that has much else to do. */
const BEGIN_MS = 30_000;
/** A worker that nobody asks anything gives its memory back. */
const IDLE_MS = 60_000;

/** Beside this file; the executable holds both as scripts. */
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./readers_worker.ts" : "./readers_worker.js",
  import.meta.url,
);

interface Asked {
  question: Question;
  signal: AbortSignal;
  resolve(rows: unknown[]): void;
  reject(error: unknown): void;
}

/** Opens readers beside `db`; dispose them to end the workers, which are made when first asked. */
export function openReaders(db: Database, { workers = 2 }: ReadersOptions = {}): Readers {
  if (db.path === ":memory:" || db.path === "") return onMainThread(db);
  const closed = new AbortController();
  const waiting: Asked[] = [];
  const all = new Set<Worker>();
  const idle = new Map<Worker, ReturnType<typeof setTimeout>>();
  let busy = 0;
  let lost = 0;

  const end = (worker: Worker) => {
    clearTimeout(idle.get(worker));
    idle.delete(worker);
    all.delete(worker);
    worker.terminate();
  };
  const rest = (worker: Worker) => {
    if (closed.signal.aborted) return end(worker);
    const timer = setTimeout(() => end(worker), IDLE_MS);
    timer.unref();
    idle.set(worker, timer);
  };
  const take = (): Worker => {
    const [worker] = [...idle.keys()].slice(-1);
    if (!worker) {
      const opened = new Worker(workerUrl, { type: "module" });
      all.add(opened);
      return opened;
    }
    clearTimeout(idle.get(worker));
    idle.delete(worker);
    return worker;
  };
  const next = () => {
    while (busy < workers + Math.min(lost, MAX_LOST)) {
      const asked = waiting.shift();
      if (!asked) return;
      if (!asked.signal.aborted) void work(asked);
    }
  };
  const work = async (asked: Asked) => {
    busy++;
    const isNew = idle.size === 0;
    const worker = take();
    let isLost = false;
    const onLost = () => {
      isLost = true;
      lost++;
      next();
    };
    const isWell = await converse(worker, asked, { path: db.path, isNew, onLost });
    if (isLost) lost--;
    busy--;
    if (isWell && !isLost) rest(worker);
    else end(worker);
    next();
  };

  return {
    query<T>(
      sql: string,
      values: readonly ReaderValue[] = [],
      { signal, limitMs = 10_000 }: QueryOptions = {},
    ): Promise<T[]> {
      const either = signal ? AbortSignal.any([signal, closed.signal]) : closed.signal;
      if (either.aborted) return Promise.reject(either.reason);
      if (waiting.length >= MAX_WAITING) {
        const message = `Cannot answer: ${MAX_WAITING} questions wait already; ask again later`;
        return Promise.reject(new UnavailableError(message));
      }
      const { promise, resolve, reject } = Promise.withResolvers<T[]>();
      const leave = () => reject(either.reason);
      either.addEventListener("abort", leave, { once: true });
      const cells = new Int32Array(new SharedArrayBuffer(4));
      waiting.push({
        question: { path: db.path, sql, values, limitMs, cells },
        signal: either,
        resolve: (rows) => resolve(rows as T[]),
        reject,
      });
      next();
      return promise.finally(() => either.removeEventListener("abort", leave));
    },

    [Symbol.dispose]: () => {
      closed.abort(new UnavailableError("Cannot answer: the library is closed"));
      for (const worker of all) end(worker);
    },
  };
}

/** Asks one question, and resolves when the worker is done with it: to whether it is well. */
function converse(
  worker: Worker,
  { question, signal, resolve, reject }: Asked,
  { path, isNew, onLost }: { path: string; isNew: boolean; onLost(): void },
): Promise<boolean> {
  const done = Promise.withResolvers<boolean>();
  let grace: ReturnType<typeof setTimeout> | undefined;
  let timer: ReturnType<typeof setTimeout>;
  const giveUp = () => {
    reject(tooLong(question.limitMs));
    onLost();
  };
  const interrupt = () => {
    Atomics.store(question.cells, 0, 1);
    grace ??= setTimeout(giveUp, GRACE_MS);
  };
  // What is asked of a new worker waits there until that has begun.
  const begin = () => timer = setTimeout(interrupt, question.limitMs);
  if (isNew) timer = setTimeout(interrupt, BEGIN_MS);
  else begin();
  signal.addEventListener("abort", interrupt, { once: true });
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new UnavailableError(`Cannot answer: the reader failed: ${event.message}`));
    done.resolve(false);
  };
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    if ("isReady" in data) {
      clearTimeout(timer);
      return void begin();
    }
    if ("rows" in data) resolve(data.rows);
    else if (Atomics.load(question.cells, 0) === 1) reject(tooLong(question.limitMs));
    else reject(explainFailure(path, Object.assign(new Error(data.message), data)));
    done.resolve(true);
  };
  worker.postMessage(question);
  return done.promise.finally(() => {
    clearTimeout(timer);
    clearTimeout(grace);
    signal.removeEventListener("abort", interrupt);
  });
}

function tooLong(limitMs: number): UnavailableError {
  const seconds = Math.round(limitMs / 100) / 10;
  return new UnavailableError(
    `Cannot answer: it took longer than ${seconds} s; ask for less, or again when less goes on`,
    { limitMs },
  );
}

function onMainThread(db: Database): Readers {
  const closed = new AbortController();
  return {
    // Asynchronous, so that what it throws is a rejection here too.
    // deno-lint-ignore require-await
    query: async <T>(sql: string, values: readonly ReaderValue[] = [], options?: QueryOptions) => {
      options?.signal?.throwIfAborted();
      closed.signal.throwIfAborted();
      if (!/^\s*(select|with|explain|values)\b/i.test(sql)) {
        throw new InvalidError("Cannot read: the statement is no question");
      }
      return db.all<T>(sql, ...values);
    },
    [Symbol.dispose]: () => closed.abort(new UnavailableError("Cannot answer: it is closed")),
  };
}
