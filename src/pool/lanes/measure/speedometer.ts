/**
 * How fast a drive reads, and how long it takes to begin: measured, and never taken to be better
 * than its kind can be. What comes from the page cache is quick, and says nothing of the drive.
 *
 * @module
 */
import type { DriveKind } from "../../../drives/mod.ts";
import type { Reading } from "../gauge.ts";
import type { Speed } from "../trickle.ts";

interface KindSpeed extends Speed {
  /** A drive that turns: half a turn and a way of the arm cannot be quicker. */
  bestSeekMs: number;
  /** Without a head, what takes longer has waited for others, and says nothing of the drive. */
  worstSeekMs?: number;
  bestBytesPerMs: number;
}

const MB_PER_S = 1000; // bytes in a millisecond

/** 8.5 ms of the arm and 4.2 ms for half a turn at 7200 rpm: what data sheets say. */
const turning: KindSpeed = {
  bytesPerMs: 100 * MB_PER_S,
  seekMs: 13,
  bestSeekMs: 10,
  bestBytesPerMs: 250 * MB_PER_S,
};
const solid: KindSpeed = {
  bytesPerMs: 200 * MB_PER_S,
  seekMs: 0.5,
  bestSeekMs: 0.05,
  bestBytesPerMs: 5000 * MB_PER_S,
};

const kinds: Record<DriveKind, KindSpeed> = {
  hdd: turning,
  usb: { ...turning, bytesPerMs: 40 * MB_PER_S },
  unknown: { ...turning, bytesPerMs: 40 * MB_PER_S },
  optical: { bytesPerMs: 10 * MB_PER_S, seekMs: 150, bestSeekMs: 80, bestBytesPerMs: 50_000 },
  network: { bytesPerMs: 20 * MB_PER_S, seekMs: 15, bestSeekMs: 0.2, bestBytesPerMs: 1_250_000 },
  sd: { ...solid, bytesPerMs: 20 * MB_PER_S, seekMs: 2 },
  ssd: { ...solid, worstSeekMs: 1.5 },
  nvme: { ...solid, worstSeekMs: 1.5 },
  virtual: solid,
};

/** How much a new measurement weighs. */
const WEIGHT = 0.2;
/** So much of the longest way to a file is forgotten with each shorter one. */
const FORGET = 0.05;
const LEAST_BYTES = 512 * 1024;

export class Speedometer {
  readonly #kind: KindSpeed;
  #bytesPerMs: number;
  #seekMs: number;
  #rttMs: number | undefined;

  constructor(kind: DriveKind) {
    this.#kind = kinds[kind];
    this.#bytesPerMs = this.#kind.bytesPerMs;
    this.#seekMs = this.#kind.seekMs;
  }

  learn({ largeBytes, largeMs, firsts, firstMs, smallMs }: Reading): void {
    if (largeBytes >= LEAST_BYTES && largeMs > 0) {
      const bytesPerMs = Math.min(largeBytes / largeMs, this.#kind.bestBytesPerMs);
      this.#bytesPerMs += WEIGHT * (bytesPerMs - this.#bytesPerMs);
    }
    if (firsts > 0) {
      // The longest of late: who takes a long way for a short one holds up a film.
      const { bestSeekMs, worstSeekMs = Infinity } = this.#kind;
      const seekMs = Math.min(Math.max(firstMs / firsts, bestSeekMs), worstSeekMs);
      const less = this.#seekMs - FORGET * (this.#seekMs - seekMs);
      this.#seekMs = Math.max(seekMs, less);
    }
    if (smallMs !== undefined) {
      this.#rttMs = Math.min(smallMs, (this.#rttMs ?? Infinity) * (1 + FORGET));
    }
  }

  get speed(): Speed {
    return { bytesPerMs: this.#bytesPerMs, seekMs: this.#seekMs };
  }

  /** How long the quickest small reads take; undefined before there was one. */
  get rttMs(): number | undefined {
    return this.#rttMs;
  }
}
