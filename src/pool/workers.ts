/**
 * A fixed set of Web Workers that answer one job at a time.
 *
 * @module
 */
import { UnavailableError } from "../base/errors.ts";
import type { Lease } from "./lanes.ts";
import { Semaphore } from "./semaphore.ts";

export interface JobOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds without a word from the worker after which it is ended; 30,000 unless said. */
  silentMs?: number | undefined;
  /**
   * Takes the lanes that the job reads through, once it has its worker; between two pieces of its
   * work it steps aside there. In this order, because whoever holds a lane must never wait for a
   * worker: a worker may be waiting for that very lane.
   */
  lease?: (() => Promise<Lease>) | undefined;
}

/** What a worker calls between two pieces of its work. */
export type Turn = () => Promise<void>;

export class WorkerPool<Job, Result> implements Disposable {
  readonly #open: () => Worker;
  readonly #free: Semaphore;
  readonly #idle: Worker[] = [];
  #closed = false;
  #lastOpened: Promise<unknown> = Promise.resolve();

  /** @param open Makes one worker; the call stands where `deno compile` can see its URL. */
  constructor(open: () => Worker, readonly size: number) {
    this.#open = open;
    this.#free = new Semaphore(size);
  }

  /** Runs one job on a free worker. An aborted, crashed or silent worker is replaced. */
  async run(job: Job, options: JobOptions = {}): Promise<Result> {
    using _permit = await this.#free.acquire({ signal: options.signal });
    this.#checkOpen();
    using lease = await options.lease?.();
    if (this.#idle.length === 0) await this.#spacing();
    options.signal?.throwIfAborted();
    this.#checkOpen();
    const worker = this.#idle.pop() ?? this.#open();
    let alive = true;
    try {
      return await converse<Job, Result>(worker, job, options, () => lease?.yield());
    } catch (error) {
      alive = error instanceof JobError;
      throw error instanceof JobError ? error.cause : error;
    } finally {
      if (alive && !this.#closed) this.#rest(worker);
      else worker.terminate();
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new UnavailableError("Cannot run the job: the workers are closed");
  }

  /** To open a worker takes this thread some 20 ms: in between, others have their turn. */
  #spacing(): Promise<unknown> {
    const pause = () => new Promise((resolve) => setTimeout(resolve));
    return this.#lastOpened = this.#lastOpened.then(pause);
  }

  /** An error that comes after the job's answer must not end the program. */
  #rest(worker: Worker): void {
    this.#idle.push(worker);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#idle.splice(this.#idle.indexOf(worker), 1);
      worker.terminate();
    };
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    for (const worker of this.#idle.splice(0)) worker.terminate();
  }
}

type ToWorker<Job> = { job: Job } | { go: true };
type FromWorker<Result> = { turn: true } | { result: Result } | { error: unknown };

/** The job itself failed and said so: the worker is well. */
class JobError extends Error {}

/** In the worker: answers every job with what `work` returns or throws. */
export function serveJobs<Job, Result>(
  work: (job: Job, turn: Turn) => Result | Promise<Result>,
): void {
  const scope = self as unknown as Worker;
  let go = () => {};
  const turn: Turn = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    go = resolve;
    scope.postMessage({ turn: true });
    return promise;
  };
  scope.onmessage = async ({ data }: MessageEvent<ToWorker<Job>>) => {
    if ("go" in data) return go();
    try {
      scope.postMessage({ result: await work(data.job, turn) });
    } catch (error) {
      scope.postMessage({ error });
    }
  };
}

async function converse<Job, Result>(
  worker: Worker,
  job: Job,
  { signal, silentMs = 30_000 }: JobOptions,
  turn: () => Promise<void> | undefined,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const silent = () => {
    reject(new UnavailableError(`Cannot finish the job: no word in ${silentMs} ms`));
  };
  let timer = setTimeout(silent, silentMs);
  let settled = false;
  const abort = () => reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  worker.onmessage = ({ data }: MessageEvent<FromWorker<Result>>) => {
    clearTimeout(timer);
    if ("error" in data) return reject(new JobError("job", { cause: data.error }));
    if ("result" in data) return resolve(data.result);
    Promise.resolve(turn()).then(() => {
      if (settled) return;
      timer = setTimeout(silent, silentMs);
      worker.postMessage({ go: true });
    }, reject);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    reject(event.error ?? new Error(event.message));
  };
  worker.postMessage({ job });
  try {
    return await promise;
  } finally {
    settled = true;
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    worker.onmessage = worker.onerror = null;
  }
}
