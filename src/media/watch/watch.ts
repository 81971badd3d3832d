/**
 * Watches the media folders: what is added, changed or taken away there is in the library some
 * seconds later. Where the system cannot watch, the folder is looked through at intervals instead,
 * and says why.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { ConflictError } from "../../base/errors.ts";
import { isWithin } from "../../base/files.ts";
import type { Log } from "../../base/log.ts";
import { pause, untilAborted } from "../../base/service.ts";
import { watchLimit, type WatchProblem, watchProblem } from "./limits.ts";
import { type Seen, type Settled, Settling } from "./settling.ts";
import type { WatchNews, WatchRequest } from "./watch_worker.ts";

export interface WatchDeps {
  /** Whether a folder lies on another machine: no system tells what happens there. */
  isRemote(root: string): Promise<boolean>;
  look(path: string): Promise<Seen>;
  /** A folder without links; undefined where it is not there. */
  realFolder(folder: string): Promise<string | undefined>;
  /** Whether something may be of interest; of what has just been touched nobody knows its kind. */
  matters(path: string, kind?: Settled["kind"]): boolean;
  /**
   * Looks through these folders, but leaves out what is still being written.
   *
   * @throws {ConflictError} a scan is under way: asked again a little later
   */
  scan(folders: string[], unsettled: ReadonlySet<string>, signal: AbortSignal): Promise<unknown>;
  /** A folder is watched from now on, or is not any more. */
  onState(states: WatchState[]): void;
  log: Log;
}

export interface WatchOptions {
  roots: readonly string[];
  /** "auto" watches what can be watched; "poll" looks through all at intervals. */
  mode: "auto" | "poll";
  /** Milliseconds between two looks where nothing is told. */
  pollMs: number;
  /** Milliseconds without news after which a file has settled. */
  quietMs?: number;
}

/** How the library hears of changes in one media folder. */
export interface WatchState extends Partial<WatchProblem> {
  root: string;
  mode: "starting" | "watching" | "polling";
  /** Of a folder that is watched: the folders in it that may not be read, and so are not. */
  leftOut?: string[];
}

const QUIET_MS = 2000;
/** Folders in one scan; more, and the whole root is looked through. */
const MAX_FOLDERS = 500;

const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./watch_worker.ts" : "./watch_worker.js",
  import.meta.url,
);

/** Watches until `signal` aborts. */
export async function watchFolders(
  deps: WatchDeps,
  { roots, mode, pollMs, quietMs = QUIET_MS }: WatchOptions,
  signal: AbortSignal,
): Promise<void> {
  const states = new Map<string, WatchState>();
  const stale = new Set<string>(); // roots to look through as a whole
  const settling = new Settling({ quietMs, look: deps.look });
  const tellStates = () => deps.onState([...states.values()]);
  const setState = (state: WatchState) => {
    states.set(state.root, state);
    tellStates();
  };

  const watchable: string[] = [];
  for (const root of roots) {
    if (mode === "poll") setState({ root, mode: "polling", reason: "WATCH_FOLDERS says so" });
    else if (await deps.isRemote(root)) {
      setState({ root, mode: "polling", reason: "It lies on another machine" });
    } else {
      watchable.push(root);
      setState({ root, mode: "starting" });
    }
  }

  const hear = async (news: WatchNews): Promise<void> => {
    const { root } = news;
    if ("watching" in news) {
      // What happened before the first watch was set is not told.
      if (states.get(root)?.mode === "polling") stale.add(root);
      const leftOut = news.leftOut.filter((path) => deps.matters(path, "folder"));
      setState({ root, mode: "watching", ...leftOut.length > 0 && { leftOut } });
    } else if ("failed" in news) {
      const problem = watchProblem(news.failed, await watchLimit());
      deps.log.warn("Folder is not watched", { root, ...problem });
      stale.add(root);
      setState({ root, mode: "polling", ...problem });
    } else if (news.all) stale.add(root);
    else {
      for (const path of await real(news.paths)) {
        if (rootOf(path) && deps.matters(path) && !settling.touch(path)) stale.add(root);
      }
    }
  };

  using worker = openWorker((news) => void hear(news));
  worker.watch(watchable);
  const polling = poll();
  const idleMs = Math.max(quietMs / 4, 20);
  while (!signal.aborted) {
    await pause(idleMs, signal);
    if (signal.aborted) break;
    const settled = await settling.settle();
    await scanSome(settled.filter(({ path, kind }) => deps.matters(path, kind)));
  }
  await polling;

  /**
   * The system follows links, and tells of a folder by the last way that it has found there: of a
   * media folder that another one has a link to, by that link.
   */
  async function real(paths: readonly string[]): Promise<string[]> {
    const folders = new Map<string, string>();
    const realFolder = async (folder: string): Promise<string> => {
      const known = folders.get(folder);
      if (known !== undefined) return known;
      let found = await deps.realFolder(folder);
      const above = dirname(folder);
      // What is gone has lain where its parent is.
      found ??= above === folder ? folder : join(await realFolder(above), basename(folder));
      folders.set(folder, found);
      return found;
    };
    const found: string[] = [];
    for (const path of paths) {
      // A media folder itself is told, too: what is above it is nobody's business.
      const isRoot = roots.includes(path);
      found.push(isRoot ? path : join(await realFolder(dirname(path)), basename(path)));
    }
    return found;
  }

  /** What a scan could not take now waits for the next turn. */
  async function scanSome(settled: Settled[]): Promise<void> {
    const folders = new Set([...settled.map(folderOf), ...stale]);
    if (folders.size === 0) return;
    if (folders.size > MAX_FOLDERS) {
      for (const folder of [...folders]) {
        const root = rootOf(folder);
        folders.delete(folder);
        if (root) folders.add(root);
      }
    }
    try {
      for (const root of folders) stale.delete(root);
      await deps.scan([...folders], settling.unsettled(), signal);
    } catch (error) {
      for (const folder of folders) stale.add(folder);
      if (signal.aborted) return;
      if (!(error instanceof ConflictError)) deps.log.warn("Folders not looked into", { error });
      await pause(quietMs, signal);
    }
  }

  /** Looks through what is not watched, and tries to watch it again. */
  async function poll(): Promise<void> {
    while (!signal.aborted) {
      await pause(pollMs, signal);
      const polled = [...states.values()].filter(({ mode }) => mode === "polling");
      for (const { root } of polled) stale.add(root);
      if (!signal.aborted) worker.watch(watchable);
    }
    await untilAborted(signal);
  }

  function rootOf(path: string): string | undefined {
    return roots.find((root) => isWithin(path, root));
  }

  /** What is gone may have been a folder: its parent shows. */
  function folderOf({ path, kind }: Settled): string {
    return kind === "folder" || roots.includes(path) ? path : dirname(path);
  }
}

/** A worker that is lost takes its watches with it: each root is told as failed, and tried again. */
function openWorker(onNews: (news: WatchNews) => void) {
  let wanted: readonly string[] = [];
  let worker: Worker | undefined;
  const begin = (): Worker => {
    const begun = new Worker(workerUrl, { type: "module" });
    begun.onmessage = ({ data }: MessageEvent<WatchNews>) => onNews(data);
    begun.onerror = (event) => {
      event.preventDefault();
      worker = undefined;
      for (const root of wanted) onNews({ root, failed: event.message });
    };
    return begun;
  };
  return {
    watch(roots: readonly string[]): void {
      wanted = roots;
      if (roots.length === 0 && !worker) return;
      worker ??= begin();
      worker.postMessage({ roots } satisfies WatchRequest);
    },
    [Symbol.dispose]: () => worker?.terminate(),
  };
}
