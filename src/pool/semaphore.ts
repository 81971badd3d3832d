/**
 * A counting semaphore whose limit can change while jobs are waiting.
 *
 * @module
 */

import { priorities, type Priority } from "./priority.ts";

export interface AcquireOptions {
  signal?: AbortSignal | undefined;
  /** "housekeeping", the last of all, unless said. */
  priority?: Priority | undefined;
}

/** Hands out at most `limit` permits at once: by priority, then oldest waiter first. */
export class Semaphore {
  #limit: number;
  #held = 0;
  readonly #waiting = new Map<Priority, Set<() => void>>(
    priorities.map((priority) => [priority, new Set()]),
  );

  constructor(limit: number) {
    this.#limit = checkLimit(limit);
  }

  get limit(): number {
    return this.#limit;
  }

  get held(): number {
    return this.#held;
  }

  get waiting(): number {
    return priorities.reduce((sum, priority) => sum + this.#queue(priority).size, 0);
  }

  /** Raising the limit wakes waiters; lowering it lets holders finish. */
  setLimit(limit: number): void {
    this.#limit = checkLimit(limit);
    this.#wake();
  }

  /** Waits for a permit; dispose it to give it back. */
  async acquire({ signal, priority = "housekeeping" }: AcquireOptions = {}): Promise<Disposable> {
    signal?.throwIfAborted();
    if (this.#held < this.#limit) return this.#take();

    const { promise, resolve, reject } = Promise.withResolvers<Disposable>();
    const queue = this.#queue(priority);
    const grant = () => resolve(this.#take());
    const abort = () => {
      if (queue.delete(grant)) reject(signal?.reason);
    };
    queue.add(grant);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  #queue(priority: Priority): Set<() => void> {
    return this.#waiting.get(priority)!;
  }

  #take(): Disposable {
    this.#held++;
    let released = false;
    return {
      [Symbol.dispose]: () => {
        if (released) return;
        released = true;
        this.#held--;
        this.#wake();
      },
    };
  }

  #wake(): void {
    for (const priority of priorities) {
      const queue = this.#queue(priority);
      for (const grant of queue) {
        if (this.#held >= this.#limit) return;
        queue.delete(grant);
        grant();
      }
    }
  }
}

function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 0) return limit;
  throw new RangeError(`Cannot limit to ${limit}: expected a whole number, 0 or more`);
}
