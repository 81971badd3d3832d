/**
 * How fast a job goes: the last seconds count, its pauses do not.
 *
 * @module
 */

interface Sample {
  atMs: number;
  done: number;
  bytes: number;
}

const WINDOW_MS = 15_000;
const SAMPLE_MS = 500;

export class Rate {
  #samples: Sample[] = [];
  readonly #now: () => number;

  /** @param now Milliseconds that never go back. */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** From here on it goes anew, after a pause for example. */
  restart(done: number, bytes: number): void {
    this.#samples = [{ atMs: this.#now(), done, bytes }];
  }

  add(done: number, bytes: number): void {
    const atMs = this.#now();
    if (atMs - (this.#samples.at(-1)?.atMs ?? -Infinity) < SAMPLE_MS) return;
    this.#samples.push({ atMs, done, bytes });
    // One older than the window stays: it is where the window begins.
    while (this.#samples.length > 2 && atMs - this.#samples[1]!.atMs > WINDOW_MS) {
      this.#samples.shift();
    }
  }

  /** Items and bytes a second, now that so much is done. */
  of(done: number, bytes: number): { itemsPerS: number; bytesPerS: number } {
    const first = this.#samples[0];
    const seconds = first ? (this.#now() - first.atMs) / 1000 : 0;
    if (!first || seconds <= 0) return { itemsPerS: 0, bytesPerS: 0 };
    return { itemsPerS: (done - first.done) / seconds, bytesPerS: (bytes - first.bytes) / seconds };
  }
}

/** Seconds left, by bytes where their sum is known, else by items. */
export function etaOf(
  row: {
    done: number;
    bytesDone: number;
    total?: number | undefined;
    bytesTotal?: number | undefined;
  },
  { itemsPerS, bytesPerS }: { itemsPerS: number; bytesPerS: number },
): number | undefined {
  if (row.bytesTotal && bytesPerS > 0) {
    return Math.max(0, (row.bytesTotal - row.bytesDone) / bytesPerS);
  }
  if (row.total !== undefined && itemsPerS > 0) {
    return Math.max(0, (row.total - row.done) / itemsPerS);
  }
}
