/**
 * Where a path lies on a system without a mount table: the volume whose mount point is the longest
 * beginning of the path.
 *
 * @module
 */
import type { Platform } from "../../base/platform.ts";
import type { Volume } from "../drive.ts";

export interface Placed {
  volume: Volume;
  mountPoint: string;
  /** Below the mount point, always with "/", and one in front. */
  pathInVolume: string;
}

/** The volume of an absolute path; undefined where none of `volumes` holds it. */
export function findByPrefix(
  path: string,
  volumes: readonly Volume[],
  platform: Platform,
): Placed | undefined {
  const wanted = comparable(path, platform);
  let best: Placed & { length: number } | undefined;
  for (const volume of volumes) {
    for (const mountPoint of volume.mountPoints) {
      for (const start of startsOf(mountPoint, platform)) {
        const folder = comparable(start, platform);
        if (!isUnder(wanted, folder)) continue;
        if (best && best.length >= folder.length) continue;
        // A firmlink's own folder is one of the volume's; a mount point is not.
        const shown = start === mountPoint && folder !== "/" ? folder.length : 0;
        const pathInVolume = plain(path, platform).slice(shown) || "/";
        best = { volume, mountPoint, pathInVolume, length: folder.length };
      }
    }
  }
  if (!best) return undefined;
  const { length: _, ...placed } = best;
  return placed;
}

/** `\\server\share\x`, also in its long form: the server, in lower case. */
export function serverInPath(path: string): string | undefined {
  const bare = path.replaceAll("\\", "/").replace(/^\/\/[?.]\/UNC\//i, "//");
  const server = /^\/\/([^/?.][^/]*)\/[^/]/.exec(bare)?.[1];
  return server?.toLowerCase();
}

/** The data volume of macOS, whose folders stand among those of the system's own. */
const DATA = "/System/Volumes/Data";

/** /usr/share/firmlinks: folders of the data volume that show in "/". */
const firmlinks =
  "/AppleInternal /Applications /Library /Users /Volumes /private /opt /cores /usr/local /home \
/System/Library/Caches /System/Library/Assets /System/Library/AssetsV2 /System/Library/Speech \
/usr/libexec/cups /usr/share/snmp".split(/\s+/);

/** Where the files of a mount point show: those of the Mac's data volume also in "/". */
export function shownAt(mountPoint: string): string[] {
  return mountPoint === DATA ? [mountPoint, "/"] : [mountPoint];
}

/** Every folder at which the volume of this mount point begins. */
function startsOf(mountPoint: string, platform: Platform): string[] {
  if (platform !== "darwin" || mountPoint !== DATA) return [mountPoint];
  return [mountPoint, ...firmlinks];
}

/** A path's form for comparing: case counts on Linux only, and "/" stands between folders. */
function comparable(path: string, platform: Platform): string {
  const same = plain(path, platform);
  return platform === "windows" ? same.toLowerCase() : same;
}

function plain(path: string, platform: Platform): string {
  let bare = path;
  if (platform === "windows") {
    bare = path.replaceAll("\\", "/").replace(/^\/\/[?.]\/UNC\//i, "//");
    // A volume's own name, "\\?\Volume{guid}\", stays; "\\?\C:\" is C:.
    bare = bare.replace(/^\/\/[?.]\/(?=[a-z]:)/i, "");
  }
  return bare.length > 1 ? bare.replace(/\/+$/, "") || "/" : bare;
}

/** Whether `path` is `folder` or lies in it, by whole segments: /mnt/ab is not in /mnt/a. */
export function isUnder(path: string, folder: string): boolean {
  if (!path.startsWith(folder)) return false;
  return folder === "/" || path.length === folder.length || path[folder.length] === "/";
}
