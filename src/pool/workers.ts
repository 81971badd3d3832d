/**
 * Web Workers, at most one per place, that answer one job at a time. A worker that crashes or falls
 * silent is replaced, and its job tried once more.
 *
 * A job takes **its worker first, then its lanes**. The other way round, a job that holds a lane
 * could wait for a worker while every worker waits for that lane. Whoever holds a lane already and
 * needs a worker says `holdsLanes`: there is one place more for those, and no job that goes there
 * waits for a lane, so each comes to its end.
 *
 * @module
 */
import { InvalidError, UnavailableError } from "../base/errors.ts";
import { yieldToOthers } from "../base/event_loop.ts";
import { converse, JobError, LostError } from "./converse.ts";
import type { Lease } from "./lanes.ts";
import type { Priority } from "./priority.ts";
import { Semaphore } from "./semaphore.ts";

export interface JobOptions<Job = unknown> {
  signal?: AbortSignal | undefined;
  /** Who goes first when a worker comes free; "housekeeping" unless said. */
  priority?: Priority | undefined;
  /** What the job is called when it fails. */
  name?: string | undefined;
  /** Milliseconds without a word from the worker after which it is ended; 30,000 unless said. */
  silentMs?: number | undefined;
  /** Workers that the job may lose before it fails: 2 unless the pool says otherwise. */
  attempts?: number | undefined;
  /** The buffers of a job that move to the worker instead of being copied. */
  transfer?: ((job: Job) => Transferable[]) | undefined;
  /**
   * Takes the lanes that the job reads through, once it has its worker; between two pieces of its
   * work it steps aside there.
   */
  lease?: (() => Promise<Lease>) | undefined;
  /** The caller holds lanes. Then `lease` must not wait. */
  holdsLanes?: boolean | undefined;
  /**
   * While it gives a promise the job stands still: its lanes and its place are others', its worker
   * keeps what it has read so far.
   */
  gate?: (() => Promise<void> | undefined) | undefined;
}

export interface WorkerCounts {
  size: number;
  /** Places taken; one more than `size` while somebody who holds lanes needs a worker. */
  busy: number;
  waiting: number;
  /** Workers that exist now, resting ones included. */
  open: number;
  /** Since the pool was opened: workers lost to a crash, silence or abort; jobs begun anew. */
  replaced: number;
  retried: number;
}

/** Workers beyond the size, for jobs that stand aside: each takes memory, if no processor. */
const MOST_ASIDE = 32;

/** The job ended its worker each time: it is the job's fault. */
export class CrashedError extends InvalidError {}

export class WorkerPool<Job, Result> implements Disposable {
  readonly #open: () => Worker;
  readonly #places: Semaphore;
  readonly #forHolders = new Semaphore(1);
  readonly #attempts: number;
  readonly #all = new Set<Worker>();
  readonly #idle: Worker[] = [];
  readonly #closed = new AbortController();
  #lastOpened: Promise<unknown> = Promise.resolve();
  #size: number;
  #aside = 0;
  #replaced = 0;
  #retried = 0;

  /** @param open Makes one worker; the call stands where `deno compile` can see its URL. */
  constructor(open: () => Worker, size: number, { attempts = 2 }: { attempts?: number } = {}) {
    this.#open = open;
    this.#places = new Semaphore(size);
    this.#size = size;
    this.#attempts = attempts;
  }

  get size(): number {
    return this.#size;
  }

  /** More jobs at once, or fewer: those that run come to their end. */
  resize(size: number): void {
    this.#size = size;
    this.#places.setLimit(size + this.#aside);
    this.#trim();
  }

  /** So many jobs wait for a film on their drives: others have their places meanwhile. */
  standAside(jobs: number): void {
    this.#aside = Math.min(jobs, MOST_ASIDE);
    this.resize(this.#size);
  }

  counts(): WorkerCounts {
    return {
      size: this.size,
      busy: this.#places.held + this.#forHolders.held,
      waiting: this.#places.waiting + this.#forHolders.waiting,
      open: this.#all.size,
      replaced: this.#replaced,
      retried: this.#retried,
    };
  }

  /**
   * Runs one job on a free worker. A function makes the job anew for each attempt, and not before
   * there is a worker; a job whose buffers have moved can only be tried again that way.
   *
   * @throws what the job threw, or the signal's reason
   * @throws {CrashedError} it crashed every worker it was given
   * @throws {UnavailableError} its worker fell silent each time, or the pool is closed
   */
  async run(job: Job | (() => Job), options: JobOptions<Job> = {}): Promise<Result> {
    const { name = "the job", attempts = this.#attempts } = options;
    const closed = this.#closed.signal;
    const signal = options.signal ? AbortSignal.any([options.signal, closed]) : closed;
    using stay = new Stay(() => this.#place(options, signal), options);
    await stay.begin();
    for (let attempt = 1;; attempt++) {
      const made = isMaker(job) ? job() : job;
      const transfer = options.transfer?.(made) ?? [];
      try {
        return await this.#attempt(made, transfer, stay, { ...options, signal });
      } catch (error) {
        if (!(error instanceof LostError)) throw error;
        const again = transfer.length === 0 || isMaker(job);
        if (attempt >= attempts || !again) throw failureOf(name, attempt, error);
        this.#retried++;
        await stay.turned();
      }
    }
  }

  async #attempt(
    job: Job,
    transfer: Transferable[],
    stay: Stay<Job>,
    { signal, silentMs = 30_000 }: JobOptions<Job> & { signal: AbortSignal },
  ): Promise<Result> {
    if (this.#idle.length === 0) await this.#spacing();
    signal.throwIfAborted();
    const worker = this.#idle.pop() ?? this.#opened();
    let alive = true;
    try {
      const turn = () => stay.turn();
      return await converse<Job, Result>(worker, { job, transfer, signal, silentMs, turn });
    } catch (error) {
      alive = error instanceof JobError;
      throw error instanceof JobError ? error.cause : error;
    } finally {
      if (alive) this.#rest(worker);
      else {
        this.#replaced++;
        this.#end(worker);
      }
    }
  }

  /** A place among the workers, or the place beyond them for those who hold lanes. */
  #place({ holdsLanes, priority }: JobOptions<Job>, signal: AbortSignal): Promise<Disposable> {
    const isFree = this.#places.held < this.#places.limit;
    const places = holdsLanes && !isFree ? this.#forHolders : this.#places;
    return places.acquire({ signal, priority });
  }

  #opened(): Worker {
    const worker = this.#open();
    this.#all.add(worker);
    return worker;
  }

  /** To open a worker takes this thread some 20 ms: in between, others have their turn. */
  #spacing(): Promise<unknown> {
    return this.#lastOpened = this.#lastOpened.then(yieldToOthers);
  }

  /** An error that comes after the job's answer must not end the program. */
  #rest(worker: Worker): void {
    if (!this.#all.has(worker)) return; // the pool was closed meanwhile
    this.#idle.push(worker);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#idle.splice(this.#idle.indexOf(worker), 1);
      this.#replaced++;
      this.#end(worker);
    };
    this.#trim();
  }

  /** Ends resting workers that no place is left for. */
  #trim(): void {
    while (this.#all.size > this.#places.limit && this.#idle.length > 0) {
      this.#end(this.#idle.shift()!);
    }
  }

  #end(worker: Worker): void {
    this.#all.delete(worker);
    worker.terminate();
  }

  /** Ends every worker now: jobs that run fail, as do those that come. */
  [Symbol.dispose](): void {
    this.#closed.abort(new UnavailableError("Cannot run the job: the workers are closed"));
    this.#idle.length = 0;
    for (const worker of this.#all) this.#end(worker);
  }
}

/** One job's place and lanes, however often it gives them back and takes them again. */
class Stay<Job> implements Disposable {
  readonly #take: () => Promise<Disposable>;
  readonly #options: JobOptions<Job>;
  #place: Disposable | undefined;
  #lease: Lease | undefined;
  #turning: Promise<void> | undefined;
  #isOver = false;

  constructor(take: () => Promise<Disposable>, options: JobOptions<Job>) {
    this.#take = take;
    this.#options = options;
  }

  async begin(): Promise<void> {
    const { gate, lease } = this.#options;
    do {
      this.#giveBack();
      await gate?.();
      this.#place = await this.#take();
      if (!this.#isOver) this.#lease = await lease?.();
      if (this.#isOver) this.#giveBack(); // the worker was lost while this one waited
    } while (gate?.() && !this.#isOver);
  }

  /** A sign of life that comes while the job stands still asks for nothing more. */
  async turn(): Promise<void> {
    const turn = this.#options.gate?.() ? () => this.begin() : () => this.#lease?.yield();
    this.#turning ??= Promise.resolve(turn()).finally(() => this.#turning = undefined);
    await this.#turning;
  }

  /** Resolves when the last turn is over, of a worker that crashed while it waited for it too. */
  async turned(): Promise<void> {
    await this.#turning;
  }

  #giveBack(): void {
    this.#lease?.[Symbol.dispose]();
    this.#place?.[Symbol.dispose]();
    this.#lease = this.#place = undefined;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    const lease = this.#lease;
    this.#giveBack();
    // Stepping aside takes the lanes anew; nobody is there any more who would give them back.
    this.#turning?.then(() => lease?.[Symbol.dispose](), () => {});
  }
}

function isMaker<Job>(job: Job | (() => Job)): job is () => Job {
  return typeof job === "function";
}

function failureOf(name: string, attempts: number, { how, message, cause }: LostError) {
  const times = attempts === 1 ? "" : ` ${attempts} times`;
  const details = { job: name, attempts };
  if (how === "silent") {
    return new UnavailableError(`Cannot finish ${name}: ${message}${times}`, details);
  }
  const said = `Cannot finish ${name}: its worker crashed${times}: ${message}`;
  return new CrashedError(said, details, { cause });
}
