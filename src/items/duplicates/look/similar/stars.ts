/**
 * Groups of things that are near one of them: no chain of small steps makes one group of things that
 * have nothing in common, nor of two episodes of a series. Pure.
 *
 * @module
 */
import type { EpisodePlace } from "../titles/key.ts";
import type { Pair } from "./store.ts";

export interface Star {
  /** The centre first, with distance 0; then by id. */
  members: { id: string; distance: number }[];
}

/**
 * Each thing is in one star at most: the one that has the most others near it takes them, then the
 * next of those that are left. Of one series only those of the same place as the nearest of them are
 * taken, and those that are near that one by themselves.
 */
export function* stars(
  pairs: readonly Pair[],
  most: number,
  places: ReadonlyMap<string, EpisodePlace> = new Map(),
): Generator<Star> {
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
    const firsts = new Map<string, string>();
    const isOneOfThem = (id: string) => {
      const its = places.get(id);
      if (!its) return true;
      const first = firsts.get(its.within);
      if (first === undefined) firsts.set(its.within, id);
      return first === undefined || places.get(first)!.place === its.place ||
        near.get(first)!.has(id);
    };
    isOneOfThem(centre);
    const left = [...others].filter(([id]) => !taken.has(id))
      .sort(([one, near], [other, far]) => near - far || (one < other ? -1 : 1))
      .filter(([id]) => isOneOfThem(id)).slice(0, most - 1);
    if (left.length === 0) continue;
    taken.add(centre);
    for (const [id] of left) taken.add(id);
    const members = left.map(([id, distance]) => ({ id, distance }))
      .sort((one, other) => one.id < other.id ? -1 : 1);
    yield { members: [{ id: centre, distance: 0 }, ...members] };
  }
}
