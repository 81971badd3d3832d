/**
 * How often an address has tried of late: one that tries again and again is not looked at any more
 * until its time is over, so that guesses, proofs and questions to the store are not to be had for
 * nothing.
 *
 * @module
 */

/** Addresses that are remembered; the one that tried first is forgotten for the next. */
const MAX_KEPT = 10_000;

export class TriesByAddress {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #tries = new Map<string, { count: number; since: number }>();

  /** @param limit tries of one address in `windowMs` milliseconds, from the first of them on */
  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  note(host: string): void {
    const now = Date.now();
    const tries = this.#tries.get(host);
    if (tries && now - tries.since < this.#windowMs) {
      tries.count++;
      return;
    }
    this.#tries.delete(host);
    this.#tries.set(host, { count: 1, since: now });
    if (this.#tries.size <= MAX_KEPT) return;
    for (const first of this.#tries.keys()) {
      this.#tries.delete(first);
      return;
    }
  }

  areTooMany(host: string): boolean {
    const tries = this.#tries.get(host);
    if (!tries) return false;
    return tries.count >= this.#limit && Date.now() - tries.since < this.#windowMs;
  }
}
