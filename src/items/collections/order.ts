/**
 * Room for an item between two others. Positions are numbers with gaps; where a gap has been halved
 * too often, the neighbours move apart a little, never the whole collection.
 *
 * @module
 */
import type { CollectionStore } from "./store.ts";

/** Between two items that are appended one after the other. */
export const STEP = 1024;
/** A smaller gap is made wider: halves of it would soon be the same number. */
const MIN_GAP = 1e-3;
/** Neighbours on each side that move at first; four times as many each time that is too few. */
const NEIGHBOURS = 64;

type Positions = Pick<CollectionStore, "before" | "after" | "at" | "put">;

/** A position just before or after `position`, where no item is; makes room where there is none. */
export function makeRoom(
  store: Positions,
  id: string,
  anchorId: string,
  side: "before" | "after",
  place: (itemId: string) => number,
): number {
  for (let width = NEIGHBOURS;; width *= 4) {
    const at = place(anchorId);
    const other = store[side](id, at, 1)[0];
    if (!other) return side === "before" ? at - STEP : at + STEP;
    if (Math.abs(other.position - at) >= MIN_GAP) return (at + other.position) / 2;
    spread(store, id, at, width);
  }
}

/** Gives the neighbours of a position even gaps, between the outermost two, which stay. */
function spread(store: Positions, id: string, at: number, width: number): void {
  const below = store.before(id, at, width);
  const above = store.after(id, at, width);
  const low = below.length === width ? below.pop()!.position : undefined;
  const high = above.length === width ? above.pop()!.position : undefined;
  const some = [...below.reverse(), ...store.at(id, at), ...above];
  const from = low ?? (high ?? 0) - STEP * (some.length + 1);
  const gap = high === undefined ? STEP : (high - from) / (some.length + 1);
  for (const [index, { itemId }] of some.entries()) {
    store.put(id, itemId, from + gap * (index + 1));
  }
}
