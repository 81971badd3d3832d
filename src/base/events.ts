/**
 * What happened, told to whoever listens now: scan progress, peers, streams.
 * A slow listener loses its oldest events, never the program's memory.
 *
 * @module
 */

export interface AppEvent {
  id: number;
  type: string;
  time: string;
  data: Record<string, unknown>;
}

/** The port by which a folder tells that something happened. */
export type Publish = (type: string, data: Record<string, unknown>) => void;

/** Events that one listener may be behind before the oldest are dropped. */
const MAX_BEHIND = 1000;

export class Events {
  #last = 0;
  readonly #listeners = new Set<(event: AppEvent) => void>();

  readonly publish: Publish = (type, data) => {
    const event = { id: ++this.#last, type, time: new Date().toISOString(), data };
    for (const tell of this.#listeners) tell(event);
  };

  /** Every event from now on, until `signal` aborts. */
  listen(signal: AbortSignal): AsyncGenerator<AppEvent> {
    const behind: AppEvent[] = [];
    let wake = () => {};
    const tell = (event: AppEvent) => {
      if (behind.length >= MAX_BEHIND) behind.shift();
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

    return (async function* () {
      try {
        while (!signal.aborted) {
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
