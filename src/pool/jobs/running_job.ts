/**
 * A job that runs here and now: its gate, its signal, and what it is waiting for.
 *
 * @module
 */
import { borrowed } from "../borrowed.ts";
import type { Lease } from "../lanes.ts";
import { ended, type JobRow, type JobView, type StoredState } from "./job.ts";
import { etaOf, Rate } from "./rate.ts";

export interface RunningJobDeps {
  row: JobRow;
  /** The job that this one is a part of: it is paused and cancelled with that. */
  parent?: RunningJob | undefined;
  signal: AbortSignal;
  /** Something about it is new. `isState`: more than its progress. */
  changed(isState: boolean): void;
  /** Why the lanes of these drives are not to be had, in words. */
  explain(row: JobRow, driveIds: readonly string[]): string;
}

export class RunningJob {
  readonly row: JobRow;
  /** Aborts when a person cancels the job, or its work must end for another reason. */
  readonly signal: AbortSignal;
  readonly #cancelled = new AbortController();
  readonly #deps: RunningJobDeps;
  readonly #rate = new Rate();
  #opened: PromiseWithResolvers<void> | undefined;
  #closed: PromiseWithResolvers<void> = Promise.withResolvers();
  /** Those of its parts that run now. */
  readonly #parts = new Set<RunningJob>();
  readonly #leases = new Set<Lease>();
  /** The drives that each of those who wait wait for. */
  readonly #wanted = new Set<{ driveIds: readonly string[] }>();
  #pieces = 0;
  #queues = 0;
  /** Read by pieces that are not saved yet. */
  #bytesUnsaved = 0;

  constructor(deps: RunningJobDeps) {
    const { row, parent, signal } = deps;
    this.row = row;
    this.#deps = deps;
    const signals = [signal, this.#cancelled.signal, ...parent ? [parent.signal] : []];
    this.signal = AbortSignal.any(signals);
    this.#rate.restart(row.done, row.bytesDone);
    if (row.state === "paused") this.#close();
    if (parent) parent.#parts.add(this);
  }

  get isCancelled(): boolean {
    return this.#cancelled.signal.aborted;
  }

  get isPaused(): boolean {
    return this.#opened !== undefined || this.#deps.parent?.isPaused === true;
  }

  /** Whether it holds lanes of its drives now. */
  get isReading(): boolean {
    return this.#leases.size > 0;
  }

  /** Resolves the next time it is paused, or at once when it is. Not by its parent. */
  paused(): Promise<void> {
    return this.#closed.promise;
  }

  /** A promise while the job is paused, for `gate` of a worker's job. */
  readonly gate = (): Promise<void> | undefined => {
    if (this.signal.aborted) return undefined;
    const wait = this.#deps.parent?.gate() ?? this.#opened?.promise;
    return wait && this.#through(wait);
  };

  /** Waits while the job is paused. @throws the signal's reason */
  async ready(): Promise<void> {
    for (let wait = this.gate(); wait; wait = this.gate()) await wait;
    this.signal.throwIfAborted();
  }

  /** One piece of its work, on a worker or here: while nothing of it reads, the job waits. */
  async piece<T>(work: () => Promise<T>): Promise<T> {
    this.#pieces++;
    try {
      return await work();
    } finally {
      this.#pieces--;
    }
  }

  /** One of its queues that read here, side by side: it waits while all of them wait. */
  async queue<T>(work: () => Promise<T>): Promise<T> {
    this.#queues++;
    try {
      return await work();
    } finally {
      this.#queues--;
    }
  }

  /** Counts what one piece reads, until it is disposed because the piece is saved. */
  progress(): Disposable & { add(bytes: number): void } {
    let read = 0;
    return {
      add: (bytes) => {
        read += bytes;
        this.#bytesUnsaved += bytes;
        this.#counted();
      },
      [Symbol.dispose]: () => {
        this.#bytesUnsaved -= read;
        read = 0;
      },
    };
  }

  /**
   * Takes lanes, and knows from then on whether the job waits for them. While it is paused, they
   * are given back when it steps aside.
   */
  async lease(take: () => Promise<Lease>): Promise<Lease> {
    let lease = await this.waiting(take);
    let isOver = false;
    this.#leases.add(lease);
    const anew = async () => {
      lease[Symbol.dispose]();
      await this.ready();
      lease = await this.waiting(take);
    };
    return borrowed(() => lease, {
      yield: async () => {
        this.#leases.delete(lease);
        await (this.gate() ? anew() : this.waiting(() => lease.yield()));
        if (isOver) return lease[Symbol.dispose]();
        this.#leases.add(lease);
        if (this.gate()) lease.askAside(); // paused while it waited
      },
      dispose: () => {
        isOver = true;
        this.#leases.delete(lease);
        lease[Symbol.dispose]();
      },
    });
  }

  /** Something that keeps the job from its drives, or from some of them: `explain` says what. */
  async waiting<T>(wait: () => Promise<T>, driveIds = this.row.driveIds): Promise<T> {
    const wanted = { driveIds };
    this.#wanted.add(wanted);
    try {
      return await wait();
    } finally {
      this.#wanted.delete(wanted);
    }
  }

  /** So many more items and bytes are done. */
  advance(items: number, bytes: number): void {
    this.row.done += items;
    this.row.bytesDone += bytes;
    this.#counted();
  }

  /** Where it is now, for a job that counts by itself or begins another part of its work. */
  measure(progress: Pick<JobRow, "done" | "bytesDone" | "total" | "bytesTotal">): void {
    const isNewPart = progress.done < this.row.done;
    Object.assign(this.row, progress);
    if (isNewPart) this.#rate.restart(progress.done, progress.bytesDone);
    this.#counted();
  }

  pause(): void {
    if (this.#opened) return;
    this.#close();
    this.#askAside();
    this.#set("paused");
  }

  resume(): void {
    const opened = this.#opened;
    if (!opened) return;
    this.#opened = undefined;
    this.#closed = Promise.withResolvers();
    this.#rate.restart(this.row.done, this.#bytesDone);
    opened.resolve();
    this.#set("running");
  }

  cancel(reason: Error): void {
    this.#cancelled.abort(reason);
  }

  /** It has ended, so or so. */
  end(state: StoredState, error?: string): void {
    const { parent } = this.#deps;
    if (parent) parent.#parts.delete(this);
    this.row.error = error;
    if (ended.includes(state)) this.row.finishedAt = new Date().toISOString();
    this.#set(state);
  }

  view(): JobView {
    const row = { ...this.row, bytesDone: this.#bytesDone };
    if (ended.includes(row.state) || row.state === "queued") return row;
    if (this.#opened) return { ...row, state: "paused", waitingFor: "paused by a person" };
    if (this.#deps.parent?.isPaused) {
      const waitingFor = `job ${this.#deps.parent.row.id} is paused by a person`;
      return { ...row, state: "paused", waitingFor };
    }
    const rate = this.#rate.of(row.done, row.bytesDone);
    const eta = etaOf(row, rate);
    const running = { ...row, rate, ...eta !== undefined && { etaS: eta } };
    const waitingFor = this.#waitingFor();
    return waitingFor ? { ...running, state: "waiting", waitingFor } : running;
  }

  /** What keeps all of it from reading; undefined while some of it reads, or nothing is to be read. */
  #waitingFor(): string | undefined {
    if (this.isReading) return undefined;
    const parts = [...this.#parts].map((part) => part.view());
    const isAtWork = this.#queues > this.#wanted.size ||
      parts.some(({ state }) => state === "running");
    if (isAtWork) return undefined;
    const own = this.#wanted.size > 0
      ? this.#deps.explain(this.row, [...new Set([...this.#wanted].flatMap((it) => it.driveIds))])
      : this.#pieces > 0
      ? "a free worker: all are at work"
      : undefined;
    if (own) return own;
    const waiting = parts.filter(({ state }) => state === "waiting");
    return waiting.map(({ id, waitingFor }) => `job ${id}: ${waitingFor}`).join("; ") || undefined;
  }

  /** What is read twice, or to look into a file, does not count. */
  get #bytesDone(): number {
    const { bytesDone, bytesTotal = Infinity } = this.row;
    return Math.min(bytesDone + this.#bytesUnsaved, Math.max(bytesDone, bytesTotal));
  }

  #counted(): void {
    this.#rate.add(this.row.done, this.#bytesDone);
    this.#deps.changed(false);
  }

  #set(state: StoredState): void {
    this.row.state = state;
    this.#deps.changed(true);
  }

  #close(): void {
    this.#opened = Promise.withResolvers();
    this.#closed.resolve();
  }

  /** Whoever reads now comes to the gate after that read. */
  #askAside(): void {
    for (const lease of this.#leases) lease.askAside();
    for (const part of this.#parts) part.#askAside();
  }

  /** A cancelled job does not stand at its gate. */
  async #through(opened: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const abort = () => resolve();
    this.signal.addEventListener("abort", abort, { once: true });
    if (this.signal.aborted) resolve();
    await Promise.race([opened, promise]);
    this.signal.removeEventListener("abort", abort);
  }
}
