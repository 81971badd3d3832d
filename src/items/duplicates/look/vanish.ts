/**
 * What a look has not found again is no group any more.
 *
 * @module
 */
import type { GroupKind } from "../store.ts";
import type { Pace } from "./pace.ts";
import type { LookStore } from "./store.ts";

const PAGE = 500;

/**
 * Goes through the groups of a kind; `again` is given those that were not found, a page at a time,
 * and may look for them once more.
 */
export async function vanishUnfound(
  kind: GroupKind,
  { store, pace }: { store: LookStore; pace: Pace },
  again: (unfound: { id: string; key: string }[]) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  for (let after = "";;) {
    const page = await pace(() => store.groups(after, PAGE));
    const unfound = page.filter((it) => it.kind === kind && !it.isFound);
    if (unfound.length > 0) {
      await again(unfound);
      const gone = await pace(() => unfound.filter(({ id }) => !store.isFound(id)));
      // One by one: each may have a thousand members, which go with it.
      for (const { id } of gone) await pace(() => store.transaction(() => store.vanish(id)));
    }
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}
