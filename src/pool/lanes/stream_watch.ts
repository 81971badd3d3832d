/**
 * Whether films play from a drive, and the pauses between their reads.
 *
 * @module
 */

/** So long after its last read a film is taken to rest: a player asks for more every second. */
const QUIET_MS = 3000;
const MAX_PAUSES = 16;

export class StreamWatch {
  #touchedAt = -Infinity;
  /** Reads of films that wait or are under way. */
  #playing = 0;
  #endedAt: number | undefined;
  #pauses: number[] = [];
  #isPauseUsed = false;

  /** A film was opened: its reads are about to come. */
  touch(now: number): void {
    if (!this.isStreaming(now)) {
      this.#pauses = [];
      this.#endedAt = undefined;
    }
    this.#touchedAt = now;
  }

  /** A film asks for a read. */
  arrived(now: number): void {
    this.touch(now);
    if (this.#playing++ > 0) return;
    if (this.#endedAt !== undefined) this.#pauses.push(now - this.#endedAt);
    if (this.#pauses.length > MAX_PAUSES) this.#pauses.shift();
  }

  /** A film's read is over, or was given up. */
  ended(now: number): void {
    this.#touchedAt = now;
    if (--this.#playing > 0) return;
    this.#endedAt = now;
    this.#isPauseUsed = false;
  }

  isStreaming(now: number): boolean {
    return this.#playing > 0 || now < this.quietAt;
  }

  /** From when on nobody watches, if no read comes. */
  get quietAt(): number {
    return this.#touchedAt + QUIET_MS;
  }

  /** The last pauses, and how long this one lasts; undefined during reads and in a used pause. */
  pause(now: number): { pauses: readonly number[]; lastedMs: number } | undefined {
    if (this.#playing > 0 || this.#isPauseUsed || this.#endedAt === undefined) return undefined;
    return { pauses: this.#pauses, lastedMs: now - this.#endedAt };
  }

  /** One read in each pause is enough. */
  usePause(): void {
    this.#isPauseUsed = true;
  }
}
