/**
 * The media folders, watched: what changes there is scanned some seconds later.
 *
 * @module
 */
import { basename, extname, sep } from "node:path";
import { isBelow, isWithin } from "../../base/files.ts";
import type { Log } from "../../base/log.ts";
import { orAborted, type Service, untilAborted } from "../../base/service.ts";
import type { Configuration } from "../../config/mod.ts";
import {
  isRuleFile,
  stateOf,
  subtitleExtensions,
  TRASH_FOLDER,
  watchFolders,
  type WatchState,
} from "../../media/mod.ts";
import type { Peer } from "./peer.ts";

export interface WatcherOptions {
  peer: Peer;
  config: Configuration;
  dataDir: string;
  log: Log;
}

export interface Watcher {
  service: Service;
  states(): readonly WatchState[];
}

export function createWatcher({ peer, config, dataDir, log }: WatcherOptions): Watcher {
  let states: readonly WatchState[] = [];
  const { drives, library } = peer;

  const matters = (path: string, kind?: "file" | "folder" | "gone"): boolean => {
    const { includeExtensions, excludeDirs } = config.value;
    // Our own notes are no news.
    if (isWithin(path, dataDir)) return false;
    const excluded = [...excludeDirs, TRASH_FOLDER];
    if (path.split(sep).some((name) => excluded.includes(name))) return false;
    if (excluded.some((folder) => folder.includes(sep) && isBelow(path, folder))) return false;
    const name = basename(path);
    if (isRuleFile(name)) return true;
    // Programs that copy or download write to hidden names first.
    if (name.startsWith(".") || UNFINISHED.has(extname(name).toLowerCase())) return false;
    const extension = extname(name).toLowerCase();
    return kind !== "file" || includeExtensions.includes(extension) || BESIDE.has(extension) ||
      subtitleExtensions.has(extension);
  };

  const service: Service = config.live.service(
    ({ watchFolders, pollIntervalSec }) => ({ mode: watchFolders, pollIntervalSec }),
    async ({ mode, pollIntervalSec }, signal) => {
      while (!signal.aborted) {
        const either = AbortSignal.any([signal, peer.foldersChange()]);
        states = [];
        // Before the drives are known nobody knows what lies on other machines.
        await orAborted(drives.watched, signal);
        if (mode === "off") await untilAborted(either);
        else {
          const roots = peer.folders();
          await watchFolders(
            {
              isRemote: async (root) =>
                (await drives.locateReal(root)).driveIds.some((id) => id.startsWith("net:")),
              look: (path) =>
                drives.touch(path, async () => {
                  const info = await Deno.lstat(path);
                  return info.isDirectory ? "folder" as const : stateOf(info);
                }).catch(() => undefined),
              realFolder: (folder) =>
                drives.touch(folder, () => Deno.realPath(folder)).catch(() => undefined),
              matters,
              scan: (folders, unsettled, signal) =>
                library.scan({ folders, unsettled, signal, leaveAsleep: true }),
              onState: (now) => states = now,
              log,
            },
            { roots, mode, pollMs: pollIntervalSec * 1000 },
            either,
          );
        }
      }
    },
  );

  return { service, states: () => states };
}

/** Beside a film, these tell of it. */
const BESIDE = new Set([".nfo", ".jpg", ".jpeg", ".png", ".webp"]);
/** What browsers and other programs call a file that is not whole yet. */
const UNFINISHED = new Set([".part", ".crdownload", ".download", ".tmp", ".!qb", ".!ut", ".aria2"]);

/** For the health answer: degraded where a folder that could be watched is not. */
export function watchPart(states: readonly WatchState[]) {
  const unwatched = states.filter(({ mode, hasFailed }) => mode === "polling" && hasFailed);
  const unread = states.flatMap(({ root, leftOut = [] }) => {
    const paths = leftOut.filter((path) => !SYSTEM.has(basename(path)));
    return paths.length > 0 ? [{ root, paths }] : [];
  });
  return {
    status: unwatched.length > 0 ? "degraded" as const : "healthy" as const,
    folders: states.map(({ root, mode, reason, fix, leftOut }) => ({
      root,
      mode,
      ...reason !== undefined && { reason },
      ...fix !== undefined && { fix },
      ...leftOut && { left_out: leftOut },
    })),
    problems: [
      ...unwatched.map(({ root, reason, fix }) => ({
        text: `${root} is looked through at intervals, not watched: ${reason}`,
        ...fix !== undefined && { fix },
      })),
      ...unread.map(({ root, paths: [first, ...more] }) => ({
        text: first + (more.length > 0 ? ` and ${more.length} more in ${root}` : "") +
          " may not be read: give this user the right to, or name it in EXCLUDE_DIRS",
      })),
    ],
  };
}

/** What file systems and their tools keep for themselves: nobody misses it. */
const SYSTEM = new Set(["lost+found", "System Volume Information", "$RECYCLE.BIN"]);
