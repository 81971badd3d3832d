/**
 * Groups of things that are near one of them: no chain of small steps makes one group of things that
 * have nothing in common. Pure.
 *
 * @module
 */
import type { Pair } from "./store.ts";

export interface Star {
  /** The centre first, with distance 0; then by id. */
  members: { id: string; distance: number }[];
}

/**
 * Each thing is in one star at most: the one that has the most others near it takes them, then the
 * next of those that are left.
 */
export function* stars(pairs: readonly Pair[], most: number): Generator<Star> {
  const near = new Map<string, Map<string, number>>();
  const add = (one: string, other: string, distance: number) => {
    const known = near.get(one) ?? new Map<string, number>();
    near.set(one, known.set(other, distance));
  };
  for (const { one, other, distance } of pairs) {
    add(one, other, distance);
    add(other, one, distance);
  }
  const order = [...near].sort(([one, a], [other, b]) => b.size - a.size || (one < other ? -1 : 1));
  const taken = new Set<string>();
  for (const [centre, others] of order) {
    if (taken.has(centre)) continue;
    const left = [...others].filter(([id]) => !taken.has(id)).slice(0, most - 1);
    if (left.length === 0) continue;
    taken.add(centre);
    for (const [id] of left) taken.add(id);
    const members = left.map(([id, distance]) => ({ id, distance }))
      .sort((one, other) => one.id < other.id ? -1 : 1);
    yield { members: [{ id: centre, distance: 0 }, ...members] };
  }
}
