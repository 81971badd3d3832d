/**
 * What a look has not found again is no group any more.
 *
 * @module
 */
import type { GroupKind } from "../store.ts";
import type { Pace } from "./pace.ts";
import type { LookStore } from "./store.ts";

/** Each may have a thousand members, which go with it. */
const AT_ONCE = 10;

export async function vanishUnseen(
  kind: GroupKind,
  look: number,
  { store, pace }: { store: LookStore; pace: Pace },
): Promise<void> {
  for (let left = AT_ONCE; left === AT_ONCE;) {
    left = await pace(() =>
      store.transaction(() => {
        const unseen = store.unseen(kind, look, AT_ONCE);
        for (const { id } of unseen) store.vanish(id, look);
        return unseen.length;
      })
    );
  }
}
