/**
 * Tasks that live in a scope: a limit on how many run, a bounded queue that makes whoever submits
 * wait, and an end that leaves nothing behind.
 *
 * ```ts
 * await using group = taskGroup({ limit: 4, signal });
 * for (const file of files) await group.submit(() => look(file));
 * await group.finish();
 * ```
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Semaphore } from "../semaphore.ts";
import { aggregate, imapUnordered } from "./imap_unordered.ts";
import { abortable, type Items } from "./items.ts";

export interface TaskGroupOptions {
  /** Tasks that run at once. */
  limit: number;
  /** Tasks that wait to run before submit() makes its caller wait; as many as `limit` unless said. */
  queue?: number | undefined;
  signal?: AbortSignal | undefined;
  /** "first", unless said: an error cancels the rest. "collect": the rest goes on. */
  errors?: "first" | "collect" | undefined;
}

/** Work that ends early when the signal aborts, if it looks at it. */
export type Task<T> = (signal: AbortSignal) => T | Promise<T>;

/** An accepted task. */
export interface Submitted<T> {
  /** Its outcome. Whoever takes it takes care of its error, which the group then keeps to itself. */
  readonly result: Promise<T>;
}

export function taskGroup(options: TaskGroupOptions): TaskGroup {
  return new TaskGroup(options);
}

/** Where a task runs. What it submits to its own group runs in its place, one after the other. */
interface Frame {
  group: TaskGroup;
  last: Promise<unknown>;
  isOver: boolean;
}

const frames = new AsyncLocalStorage<Frame>();

/** Errors kept of those that are collected; the rest is counted. */
const MAX_ERRORS = 1000;

export class TaskGroup implements AsyncDisposable {
  /** Aborts when the group is cancelled, fails, or is left. */
  readonly signal: AbortSignal;
  /** Items that imapUnordered() takes before the first result of them is asked for. */
  readonly lookAhead: number;
  readonly errors: "first" | "collect";
  readonly #stop = new AbortController();
  readonly #places: Semaphore;
  readonly #room: Semaphore;
  readonly #unfinished = new Set<Promise<void>>();
  #failed: { error: unknown; isTaken: () => boolean }[] = [];
  #failures = 0;

  constructor({ limit, queue = limit, signal, errors = "first" }: TaskGroupOptions) {
    if (!Number.isInteger(limit) || limit < 1 || !Number.isInteger(queue) || queue < 0) {
      throw new RangeError(`Cannot run ${limit} tasks at once with ${queue} waiting`);
    }
    this.signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
    this.lookAhead = limit + queue;
    this.errors = errors;
    this.#places = new Semaphore(limit);
    this.#room = new Semaphore(this.lookAhead);
  }

  /**
   * Waits until there is room, then accepts the task.
   *
   * @throws why the group takes no more: its first error, or the signal's reason
   */
  async submit<T>(task: Task<T>): Promise<Submitted<T>> {
    const frame = frames.getStore();
    if (frame?.group === this && !frame.isOver) return await this.#runWithin(frame, task);
    const room = await this.#room.acquire({ signal: this.signal }).catch((reason) => {
      this.#failed = []; // its caller hears of it here
      throw reason;
    });
    return this.#accept(async (isTaken) => {
      using _room = room;
      using _place = await this.#places.acquire({ signal: this.signal });
      return await this.#run(task, isTaken);
    });
  }

  /**
   * The results of all items, in their order.
   *
   * @throws the first error, or an AggregateError of all of them
   */
  async map<Item, T>(
    items: Items<Item>,
    task: (item: Item, signal: AbortSignal) => T | Promise<T>,
  ): Promise<T[]> {
    const results: Promise<T>[] = [];
    for await (const item of abortable(items, this.signal)) {
      const { result } = await this.submit((signal) => task(item, signal));
      results.push(result);
    }
    if (this.errors === "first") return await Promise.all(results);
    const endings = await Promise.allSettled(results);
    this.signal.throwIfAborted();
    const errors = endings.flatMap((it) => it.status === "rejected" ? [it.reason] : []);
    if (errors.length > 0) throw aggregate(errors, errors.length);
    return await Promise.all(results);
  }

  /**
   * The results as they come. No more than `lookAhead` items are taken ahead of who reads them;
   * to stop reading cancels the tasks of this call, and waits for those that run.
   *
   * @throws the first error, or after all results an AggregateError
   */
  imapUnordered<Item, T>(
    items: Items<Item>,
    task: (item: Item, signal: AbortSignal) => T | Promise<T>,
  ): AsyncGenerator<T, void, void> {
    return imapUnordered(this, items, task);
  }

  /** Takes no more tasks; those that wait never run, those that run are told. */
  cancel(reason: unknown = new DOMException("The tasks were cancelled", "AbortError")): void {
    this.#stop.abort(reason);
  }

  /**
   * Waits until every task has ended.
   *
   * @throws the first error, the signal's reason, or an AggregateError of the errors of tasks whose
   * result nobody took
   */
  async finish(): Promise<void> {
    await this.#allEnded();
    const open = this.#takeFailures();
    this.signal.throwIfAborted(); // its reason is the first error, if there was one
    if (open.length > 0) throw aggregate(open, this.#failures);
  }

  /** Cancels what waits, tells what runs, and waits for it. An error that nobody took is thrown. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
    await this.#allEnded();
    const open = this.#takeFailures();
    if (open.length === 0) return;
    throw this.errors === "first" ? open[0] : aggregate(open, this.#failures);
  }

  async #allEnded(): Promise<void> {
    while (this.#unfinished.size > 0) await Promise.all(this.#unfinished);
  }

  #takeFailures(): unknown[] {
    return this.#failed.splice(0).filter(({ isTaken }) => !isTaken()).map(({ error }) => error);
  }

  #accept<T>(run: (isTaken: () => boolean) => Promise<T>): Submitted<T> {
    let isTaken = false;
    const result = run(() => isTaken);
    const ended = result.then(() => {}, () => {}) // its error is #fail's, told before its place is free
      .finally(() => this.#unfinished.delete(ended));
    this.#unfinished.add(ended);
    return {
      get result() {
        isTaken = true;
        return result;
      },
    };
  }

  /** A task that waits for room, or for its child's turn, could wait for itself. */
  async #runWithin<T>(frame: Frame, task: Task<T>): Promise<Submitted<T>> {
    const submitted = this.#accept((isTaken) => {
      const mine = frame.last.then(() => {
        this.signal.throwIfAborted();
        return this.#run(task, isTaken);
      });
      frame.last = mine.catch(() => {});
      return mine;
    });
    await frame.last;
    return submitted;
  }

  async #run<T>(task: Task<T>, isTaken: () => boolean): Promise<T> {
    const frame: Frame = { group: this, last: Promise.resolve(), isOver: false };
    try {
      return await frames.run(frame, () => task(this.signal));
    } catch (error) {
      this.#fail(error, isTaken);
      throw error;
    } finally {
      frame.isOver = true;
      await frame.last;
    }
  }

  #fail(error: unknown, isTaken: () => boolean): void {
    // What a cancelled task throws is no news.
    if (this.signal.aborted) return;
    this.#failures++;
    if (this.#failed.length < MAX_ERRORS) this.#failed.push({ error, isTaken });
    if (this.errors === "first") this.cancel(error);
  }
}
