/**
 * Notices what was added, changed or taken away beside films that are known: subtitles and NFO
 * files. An unchanged folder costs one look at it, and one at each of its sidecars.
 *
 * @module
 */
import { join } from "node:path";
import type { DrainDeps } from "../drain.ts";
import { turn } from "../../../base/event_loop.ts";
import { changedNames, type FolderState } from "../../sidecars/folder_state.ts";
import type { KnownFolder, ProbedStore } from "./store.ts";

export interface BesideDeps extends Pick<DrainDeps, "lanes" | "workers" | "silence"> {
  store: ProbedStore & { transaction<T>(work: () => T): T };
  signal: AbortSignal;
}

const FOLDERS_AT_ONCE = 256;

/**
 * Sends films back to be looked into whose sidecars are others now.
 *
 * @param folders Below the root, relative to it; [""] is all of it.
 */
export async function lookBeside(
  root: string,
  folders: readonly string[],
  deps: BesideDeps,
): Promise<void> {
  for (const folder of folders) {
    let after: string | undefined;
    for (;;) {
      const known = deps.store.foldersBelow(root, folder, after, FOLDERS_AT_ONCE);
      if (known.length === 0) break;
      after = known.at(-1)!.folder;
      // A folder and the next may lie on different file systems; mostly all are on one.
      const silences = await Promise.all(known.map((it) => deps.silence(join(root, it.folder))));
      for (const silent of new Set(silences)) {
        const here = known.filter((_, index) => silences[index] === silent);
        for (const some of Object.values(Object.groupBy(here, ({ driveIds }) => driveIds))) {
          if (!silent.aborted) await lookAt(root, some!, silent, deps);
        }
      }
      await turn(); // others have theirs
    }
  }
}

/** Folders of one file system on one set of drives. */
async function lookAt(
  root: string,
  known: KnownFolder[],
  silent: AbortSignal,
  { lanes, workers, store, signal }: BesideDeps,
): Promise<void> {
  const either = AbortSignal.any([signal, silent]);
  const options = { signal: either, priority: "scan", isShort: true, hasPassed: true } as const;
  const folders = known.map(({ folder, seen }) => ({ path: join(root, folder), seen }));
  const [result] = await workers.run({ kind: "beside", folders }, {
    signal: either,
    priority: "scan",
    lease: () => lanes.acquire(JSON.parse(known[0]!.driveIds), options),
  }).catch((error) => {
    signal.throwIfAborted();
    if (either.aborted) return []; // its file system answers no more: the next scan asks again
    throw error;
  });
  if (!result || !("beside" in result)) return;
  for (const [index, now] of result.beside) {
    const { folder, seen } = known[index]!;
    store.transaction(() => takeFolder(root, folder, { before: seen, now }, store));
  }
}

function takeFolder(
  root: string,
  folder: string,
  { before, now }: { before: FolderState; now: FolderState },
  store: ProbedStore,
): void {
  const names = changedNames(before, now);
  store.saveFolder(root, folder, now);
  if (names.length > 0) store.reopenBeside(root, folder, names);
}
