/**
 * The event loop: how late it is, for whoever asks for a moment waits that much longer for it; and how
 * long work lets others have it.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Metric } from "./metrics.ts";
import type { Service } from "./service.ts";

const EVERY_MS = 250;
const BOUNDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1] as const;

/**
 * Lets everything else have its turn: timers and sockets come first. Not by setImmediate(), which
 * leaves HTTP no turn.
 */
export const yieldToOthers = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

let lastTurn = Promise.resolve();

/**
 * For long work in short pieces, after each of them. One of all who wait so is let go in each turn of
 * the event loop: however many work side by side, they hold it up no longer than one does.
 */
export function turn(): Promise<void> {
  return lastTurn = lastTurn.then(yieldToOthers).then(() => {
    // A request is read in one turn, and answered in the next.
    if (isAttentive()) return yieldToOthers();
  });
}

/** Resolves when all who wait for their turn now have had it. */
export const turnsOver = (): Promise<void> => lastTurn;

/** Longer than that, long work does not stand still for anybody. */
const MOST_STILL_MS = 1000;

/** Long work stands still while `work` is done, which needs a moment without it. */
export function withoutOthers(work: () => Promise<void>): Promise<void> {
  const done = lastTurn.then(work);
  lastTurn = new Promise((resolve) => {
    const timer = setTimeout(resolve, MOST_STILL_MS);
    done.catch(() => {}).finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
  return done;
}

/** So long after a request the next one is expected. */
const ATTENTIVE_MS = 1000;

let askedAt = -Infinity;

/** Somebody out there waits for an answer. */
export function asked(): void {
  askedAt = performance.now();
}

/** Whether somebody has asked something just now, and may again: then pieces are to be shorter. */
export const isAttentive = (): boolean => performance.now() - askedAt < ATTENTIVE_MS;

/** Milliseconds that one piece of long work may take now; a transaction has its commit besides. */
export const pieceMs = (): number => isAttentive() ? 2.5 : 8;

/**
 * How many of its items a piece of long work should have next, if the last one took `tookMs` for
 * `size` of them.
 */
export function nextSize(size: number, tookMs: number, most: number): number {
  const factor = Math.min(2, Math.max(0.3, pieceMs() / tookMs));
  return Math.round(Math.min(most, Math.max(1, size * factor)));
}

/** Measures while its service runs. */
export function watchEventLoop(): { service: Service; metrics(): Metric[] } {
  const counts: number[] = new Array(BOUNDS.length + 1).fill(0);
  let sum = 0;

  const service: Service = async (signal) => {
    while (!signal.aborted) {
      const due = performance.now() + EVERY_MS;
      await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const late = Math.max(0, performance.now() - due) / 1000;
      const bucket = BOUNDS.findIndex((bound) => late <= bound);
      counts[bucket < 0 ? BOUNDS.length : bucket]!++;
      sum += late;
    }
  };

  return {
    service,
    metrics: () => [{
      name: "giggityflix_event_loop_lag_seconds",
      type: "histogram",
      help: "How late a timer of the main thread rings",
      samples: [{ value: { bounds: BOUNDS, counts, sum } }],
    }],
  };
}
