/**
 * The measured limit of one drive: collects samples of what its readers do together, and lets
 * adjust() judge them.
 *
 * @module
 */
import { adjust, type Sample } from "./adjust.ts";
import type { Reading } from "../gauge.ts";
import { type KindLimit, limitByRoundTrip } from "../limits.ts";

/** Long enough to hold many reads, short enough to find the limit within a scan. */
const WINDOW_MS = 500;
const LEAST_READS = 20;
/** A window says something of a limit when its tokens were taken for this part of it. */
const LEAST_USE = 0.8;
/** What adjust() looks back on. */
export const MAX_SAMPLES = 120;
/** Reads so many times larger or smaller are other work, and not to be compared. */
const OTHER_WORK = 4;
/** One large read, as the hashers do them. */
const PIECE_BYTES = 128 * 1024;

export class Tuner {
  #kind: KindLimit;
  #limit: number;
  #samples: Sample[] = [];
  #isMeasured = false;
  #since: number;
  /** Tokens × milliseconds since then, up to #watchedAt. */
  #heldMs = 0;
  #watchedAt: number;
  #bytes = 0;
  #reads = 0;
  /** One read, on average, when it was last judged. */
  #readBytes = NaN;

  constructor(kind: KindLimit, now: number) {
    this.#kind = kind;
    this.#limit = kind.readers;
    this.#since = this.#watchedAt = now;
  }

  get limit(): number {
    return this.#limit;
  }

  get isMeasured(): boolean {
    return this.#isMeasured;
  }

  reset(kind: KindLimit, now: number): void {
    this.#kind = kind;
    this.#limit = kind.readers;
    this.#samples = [];
    this.#isMeasured = false;
    this.#begin(now);
  }

  /** So many tokens were held until now. */
  watch(held: number, now: number): void {
    this.#heldMs += held * (now - this.#watchedAt);
    this.#watchedAt = now;
  }

  learn(
    { bytes, counts }: Reading,
    held: number,
    now: number,
    { rttMs, bytesPerMs }: { rttMs: number | undefined; bytesPerMs: number },
  ): void {
    if (this.#kind.most === this.#kind.readers) return;
    if (rttMs !== undefined) {
      this.#set(limitByRoundTrip(rttMs, PIECE_BYTES / bytesPerMs, this.#kind.most));
      return;
    }
    this.#bytes += bytes;
    this.#reads += counts.reduce((sum, count) => sum + count, 0);
    this.watch(held, now);
    const ms = now - this.#since;
    if (ms < WINDOW_MS || this.#reads < LEAST_READS) return;
    const inUse = this.#heldMs / ms / this.#limit;
    // Reads that nobody waited for, and those of a scan that has paused, say nothing of the limit.
    if (inUse >= LEAST_USE && ms < 20 * WINDOW_MS) {
      const readBytes = this.#bytes / this.#reads;
      const ratio = readBytes / this.#readBytes;
      if (ratio > OTHER_WORK || ratio < 1 / OTHER_WORK) this.#samples = [];
      this.#readBytes = readBytes;
      this.#samples.push({ limit: this.#limit, bytesPerMs: this.#bytes / ms });
      if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
      this.#set(Math.min(adjust(this.#samples), this.#kind.most));
    }
    this.#begin(now);
  }

  #set(limit: number): void {
    this.#limit = limit;
    this.#isMeasured = true;
  }

  #begin(now: number): void {
    this.#since = this.#watchedAt = now;
    this.#heldMs = this.#bytes = this.#reads = 0;
  }
}
