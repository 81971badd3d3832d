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
  /** Reads of films that wait or are under way, and whether somebody else has read beside each. */
  readonly #reads = new Map<object, boolean>();
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

  /** A film asks for a read; `isAccompanied`: while somebody else reads. */
  arrived(now: number, read: object, isAccompanied: boolean): void {
    this.touch(now);
    this.#reads.set(read, isAccompanied);
    if (this.#reads.size > 1) return;
    if (this.#endedAt !== undefined) this.#pauses.push(now - this.#endedAt);
    if (this.#pauses.length > MAX_PAUSES) this.#pauses.shift();
  }

  /** A film's read is over, or was given up. */
  ended(now: number, read: object): void {
    this.#touchedAt = now;
    this.#reads.delete(read);
    if (this.#reads.size > 0) return;
    this.#endedAt = now;
    this.#isPauseUsed = false;
  }

  isStreaming(now: number): boolean {
    return this.#reads.size > 0 || now < this.quietAt;
  }

  /** From when on nobody watches, if no read comes. */
  get quietAt(): number {
    return this.#touchedAt + QUIET_MS;
  }

  /** The last pauses, and how long this one lasts; undefined during reads and in a used pause. */
  pause(now: number): { pauses: readonly number[]; lastedMs: number } | undefined {
    if (this.#reads.size > 0 || this.#isPauseUsed || this.#endedAt === undefined) return undefined;
    return { pauses: this.#pauses, lastedMs: now - this.#endedAt };
  }

  /** Somebody else reads beside all reads of films that are under way. */
  accompany(): void {
    for (const read of this.#reads.keys()) this.#reads.set(read, true);
  }

  /** Whether that has happened to one of them: once in each is enough. */
  get isAccompanied(): boolean {
    return [...this.#reads.values()].includes(true);
  }

  /** One read in each pause is enough. */
  usePause(): void {
    this.#isPauseUsed = true;
  }
}
