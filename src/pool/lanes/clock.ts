/** The time as the lanes see it; tests bring their own. @module */

export interface Clock {
  /** Milliseconds, growing. */
  now(): number;
  /** Calls `then` once, in `ms`; what it returns calls that off. */
  after(ms: number, then: () => void): () => void;
}

export const realClock: Clock = {
  now: () => performance.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};
