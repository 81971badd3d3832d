/**
 * What happened, told to whoever listens now: scan progress, peers, streams.
 * A slow listener loses its oldest events, never the program's memory; who comes back soon misses none.
 *
 * @module
 */

export interface AppEvent {
  /** Rises by one, and over restarts too. */
  id: number;
  type: string;
  time: string;
  data: Record<string, unknown>;
}

/** The port by which a folder tells that something happened. */
export type Publish = (type: string, data: Record<string, unknown>) => void;

/** Events that one listener may be behind, and that are kept for those who come back. */
const MAX_BEHIND = 1000;

/** What a listener hears instead of those that it cannot hear any more. */
export const MISSED = "events.missed";

export class Events {
  /** Of the clock, so that no id of an earlier run of this program is taken for one of this run. */
  #last = Date.now();
  readonly #kept: AppEvent[] = [];
  readonly #listeners = new Set<(event: AppEvent) => void>();

  /** The id of what has happened last. */
  get last(): number {
    return this.#last;
  }

  readonly publish: Publish = (type, data) => {
    const event = { id: ++this.#last, type, time: new Date().toISOString(), data };
    this.#kept.push(event);
    if (this.#kept.length > MAX_BEHIND) this.#kept.shift();
    for (const tell of this.#listeners) tell(event);
  };

  /**
   * Every event from now on, until `signal` aborts; with `after` also those after that id, as far as
   * they are kept. Where some are lost, one of type MISSED stands for them.
   */
  listen(signal: AbortSignal, { after = this.#last }: { after?: number } = {}) {
    const before = this.#last - this.#kept.length;
    const isKnown = after >= before && after <= this.#last;
    const behind = this.#kept.slice(isKnown ? after - before : 0);
    let missedUpTo = isKnown ? undefined : before;
    let wake = () => {};
    const tell = (event: AppEvent) => {
      if (behind.length >= MAX_BEHIND) missedUpTo = behind.shift()?.id;
      behind.push(event);
      wake();
    };
    // At once, not when the first event is asked for: "from now on" means from this call.
    this.#listeners.add(tell);
    const stop = () => {
      this.#listeners.delete(tell);
      wake();
    };
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();

    return (async function* (): AsyncGenerator<AppEvent> {
      try {
        while (!signal.aborted) {
          if (missedUpTo !== undefined) {
            const id = missedUpTo;
            missedUpTo = undefined;
            yield { id, type: MISSED, time: new Date().toISOString(), data: {} };
            continue;
          }
          const next = behind.shift();
          if (next) yield next;
          else await new Promise<void>((resolve) => wake = resolve);
        }
      } finally {
        stop();
        signal.removeEventListener("abort", stop);
      }
    })();
  }
}
