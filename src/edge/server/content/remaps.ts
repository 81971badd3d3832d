/**
 * Tells a peer what its files are called since others have turned out to hold the same.
 *
 * @module
 */
import type { Session } from "../sessions.ts";
import type { EdgeStore } from "../store.ts";
import type { Remap } from "./store.ts";

/** Those that are told at the end of a list; the rest waits for the next. */
const MAX_AT_ONCE = 1000;

/** Each once in a session: a peer that refuses is not asked for ever. */
export async function tellRemaps(session: Session, remaps: Remap[]): Promise<void> {
  for (const remap of remaps) {
    if (session.remapped.has(remap.oldCatalogId)) continue;
    session.remapped.add(remap.oldCatalogId);
    await session.send({ case: "fileRemapRequest", value: remap });
  }
}

/** What the peer has not followed, or not heard. */
export async function tellPendingRemaps(session: Session, store: EdgeStore): Promise<void> {
  await tellRemaps(session, await store.pendingRemaps(session.peerId, MAX_AT_ONCE));
}
