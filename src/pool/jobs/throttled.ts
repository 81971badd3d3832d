/**
 * Calls that come often, made seldom: at once, and then at most every so often, the last included.
 *
 * @module
 */

export interface Throttled extends Disposable {
  (key: string): void;
}

/** `call` at most every `everyMs` for each key. Disposed, it makes none any more. */
export function throttled(everyMs: number, call: (key: string) => void): Throttled {
  const calledAt = new Map<string, number>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  let isOver = false;

  const now = (key: string) => {
    timers.delete(key);
    calledAt.set(key, performance.now());
    call(key);
  };
  const later = (key: string) => {
    if (isOver || timers.has(key)) return;
    const waitMs = (calledAt.get(key) ?? -Infinity) + everyMs - performance.now();
    if (waitMs <= 0) return now(key);
    timers.set(key, setTimeout(now, waitMs, key));
  };
  return Object.assign(later, {
    [Symbol.dispose]: () => {
      isOver = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  });
}
