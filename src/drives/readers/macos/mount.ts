/**
 * What `mount` and `df` print on macOS: which devices are mounted where, and what servers share.
 *
 * @module
 */
import type { Finding } from "../../graph/block.ts";
import { type Mount, serverOf } from "../../graph/mount_info.ts";
import { type Reader, unreadable } from "../reader.ts";
import { apfsVolume, nameOf, partition, wholeOf } from "./devices.ts";

/** "/dev/disk1s1 on / (apfs, local, journaled)" */
const mountLine = /^(.+?) on (\/.*) \(([^()]*)\)\s*$/;

export const mountText: Reader = {
  name: "mount (macOS)",
  platform: "darwin",
  recognise: (text) => /^\/dev\/disk\d+(s\d+)* on \/.* \(\w/m.test(text),
  read(text) {
    const mounts = parseMacMount(text);
    if (mounts.length === 0) throw unreadable("mount", text, "it has no mount");
    const own = mounts.filter(({ root }) => root === "/");
    return { devices: own.flatMap(deviceOf), mounts: own };
  },
};

/**
 * The mounts in the order of `mount` on macOS, which is the order in which they were made: so that
 * the newest of two on one folder wins. It prints neither ids nor device numbers: ids are made up.
 * A snapshot that is mounted beside its volume has its name for `root`.
 */
export function parseMacMount(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, source, mountPoint, words] = mountLine.exec(line) ?? [];
    if (source === undefined || mountPoint === undefined || words === undefined) continue;
    const [fileSystem = "", ...flags] = words.split(/,\s*/);
    const id = String(mounts.length + 1);
    const [, snapshot, device = source] = /^([^/]*)@(\/dev\/disk.*)$/.exec(source) ?? [];
    mounts.push({
      id,
      parentId: parentOf(mountPoint, mounts) ?? id,
      deviceNumber: "",
      root: snapshot ?? "/",
      mountPoint,
      fileSystem,
      source: device,
      readOnly: flags.includes("read-only"),
      options: flags.join(","),
    });
  }
  return mounts;
}

/** The mount on which a folder was when the next one was made there. */
function parentOf(mountPoint: string, before: Mount[]): string | undefined {
  const holds = (one: Mount) =>
    one.mountPoint === "/" || `${mountPoint}/`.startsWith(`${one.mountPoint}/`);
  const longest = Math.max(...before.filter(holds).map((one) => one.mountPoint.length));
  return before.findLast((one) => holds(one) && one.mountPoint.length === longest)?.id;
}

/** What a mount alone says of its device: where nobody describes it, it is all there is. */
function deviceOf({ source, fileSystem, mountPoint }: Mount): Finding[] {
  const name = nameOf(source);
  if (!name) return [];
  const mountPoints = [mountPoint];
  return fileSystem === "apfs"
    ? apfsVolume(name, { mountPoints })
    : partition(name, { fileSystem, mountPoints });
}

/** The row of `df`: blocks, used, available, inodes where it counts them, and the folder. */
const dfRow =
  /^(.+?)\s+(\d[\d.]*[KMGTPE]?i?B?)\s+(-?\d[\d.]*[KMGTPE]?i?B?)\s+(-?\d[\d.]*[KMGTPE]?i?B?)\s+(?:\d+%|-)\s+(?:\S+\s+\S+\s+(?:\d+%|-)\s+)?(\/.*)$/;

export const dfText: Reader = {
  name: "df (macOS)",
  platform: "darwin",
  recognise: (text) =>
    /^Filesystem\s+(512-blocks|1024-blocks|1K-blocks|Size)\s.*Capacity\s.*Mounted on/m.test(text) &&
    /\biused\b|^\/dev\/disk\d+s\d|^map [-\w]/m.test(text),
  read(text) {
    const header = /^Filesystem\s+(\S+)/m.exec(text)?.[1] ?? "";
    const block = header.startsWith("512") ? 512 : 1024;
    const rows = text.split(/\r?\n/).flatMap((line) => toRow(line, block) ?? []);
    const devices = rows.flatMap((row) => rowOf(row, rows));
    if (devices.length === 0) throw unreadable("df", text, "it has no row of a disk or a server");
    return { devices };
  },
};

interface Row {
  source: string;
  /** Of the whole file system, as printed; volumes of one container share both. */
  blocks: string;
  available: string;
  used: number;
  freeBytes: number;
  folder: string;
}

function toRow(line: string, block: number): Row | undefined {
  const [, source, blocks, used, available, folder] = dfRow.exec(line) ?? [];
  if (!source || !blocks || !used || !available || !folder) return;
  const freeBytes = bytesOf(available, block);
  return { source, blocks, available, used: bytesOf(used, block), freeBytes, folder };
}

function rowOf(row: Row, rows: Row[]): Finding[] {
  const { source, used, freeBytes, folder } = row;
  const mountPoints = [folder];
  // The blocks of an APFS volume are its container's, and the same again for the next one.
  const space = { totalBytes: used + freeBytes, freeBytes };
  const name = nameOf(source);
  if (name) {
    const facts = { ...space, mountPoints };
    return sharesSpace(row, rows) ? apfsVolume(name, facts) : partition(name, facts);
  }
  const fileSystem = source.includes("._afpovertcp.") ? "afpfs" : undefined;
  const server = serverOf({ fileSystem: source.startsWith("//") ? "smbfs" : "nfs", source });
  if (!server || !/^\/\/|^[^/\s]+:\//.test(source)) return [];
  return [
    { name: `net:${server}`, type: "server", aliases: [server], transport: fileSystem },
    {
      name: source,
      type: "share",
      parents: [`net:${server}`],
      fileSystem,
      mountPoints,
      ...space,
    },
  ];
}

/** Two volumes of one disk with the same blocks, used and free to the last, are of one container. */
function sharesSpace(row: Row, rows: Row[]): boolean {
  const whole = (source: string) => wholeOf(nameOf(source) ?? "");
  return rows.some((other) =>
    other !== row && whole(other.source) === whole(row.source) &&
    other.blocks === row.blocks && other.available === row.available
  );
}

/** Blocks, or with -h "466Gi". */
function bytesOf(text: string, block: number): number {
  const [, amount = "", unit = ""] = /^(-?[\d.]+)([KMGTPE]?i?B?)$/.exec(text) ?? [];
  if (!unit) return Math.max(0, Number(amount)) * block;
  const step = unit.includes("i") ? 1024 : 1000;
  const power = ["", "K", "M", "G", "T", "P", "E"].indexOf(unit.replace(/i?B?$/, ""));
  return Math.round(Number(amount) * step ** power);
}
