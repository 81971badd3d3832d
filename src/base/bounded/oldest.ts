/**
 * What is remembered has a bound: the oldest is forgotten first.
 *
 * @module
 */

/** Forgets the oldest of `known` until there are at most `most`. */
export function dropOldest(known: Map<unknown, unknown> | Set<unknown>, most: number): void {
  for (const oldest of known.keys()) {
    if (known.size <= most) return;
    known.delete(oldest);
  }
}
