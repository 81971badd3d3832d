/**
 * The Web Worker that watches folders: to watch a large tree takes seconds, and a file system that
 * hangs would hold up whoever asks it.
 *
 * @module
 */
import { reasonOf } from "../../base/errors.ts";

/** Watch exactly these folders, and all below them. */
export interface WatchRequest {
  roots: readonly string[];
}

export type WatchNews =
  /** Everything that happens below it from now on is told. */
  | { root: string; watching: true }
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
const watchers = new Map<string, Deno.FsWatcher>();

port.onmessage = ({ data: { roots } }) => {
  for (const [root, watcher] of watchers) {
    if (roots.includes(root)) continue;
    watchers.delete(root);
    watcher.close();
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
  try {
    using watcher = Deno.watchFs(root, { recursive: true });
    watchers.set(root, watcher);
    port.postMessage({ root, watching: true });
    for await (const { kind, paths } of watcher) {
      if (kind === "access") continue;
      for (const path of paths) if (gathered.size <= MAX_PATHS) gathered.add(path);
      if (gathered.size > 0) timer ??= setTimeout(tell, GATHER_MS);
    }
    if (watchers.get(root) === watcher) throw new Error("The watch has ended");
  } catch (error) {
    watchers.delete(root);
    port.postMessage({ root, failed: reasonOf(error) });
  } finally {
    clearTimeout(timer);
    if (gathered.size > 0) tell();
  }
}
