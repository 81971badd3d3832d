/**
 * How long to wait before the next attempt to open a link.
 *
 * @module
 */

export interface BackoffOptions {
  /** About how long the sixth wait is. */
  intervalSec: number;
  /** Attempts in a row that come quickly; 0 = all. */
  maxAttempts: number;
}

/** The longest wait while attempts come quickly, and the usual one after that. */
export const SLOW_MS = 300_000;

export class Backoff {
  #failures = 0;
  #lastMs = 0;

  get failures(): number {
    return this.#failures;
  }

  /**
   * A stream has ended, or an attempt failed: returns the wait before the next, in milliseconds.
   *
   * @param livedMs how long the stream was there
   * @param mostMs where the wait must not be longer
   */
  next(livedMs: number, { intervalSec, maxAttempts }: BackoffOptions, mostMs = SLOW_MS): number {
    // A stream that lasted was a success: an edge that drops all at once is not stormed, though.
    const wasGood = livedMs > intervalSec * 1000 && livedMs > 4 * this.#lastMs;
    this.#failures = wasGood ? 1 : this.#failures + 1;
    const isSlow = maxAttempts > 0 && this.#failures > maxAttempts;
    const quickMs = (intervalSec * 1000 * 2 ** Math.min(this.#failures, 30)) / 64;
    const longestMs = Math.min(isSlow ? SLOW_MS : quickMs, SLOW_MS, mostMs);
    // Jittered, so that the peers of an edge that comes back do not arrive all at once.
    return this.#lastMs = longestMs * (0.5 + Math.random() / 2);
  }
}
