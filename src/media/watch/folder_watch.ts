/**
 * The watch of one media folder, as a whole or in parts; of parts, it says when others are needed.
 *
 * @module
 */
import { dirname } from "node:path";
import { isFolder, isReadable, type WatchParts, watchParts } from "./parts.ts";

export interface FolderWatch extends Disposable {
  /** Folders that may not be read: nothing is heard of what happens there. */
  leftOut: string[];
  /**
   * Hears of every path that is touched, until the watch ends; or until other parts are to be
   * watched, and a new watch is due.
   */
  hear(onPaths: (paths: readonly string[]) => void): Promise<"ended" | "again">;
}

/** Folders that come on in a row have the tree looked through once; ... */
const AGAIN_MS = 500;
/** ... and of a large tree, that is no tenth of what the worker does. */
const TIMES = 10;

/** @throws what the system says where not even a part of it can be watched */
export function openWatch(root: string): FolderWatch {
  const begun = performance.now();
  try {
    return watch({ whole: [root], alone: new Set(), leftOut: new Set() }, AGAIN_MS);
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied) || !isReadable(root)) throw error;
  }
  const parts = watchParts(root);
  return watch(parts, Math.max(AGAIN_MS, TIMES * (performance.now() - begun)));
}

function watch({ whole, alone, leftOut }: WatchParts, againMs: number): FolderWatch {
  using opening = new DisposableStack();
  const watchers: Deno.FsWatcher[] = [];
  const kinds: [string[], boolean][] = [[whole, true], [[...alone], false]];
  for (const [folders, recursive] of kinds) {
    if (folders.length > 0) watchers.push(opening.use(Deno.watchFs(folders, { recursive })));
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  opening.defer(() => clearTimeout(timer));
  const open = opening.move();

  /** Whether the parts are not what they were: by a new folder, or one that may be read now. */
  const isNew = (kind: Deno.FsEvent["kind"], path: string): boolean =>
    leftOut.has(path)
      ? isReadable(path)
      : kind !== "modify" && alone.has(dirname(path)) && isFolder(path);

  return {
    leftOut: [...leftOut],
    hear: async (onPaths) => {
      const listen = async (watcher: Deno.FsWatcher) => {
        for await (const { kind, paths } of watcher) {
          if (kind === "access") continue;
          onPaths(paths);
          if (timer === undefined && paths.some((path) => isNew(kind, path))) {
            timer = setTimeout(() => watchers.forEach((it) => it.close()), againMs);
          }
        }
      };
      await Promise.all(watchers.map(listen));
      return timer === undefined ? "ended" : "again";
    },
    [Symbol.dispose]: () => open.dispose(),
  };
}
