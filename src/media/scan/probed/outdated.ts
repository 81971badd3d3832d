/**
 * Sends files back to be looked into that an earlier version of the program has looked into, where
 * this one knows more of their container: once, and no others. They are read as new files are, in
 * the background, and none is hashed again.
 *
 * @module
 */
import { turn } from "../../../base/event_loop.ts";
import { probeVersions } from "../../probe/versions.ts";
import type { ScanStore } from "../store.ts";

type OutdatedStore = Pick<ScanStore, "isDone" | "setDone" | "lastRowid" | "reopenContainer">;

/** Rows looked at in one go: some ten milliseconds. */
const SPAN = 5000;

/** To be called before anything new is stored: that is of this version. */
export async function reopenOutdated(store: OutdatedStore, signal: AbortSignal): Promise<void> {
  for (const [container, { version, but = "" }] of Object.entries(probeVersions)) {
    const [what, how] = [`probed ${container}`, String(version)];
    if (store.isDone(what, how)) continue;
    for (let after = 0; after < store.lastRowid(); after += SPAN) {
      signal.throwIfAborted();
      store.reopenContainer({ container, but, after, span: SPAN });
      await turn(); // a long library must not hold up the rest
    }
    store.setDone(what, how);
  }
}
