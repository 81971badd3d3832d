/**
 * Times counted in fixed buckets, so that lanes and machines can be compared.
 *
 * @module
 */

/** Upper bounds in milliseconds, each included; what is longer is counted behind the last. */
export const BUCKETS_MS = [0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 250, 1000, 5000, 60_000] as const;

/** What can be told of a histogram; `counts` has one number more than `bucketsMs`. */
export interface HistogramFacts {
  bucketsMs: readonly number[];
  /** How many fell into each bucket; not cumulative. */
  counts: number[];
  count: number;
  sumMs: number;
}

/** Index of the bucket that `ms` falls into. */
export function bucketOf(ms: number): number {
  const bucket = BUCKETS_MS.findIndex((upTo) => ms <= upTo);
  return bucket < 0 ? BUCKETS_MS.length : bucket;
}

export class Histogram {
  readonly #counts: number[] = new Array(BUCKETS_MS.length + 1).fill(0);
  #sumMs = 0;

  add(ms: number): void {
    this.addMany(bucketOf(ms), 1, ms);
  }

  /** Adds what somebody else has counted. */
  addMany(bucket: number, count: number, sumMs: number): void {
    this.#counts[bucket]! += count;
    this.#sumMs += sumMs;
  }

  facts(): HistogramFacts {
    return {
      bucketsMs: BUCKETS_MS,
      counts: [...this.#counts],
      count: this.#counts.reduce((sum, count) => sum + count, 0),
      sumMs: this.#sumMs,
    };
  }
}
