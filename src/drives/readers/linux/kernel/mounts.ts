/**
 * /proc/mounts, /etc/mtab and `mount`: what is mounted where, without the numbers of the devices.
 *
 * @module
 */
import type { Mount } from "../../../graph/mount_info.ts";
import { type Reader, unreadable } from "../../reader.ts";

/** A mount as far as a table without numbers tells it; `root` is the subvolume's, if it has one. */
export function mountOf(
  told: Pick<Mount, "source" | "mountPoint" | "fileSystem"> & Partial<Mount>,
): Mount {
  const [, source = told.source, inBrackets] = /^(\/dev\/[^[]+)\[(\/.*)\]$/.exec(told.source) ?? [];
  const subvolume = /(?:^|,)subvol=([^,]+)/.exec(told.options ?? "")?.[1];
  return {
    id: "",
    parentId: "",
    deviceNumber: "",
    root: inBrackets ?? subvolume?.replace(/^\/?/, "/") ?? "/",
    options: "",
    readOnly: (told.options ?? "").split(",").includes("ro"),
    ...told,
    source,
  };
}

export const procMounts: Reader = {
  name: "/proc/mounts",
  platform: "linux",
  recognise: (text) => /^\S+ \/\S* \S+ (rw|ro)(,\S*)? \d+ \d+$/m.test(firstLineOf(text)),
  read(text) {
    const mounts = text.split("\n").flatMap((line) => {
      const [source, mountPoint, fileSystem, options, ...rest] = line.split(" ");
      if (!source || !mountPoint?.startsWith("/") || !fileSystem || rest.length !== 2) return [];
      const told = { source: unescape(source), mountPoint: unescape(mountPoint), fileSystem };
      return [mountOf({ ...told, options: unescape(options!) })];
    });
    if (mounts.length === 0) throw unreadable("/proc/mounts", text, "it has no mount");
    return { mounts };
  },
};

export const mountCommand: Reader = {
  name: "mount",
  platform: "linux",
  recognise: (text) => mounted.test(firstLineOf(text)),
  read(text) {
    const mounts = text.split("\n").flatMap((line) => {
      const [, source, mountPoint, fileSystem, options] = mounted.exec(line) ?? [];
      if (!source || !mountPoint || !fileSystem) return [];
      return [mountOf({ source, mountPoint, fileSystem, options: options ?? "" })];
    });
    if (mounts.length === 0) throw unreadable("mount", text, "it has no mount");
    return { mounts };
  },
};

const mounted = /^(\S.*?) on (\/.*?) type (\S+) \(([^)]*)\)/;

function firstLineOf(text: string): string {
  return text.trimStart().split("\n", 1)[0]!;
}

/** A blank in a name is written `\040`. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}
