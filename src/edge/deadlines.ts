/**
 * Many waits with what ends them in common: one timer for all limits, one listener for each signal.
 * An edge has hundreds of waits a second, and nearly every one ends long before its limit.
 *
 * @module
 */

/** A wait may last this much longer than its limit. */
const GRAIN_MS = 20;

/** What is to happen, by when: milliseconds of performance.now(), in whole grains. */
const due = new Map<number, Set<() => void>>();
let waits = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let armedFor = Infinity;

/** Calls `late` after `ms`, unless what it gives back is called first. */
export function deadline(ms: number, late: () => void): () => void {
  const at = Math.ceil((performance.now() + ms) / GRAIN_MS) * GRAIN_MS;
  let those = due.get(at);
  if (!those) due.set(at, those = new Set());
  those.add(late);
  waits++;
  if (at < armedFor) arm(at);
  return () => {
    if (!those.delete(late)) return;
    if (those.size === 0) due.delete(at);
    if (--waits === 0) disarm();
  };
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
  const now = performance.now();
  let next = Infinity;
  const over: (() => void)[] = [];
  for (const [at, those] of due) {
    if (at > now) {
      next = Math.min(next, at);
      continue;
    }
    due.delete(at);
    over.push(...those);
    those.clear();
  }
  waits -= over.length;
  disarm();
  if (next < Infinity) arm(next);
  for (const late of over) late();
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
