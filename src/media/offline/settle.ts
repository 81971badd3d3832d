/**
 * Keeps files offline exactly as long as what they lie on is away: looked at anew whenever
 * something is mounted or unmounted, answers again or no more, and before a scan believes a folder
 * to be empty.
 *
 * @module
 */
import { nextSize, turn } from "../../base/event_loop.ts";
import type { OfflineStore, ShownAt } from "./store.ts";

/** A place that can be reached now: what is mounted, where, and which part of it. */
export interface Place extends ShownAt {
  placeId: string;
}

export interface Settled {
  /** Files that cannot be reached any more, and that can be reached again. */
  gone: number;
  back: number;
}

/** Rows looked at in one go: the first ones, and at most. */
const FIRST_SPAN = 200;
const MAX_SPAN = 5000;

export function createSettling(store: OfflineStore, places: () => Promise<Place[]>) {
  let last: Promise<unknown> = Promise.resolve();

  async function settle(): Promise<Settled> {
    const now = await places();
    const settled = { gone: 0, back: 0 };
    const byPlace = Map.groupBy(now, ({ placeId }) => placeId);
    for (const id of store.volumes()) {
      const shownAt = byPlace.get(id) ?? [];
      const state = JSON.stringify(shownAt);
      // Its files were looked at when it showed there before, by an earlier run perhaps.
      if (store.isSettled(id, state)) continue;
      store.unsettle(id);
      let span = FIRST_SPAN;
      for (let after = 0; after < store.lastRowid();) {
        const began = performance.now();
        const { gone, back } = store.settle(id, shownAt, { after, span });
        settled.gone += gone;
        settled.back += back;
        after += span;
        span = nextSize(span, performance.now() - began, MAX_SPAN);
        await turn();
      }
      store.setSettled(id, state);
    }
    return settled;
  }

  /** One after the other: each works from what is mounted when it begins. */
  return (): Promise<Settled> => {
    const mine = last.then(settle);
    last = mine.catch(() => {});
    return mine;
  };
}
