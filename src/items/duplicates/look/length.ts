/**
 * How long two encodes of one film are at most apart: other tools cut a second, or 2 %, off an end.
 *
 * @module
 */

const MOST_MS = 2000;
const MOST_PART = 0.02;

/** Milliseconds; the same of both orders. */
export function lastAlike(one: number, other: number): boolean {
  return Math.abs(one - other) <= Math.max(MOST_MS, MOST_PART * Math.max(one, other));
}

/** Every length from `from` to `to` that is alike to one of these. */
export function lengthsAlike(lengths: readonly number[]): { from: number; to: number } {
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  return {
    from: Math.floor(least - Math.max(MOST_MS, MOST_PART * least)),
    to: Math.ceil(Math.max(most + MOST_MS, most / (1 - MOST_PART))),
  };
}
