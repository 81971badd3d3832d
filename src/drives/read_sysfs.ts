/**
 * Reads what the kernel and udev tell of block devices into one record that can be kept.
 * Only cached facts are read, so that no sleeping disk wakes.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { reasonOf, UnavailableError } from "../base/errors.ts";
import { pause } from "../base/service.ts";

export interface SysfsBlock {
  /** Where the device hangs: "../devices/pci0000:00/…/ata1/host0/…/block/sda". */
  path: string;
  /** The disk, when this is a partition of it. */
  parent?: string;
  /** What this one is built on, for device mapper, md and bcache. */
  slaves: string[];
  /** Of these, what only caches for it: a bcache has its set of SSDs among its slaves. */
  caches?: string[];
  /** Host:channel:target:lun. */
  address?: string;
  attributes: Record<string, string | undefined>;
  /** The file that a loop device shows. */
  backing?: string;
  /** Its entry in udev's database, as it stands there. */
  udev?: string;
}

/** The devices of each btrfs that is mounted, by its UUID. */
export type BtrfsMembers = Record<string, string[]>;

export interface SysfsRecord {
  blocks: Record<string, SysfsBlock>;
  btrfs?: BtrfsMembers;
}

/**
 * What lsblk leaves out where there is no udev, or where it has not looked since: which devices
 * only cache for another, which files are images, and which devices a btrfs stands on.
 */
export interface Identities {
  identities: Record<string, SysfsBlock["attributes"]>;
  caches: Record<string, string[]>;
  /** The files that loop devices show. */
  images?: Record<string, string>;
  btrfs?: BtrfsMembers;
}

const ofEach = ["dev", "size", "ro", "partition", "removable", "queue/rotational"];
const identityOfDisks = ["serial", "device/serial", "device/vpd_pg80", "wwid", "device/wwid"];
const ofDisks = [
  ...identityOfDisks,
  "hidden",
  "device/model",
  "device/vendor",
  "device/type",
  "dm/name",
  "dm/uuid",
  "md/level",
];

/**
 * Resolves when udev has looked at all devices, or is not there, or takes too long: a disk that it
 * is looking at has no serial number yet, and would be another one.
 */
export async function whenUdevIsDone(
  { signal, root = "", limitMs = 3000 }: { signal: AbortSignal; root?: string; limitMs?: number },
): Promise<void> {
  const end = performance.now() + limitMs;
  // It is there as long as udev has something to do; `udevadm settle` waits for the same.
  const isBusy = () => Deno.lstat(`${root}/run/udev/queue`).then(() => true, () => false);
  while (!signal.aborted && performance.now() < end && await isBusy()) await pause(50, signal);
}

/** Everything that the sysfs strategy wants to know; `root` is for a copy of another machine. */
export async function collectSysfs(
  { signal, root = "" }: { signal: AbortSignal; root?: string },
): Promise<SysfsRecord> {
  const blocks: Record<string, SysfsBlock> = {};
  const folder = `${root}/sys/block`;
  const disks = await names(folder).catch((error) => {
    throw new UnavailableError(`Cannot read "${folder}": ${reasonOf(error)}`, {}, {
      cause: error,
    });
  });
  for (const disk of disks) {
    signal.throwIfAborted();
    const place = `${folder}/${disk}`;
    blocks[disk] = await readDisk(place, root);
    for (const name of await names(place)) {
      const attributes = name.startsWith(disk) ? await read(`${place}/${name}`, ofEach) : {};
      if (!attributes.partition) continue;
      const path = `${blocks[disk].path}/${name}`;
      blocks[name] = { path, parent: disk, slaves: [], attributes };
      await addUdev(blocks[name], root);
    }
  }
  return { blocks, ...await readBtrfs(root) };
}

/** /sys/fs/btrfs/<UUID>/devices/<name>, told by the file system itself. */
async function readBtrfs(root = ""): Promise<{ btrfs?: BtrfsMembers }> {
  const folder = `${root}/sys/fs/btrfs`;
  const uuids = (await names(folder).catch(() => [])).filter((name) => /^[\da-f]{8}-/.test(name));
  const members = await Promise.all(
    uuids.map(async (uuid) =>
      [uuid, await names(`${folder}/${uuid}/devices`).catch(() => [])] as const
    ),
  );
  return members.length > 0 ? { btrfs: Object.fromEntries(members) } : {};
}

/** Names that are the kernel's idea of caches: the members of the set that a bcache is tied to. */
async function readCaches(place: string): Promise<string[]> {
  // The disk behind a bcache shows the same set, and is no bcache itself.
  if (!basename(place).startsWith("bcache")) return [];
  const set = `${place}/bcache/cache`;
  const members = (await names(set).catch(() => [])).filter((name) => /^cache\d+$/.test(name));
  // Each is a link such as "../../../devices/…/nvme0n1/nvme0n1p1/bcache".
  const links = await Promise.all(
    members.map((name) => Deno.readLink(`${set}/${name}`).catch(() => "")),
  );
  return links.filter(Boolean).map((link) => basename(dirname(link)));
}

/** The file behind a loop device; one that was deleted lies nowhere. */
async function readBacking(place: string): Promise<string | undefined> {
  const file = (await text(`${place}/loop/backing_file`))?.replace(/\n$/, "");
  return file?.startsWith("/") && !file.endsWith(" (deleted)") ? file : undefined;
}

/** What the kernel can tell of disks where udev's database is missing, as in a container. */
export async function collectIdentities(): Promise<Identities> {
  const found: Required<Omit<Identities, "btrfs">> = { identities: {}, caches: {}, images: {} };
  for (const disk of await names("/sys/block").catch(() => [])) {
    const place = `/sys/block/${disk}`;
    found.identities[disk] = await read(place, identityOfDisks);
    const caches = await readCaches(place);
    if (caches.length > 0) found.caches[disk] = caches;
    const backing = await readBacking(place);
    if (backing !== undefined) found.images[disk] = backing;
  }
  return { ...found, ...await readBtrfs() };
}

/** The text of /proc/self/mountinfo; empty where there is none. */
export async function collectMountInfo(root = ""): Promise<string> {
  return await text(`${root}/proc/self/mountinfo`) ?? "";
}

async function readDisk(place: string, root: string): Promise<SysfsBlock> {
  const block: SysfsBlock = {
    path: await Deno.readLink(place).catch(() => place),
    slaves: await names(`${place}/slaves`).catch(() => []),
    attributes: await read(place, [...ofEach, ...ofDisks]),
  };
  const caches = await readCaches(place);
  if (caches.length > 0) block.caches = caches;
  const backing = await readBacking(place);
  if (backing !== undefined) block.backing = backing;
  const device = basename(await Deno.readLink(`${place}/device`).catch(() => ""));
  if (/^\d+:\d+:\d+:\d+$/.test(device)) block.address = device;
  await addUdev(block, root);
  return block;
}

/** The kernel's own idea of a serial number. */
export function serialIn(attributes: SysfsBlock["attributes"] = {}): string | undefined {
  // SCSI's page 0x80, as the kernel has read it once: four bytes of head, then the number.
  const page = attributes["device/vpd_pg80"]?.slice(4).replaceAll("\0", "").trim();
  return attributes.serial ?? attributes["device/serial"] ?? (page || undefined);
}

/** The kernel's own idea of a world-wide name. */
export function wwnIn(attributes: SysfsBlock["attributes"] = {}): string | undefined {
  return attributes.wwid ?? attributes["device/wwid"];
}

async function addUdev(block: SysfsBlock, root: string): Promise<void> {
  const known = await text(`${root}/run/udev/data/b${block.attributes.dev}`);
  if (known !== undefined) block.udev = known;
}

async function read(folder: string, names: string[]): Promise<SysfsBlock["attributes"]> {
  const attributes: SysfsBlock["attributes"] = {};
  for (const name of names) {
    const value = (await text(`${folder}/${name}`))?.trim();
    if (value) attributes[name] = value;
  }
  return attributes;
}

/** The file's text, or undefined: an attribute that a driver lacks may answer with any error. */
async function text(path: string): Promise<string | undefined> {
  return await Deno.readTextFile(path).catch(() => undefined);
}

async function names(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(folder)) found.push(name);
  return found.sort();
}
