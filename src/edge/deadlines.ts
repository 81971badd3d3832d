/**
 * Many waits with what ends them in common: one timer for all limits, one listener for each signal.
 * An edge has hundreds of waits a second, and nearly every one ends long before its limit.
 *
 * @module
 */

/** A wait may last this much longer than its limit. */
const GRAIN_MS = 20;

/** The last begun of the waits that end in each grain: milliseconds of performance.now(). */
const due = new Map<number, Wait>();
let timer: ReturnType<typeof setTimeout> | undefined;
let armedFor = Infinity;

/** A wait with a limit. Those of one grain are linked to each other: a set of them would cost more. */
export abstract class Wait {
  /** The grain in which it ends; nothing when it is over. */
  #at: number | undefined;
  #older: Wait | undefined;
  #newer: Wait | undefined;

  /** `late` is called after `ms`, unless `over` is first. */
  constructor(readonly ms: number) {
    const at = this.#at = Math.ceil((performance.now() + ms) / GRAIN_MS) * GRAIN_MS;
    this.#older = due.get(at);
    if (this.#older) this.#older.#newer = this;
    due.set(at, this);
    if (at < armedFor) arm(at);
  }

  abstract late(): void;

  /** It has no limit any more; false: it was over before. */
  over(): boolean {
    const at = this.#at;
    if (at === undefined) return false;
    const [older, newer] = [this.#older, this.#newer];
    this.#at = this.#older = this.#newer = undefined;
    if (older) older.#newer = newer;
    if (newer) newer.#older = older;
    else if (older) due.set(at, older);
    else due.delete(at);
    if (due.size === 0) disarm();
    return true;
  }

  /** Ends all that are late at `now`. */
  static endLate(now: number): void {
    const late: Wait[] = [];
    for (const [at, newest] of due) {
      for (let wait = at <= now ? newest : undefined; wait; wait = wait.#older) late.push(wait);
    }
    // Each may end others.
    for (const wait of late.reverse()) if (wait.over()) wait.late();
  }
}

class Callback extends Wait {
  constructor(ms: number, readonly late: () => void) {
    super(ms);
  }
}

/** Calls `late` after `ms`, unless what it gives back is called first. */
export function deadline(ms: number, late: () => void): () => void {
  const wait = new Callback(ms, late);
  return () => void wait.over();
}

function arm(at: number): void {
  clearTimeout(timer);
  armedFor = at;
  timer = setTimeout(tell, Math.max(0, at - performance.now()));
}

function disarm(): void {
  clearTimeout(timer);
  timer = undefined;
  armedFor = Infinity;
}

function tell(): void {
  disarm();
  Wait.endLate(performance.now());
  let next = Infinity;
  for (const at of due.keys()) next = Math.min(next, at);
  if (next < armedFor) arm(next);
}

const aborts = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `aborted` when `signal` aborts, or at once if it has, unless what it gives back is called
 * first. A signal itself looks through all its listeners to take one away.
 */
export function onAbort(signal: AbortSignal, aborted: () => void): () => void {
  if (signal.aborted) {
    aborted();
    return () => {};
  }
  let those = aborts.get(signal);
  if (!those) {
    const all = those = new Set();
    aborts.set(signal, all);
    const tell = () => all.forEach((it) => it());
    signal.addEventListener("abort", tell, { once: true });
  }
  those.add(aborted);
  return () => void those.delete(aborted);
}
