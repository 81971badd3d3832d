/**
 * Files that could not be read: is it they, or has what they lie on gone meanwhile? Then they are
 * offline, and looked at again when it is back.
 *
 * @module
 */
import type { Place } from "./settle.ts";
import type { OfflineStore } from "./store.ts";

/** @returns the rowids, of those given, whose volume does not show them any more */
export type FindAway = (rowids: readonly number[]) => Promise<ReadonlySet<number>>;

export function createFindAway(
  store: Pick<OfflineStore, "volumeOf" | "settle" | "unsettle">,
  places: () => Promise<Place[]>,
): FindAway {
  return async (rowids) => {
    const away = new Set<number>();
    if (rowids.length === 0) return away;
    const byPlace = Map.groupBy(await places(), ({ placeId }) => placeId);
    for (const rowid of rowids) {
      const { volumeId, isOffline } = store.volumeOf(rowid) ?? {};
      if (volumeId === undefined) continue;
      const here = byPlace.get(volumeId) ?? [];
      // Also where the volume counts as looked at: it may have come into the library since.
      const { gone } = store.settle(volumeId, here, { after: rowid - 1, span: 1 });
      if (gone === 0 && !isOffline) continue;
      away.add(rowid);
      store.unsettle(volumeId); // back at its old place, it is looked at again
    }
    return away;
  };
}
