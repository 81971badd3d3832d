/**
 * Those who wait for a peer to come, or to go.
 *
 * @module
 */
import { UnavailableError } from "../../../../base/errors.ts";

export class Waiters {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** The peer has come, gone, or is elsewhere. */
  wake(peerId: string): void {
    for (const wake of [...this.#waiting.get(peerId) ?? []]) wake();
  }

  /** Waits for the next change, `ms` at most. */
  async next(peerId: string, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    using _waiting = this.#add(peerId, done);
    await promise;
    clearTimeout(timer);
    signal.removeEventListener("abort", done);
  }

  /** Its signal aborts at the first change after which `isElsewhere` holds. */
  moves(peerId: string, isElsewhere: () => boolean): Disposable & { signal: AbortSignal } {
    const moved = new AbortController();
    const waiting = this.#add(peerId, () => {
      if (isElsewhere()) moved.abort(new UnavailableError(`Peer "${peerId}" is elsewhere now`));
    });
    return { signal: moved.signal, [Symbol.dispose]: () => waiting[Symbol.dispose]() };
  }

  #add(peerId: string, wake: () => void): Disposable {
    const waiting = this.#waiting.get(peerId) ?? new Set();
    this.#waiting.set(peerId, waiting.add(wake));
    return {
      [Symbol.dispose]: () => {
        waiting.delete(wake);
        if (waiting.size === 0) this.#waiting.delete(peerId);
      },
    };
  }
}
