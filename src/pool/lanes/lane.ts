/**
 * What is counted of one lane: a set of drives that are read together.
 *
 * @module
 */
import { byPriority, type Priority } from "../priority.ts";
import type { DrivePlace, LimitFrom } from "./drive_place.ts";
import type { Reading } from "./gauge.ts";
import { BUCKETS_MS, Histogram, type HistogramFacts } from "./measure/histogram.ts";

/** What can be told of a lane. */
export interface LaneFacts {
  driveIds: string[];
  /** Readers at once: as many as its slowest drive serves. */
  limit: number;
  limitFrom: LimitFrom;
  held: Record<Priority, number>;
  waiting: Record<Priority, number>;
  bytesRead: number;
  /** From the question to the grant, and from stepping aside to going on. */
  waitMs: Record<Priority, HistogramFacts>;
  /** One read each. */
  readMs: HistogramFacts;
  /** Somebody watches a film on one of its drives. */
  streaming: boolean;
}

export class Lane {
  readonly held = byPriority(() => 0);
  readonly waiting = byPriority(() => 0);
  readonly waitMs = byPriority(() => new Histogram());
  readonly #readMs = new Histogram();
  #bytesRead = 0;

  /** @param places In the order of their ids, each once */
  constructor(readonly places: readonly DrivePlace[]) {}

  get isIdle(): boolean {
    const sum = (counts: Record<Priority, number>) => Object.values(counts).some((it) => it > 0);
    return !sum(this.held) && !sum(this.waiting);
  }

  count(reading: Reading): void {
    this.#bytesRead += reading.bytes;
    const reads = reading.counts.reduce((sum, count) => sum + count, 0);
    for (const [bucket, count] of reading.counts.entries()) {
      // Only the sum of all is exact: each bucket gets its share.
      if (count > 0) this.#readMs.addMany(bucket, count, reading.readMs * count / reads);
    }
    for (const place of this.places) place.learn(reading);
  }

  facts(): LaneFacts {
    const slowest = this.places.reduce((one, other) => other.limit < one.limit ? other : one);
    return {
      driveIds: this.places.map(({ id }) => id),
      limit: slowest.limit,
      limitFrom: slowest.limitFrom,
      held: { ...this.held },
      waiting: { ...this.waiting },
      bytesRead: this.#bytesRead,
      waitMs: byPriority((priority) => this.waitMs[priority].facts()),
      readMs: this.#readMs.facts(),
      streaming: this.places.some((place) => place.isStreaming),
    };
  }
}

/** What one read tells, of somebody who reads without a gauge. */
export function readingOf(bytes: number, ms: number, bucket: number): Reading {
  const counts: number[] = new Array(BUCKETS_MS.length + 1).fill(0);
  counts[bucket] = 1;
  return {
    bytes,
    largeBytes: 0,
    largeMs: 0,
    firsts: 0,
    firstMs: 0,
    smallMs: undefined,
    readMs: ms,
    counts,
  };
}
