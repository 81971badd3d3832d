/**
 * Who has failed at the door of late: an address that fails again and again is not looked at any
 * more until its minute is over, so that proofs and questions to the store are not to be had for
 * nothing.
 *
 * @module
 */

const MINUTE_MS = 60_000;
/** Addresses that are remembered; the one that failed first is forgotten for the next. */
const MAX_KEPT = 10_000;

export class FailedTries {
  readonly #limit: number;
  readonly #tries = new Map<string, { count: number; since: number }>();

  /** @param limit failures of one address in a minute */
  constructor(limit: number) {
    this.#limit = limit;
  }

  note(host: string): void {
    const now = Date.now();
    const tries = this.#tries.get(host);
    if (tries && now - tries.since < MINUTE_MS) {
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
    return tries.count >= this.#limit && Date.now() - tries.since < MINUTE_MS;
  }
}
