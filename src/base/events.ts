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
  async *listen(signal: AbortSignal): AsyncGenerator<AppEvent> {
    const behind: AppEvent[] = [];
    let wake = () => {};
    const tell = (event: AppEvent) => {
      if (behind.length >= MAX_BEHIND) behind.shift();
      behind.push(event);
      wake();
    };
    const stop = () => wake();
    this.#listeners.add(tell);
    signal.addEventListener("abort", stop, { once: true });
    try {
      while (!signal.aborted) {
        const next = behind.shift();
        if (next) yield next;
        else await new Promise<void>((resolve) => wake = resolve);
      }
    } finally {
      this.#listeners.delete(tell);
      signal.removeEventListener("abort", stop);
    }
  }
}
