/**
 * The mounts of now: /proc/self/mountinfo, read at most every few seconds however many ask. Nothing
 * here touches a file system, so it answers whatever hangs.
 *
 * @module
 */
import {
  createMountTree,
  type FindMount,
  type Mount,
  parseMountInfo,
} from "../graph/mount_info.ts";

/** One reading; the same object as long as nothing is mounted or unmounted. */
export interface Mounted {
  /** Undefined where the system has no such table. */
  text: string | undefined;
  mounts: readonly Mount[];
  /** The mount that holds an absolute path without links. */
  find: FindMount;
}

export interface MountTable {
  /** A reading that is at most `freshMs` old. */
  now(): Promise<Mounted>;
  /** A reading that begins after this call. */
  refresh(): Promise<Mounted>;
  /** The last reading; nothing is mounted in it before the first. */
  readonly last: Mounted;
}

export interface MountTableOptions {
  /** The text of /proc/self/mountinfo; undefined where there is none. */
  read?: () => Promise<string | undefined>;
  /** The path without links, below /dev, where nothing hangs. */
  follow?: (path: string) => Promise<string>;
  /** Milliseconds for which a reading is good. */
  freshMs?: number;
}

export function openMountTable(
  { read = readProc, follow = Deno.realPath, freshMs = 3000 }: MountTableOptions = {},
) {
  let last: Mounted = { text: undefined, mounts: [], find: () => undefined };
  let reading: Promise<Mounted> | undefined;
  let begunAt = -Infinity;

  async function look(): Promise<Mounted> {
    const text = await read();
    if (text === last.text) return last;
    const mounts = await Promise.all(parseMountInfo(text ?? "").map(withDevice));
    return last = { text, mounts, find: createMountTree(mounts) };
  }

  /** btrfs has no device number that is a disk's, and calls its disk by any name that it was told. */
  async function withDevice(mount: Mount): Promise<Mount> {
    if (!mount.deviceNumber.startsWith("0:") || !mount.source.startsWith("/dev/")) return mount;
    const device = await follow(mount.source).catch(() => undefined);
    return device === undefined ? mount : { ...mount, device };
  }

  const refresh = () => {
    begunAt = performance.now();
    return reading = look();
  };
  const table: MountTable = {
    now: () => reading && performance.now() - begunAt < freshMs ? reading : refresh(),
    refresh,
    get last() {
      return last;
    },
  };
  return table;
}

async function readProc(): Promise<string | undefined> {
  return await Deno.readTextFile("/proc/self/mountinfo").catch(() => undefined);
}
