/**
 * The Web Worker that watches folders: to watch a large tree takes seconds, and a file system that
 * hangs would hold up whoever asks it.
 *
 * @module
 */
import { reasonOf } from "../../base/errors.ts";
import { type FolderWatch, openWatch } from "./folder_watch.ts";

/** Watch exactly these folders, and all below them. */
export interface WatchRequest {
  roots: readonly string[];
}

export type WatchNews =
  /** Everything that happens below it is told from now on, but in what may not be read. */
  | { root: string; watching: true; leftOut: string[] }
  | { root: string; failed: string }
  /** What was touched, in a folder or file; `all` where it was too much to tell. */
  | { root: string; paths: string[]; all: boolean };

/** So long news are gathered before they are told. */
const GATHER_MS = 200;
/** More paths than these at once are told as "all of it". */
const MAX_PATHS = 2000;

const port = self as unknown as {
  postMessage(news: WatchNews): void;
  onmessage: ((event: MessageEvent<WatchRequest>) => void) | null;
};
const watchers = new Map<string, FolderWatch>();

port.onmessage = ({ data: { roots } }) => {
  for (const [root, watcher] of watchers) {
    if (roots.includes(root)) continue;
    watchers.delete(root);
    watcher[Symbol.dispose]();
  }
  for (const root of roots) {
    if (!watchers.has(root)) void watch(root);
  }
};

async function watch(root: string): Promise<void> {
  const gathered = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    timer = undefined;
    const all = gathered.size > MAX_PATHS;
    port.postMessage({ root, paths: all ? [] : [...gathered], all });
    gathered.clear();
  };
  const gather = (paths: readonly string[]) => {
    for (const path of paths) if (gathered.size <= MAX_PATHS) gathered.add(path);
    if (gathered.size > 0) timer ??= setTimeout(tell, GATHER_MS);
  };
  try {
    for (let isAgain = false;; isAgain = true) {
      using watch = openWatch(root);
      watchers.set(root, watch);
      port.postMessage({ root, watching: true, leftOut: watch.leftOut });
      // What happened between two watches was told by neither.
      if (isAgain) port.postMessage({ root, paths: [], all: true });
      const isOver = await watch.hear(gather) === "ended";
      if (watchers.get(root) !== watch) return;
      if (isOver) throw new Error("The watch has ended");
    }
  } catch (error) {
    watchers.delete(root);
    port.postMessage({ root, failed: reasonOf(error) });
  } finally {
    clearTimeout(timer);
    if (gathered.size > 0) tell();
  }
}
