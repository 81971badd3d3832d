/**
 * lsblk's columns, however they were printed: JSON, pairs or a table; and what stands on what in
 * them.
 *
 * Its versions disagree: values are strings or numbers, flags "0"/"1" or booleans, sizes bytes or
 * "9.1T", mounts one `mountpoint` or a list; a device with two parents is printed under each.
 *
 * @module
 */
import { diskNameOf, type Finding } from "../../../graph/block.ts";
import { flag, kernelName, sizeIn, type Values, word } from "../../values.ts";
import { guessFromOnlyDisk, guessParents } from "./order.ts";

/** A device, while its parents are being found out. */
export type LsblkDevice = Finding & { parents: Set<string>; mountPoints: Set<string> };

/** A printed line: the device, and what the shape of the answer says is beneath it. */
export interface Row {
  fields: Values;
  /** The name of the device it is drawn under, in a tree. */
  parent?: string | undefined;
}

/** The name under which a device is known: the kernel's, where it is told. */
export function nameIn(fields: Values): string | undefined {
  const shown = shownName(fields);
  return kernelName(word(fields.kname)) ?? shown?.number ?? shown?.name;
}

/** What the order of the lines says: they are drawn as a tree, follow one, or say nothing. */
export type Order = "tree" | "depth first" | "list";

/** Makes devices of rows; where no parents are told, the order of the lines may tell them. */
export function devicesIn(rows: Row[], order: Order): Finding[] {
  const devices = new Map<string, LsblkDevice>();
  const inOrder: LsblkDevice[] = [];
  for (const { fields, parent } of rows) {
    const name = nameIn(fields);
    if (!name) continue;
    const device = devices.get(name) ?? toDevice(name, fields, parent);
    devices.set(name, device);
    inOrder.push(device);
    const told = kernelName(word(fields.pkname));
    // Old versions name the disk there, and not what lies between; the tree is right.
    for (const beneath of [parent ?? told]) if (beneath) device.parents.add(beneath);
    for (const path of mountPointsOf(fields)) device.mountPoints.add(path);
  }
  if (isInverse(rows)) turnRound(devices);
  if (!rows.some(({ fields }) => word(fields.type))) findPartitions(devices);
  const byAnyName = new Map(devices);
  for (const device of devices.values()) {
    if (device.mapperName) byAnyName.set(device.mapperName, device);
  }
  for (const device of devices.values()) adopt(device, byAnyName);
  const toldParents = rows.some(({ fields }) => "pkname" in fields);
  if (order === "depth first" && !toldParents) guessParents(inOrder);
  if (order === "list" && !toldParents) guessFromOnlyDisk(inOrder);
  return [...devices.values()];
}

/** Where nobody asked for the type, a name tells a partition, if its disk is listed too. */
function findPartitions(devices: Map<string, LsblkDevice>): void {
  for (const device of devices.values()) {
    const disk = devices.get(diskNameOf(device.name) ?? "");
    if (device.type === "disk" && disk?.type === "disk") device.type = "part";
  }
}

/** `--inverse` draws the disks beneath what stands on them. */
function isInverse(rows: Row[]): boolean {
  const tops = new Set(
    rows.filter(({ parent, fields }) =>
      !parent && /^(part|lvm|crypt|raid\d+|mpath)$/.test(word(fields.type) ?? "")
    ).map(({ fields }) => nameIn(fields)),
  );
  return rows.some(({ parent, fields }) => tops.has(parent) && word(fields.type) === "disk") ||
    (tops.size > 0 && rows.some(({ parent, fields }) => parent && word(fields.type) === "disk"));
}

function turnRound(devices: Map<string, LsblkDevice>): void {
  const below = [...devices.values()].map(({ name, parents }) => ({ name, above: [...parents] }));
  for (const device of devices.values()) device.parents.clear();
  for (const { name, above } of below) {
    for (const one of above) devices.get(one)?.parents.add(name);
  }
}

function toDevice(name: string, fields: Values, parent: string | undefined): LsblkDevice {
  const shown = shownName(fields)?.name;
  const type = typeOf(word(fields.type), name, shown, parent);
  const isMapped = shown !== name || ["lvm", "crypt", "mpath", "dm"].includes(type);
  return {
    name,
    mapperName: isMapped ? shown : undefined,
    type,
    parents: new Set(),
    mountPoints: new Set(),
    deviceNumber: word(fields["maj:min"])?.replaceAll(" ", ""),
    // A slot with nothing in it has an empty size.
    sizeBytes: fields.size === "" || fields.size === null ? 0 : sizeIn(fields.size),
    vendor: word(fields.vendor),
    model: word(fields.model),
    serial: word(fields.serial),
    wwn: word(fields.wwn),
    transport: word(fields.tran),
    address: word(fields.hctl),
    subsystems: word(fields.subsystems),
    rotational: flag(fields.rota),
    removable: flag(fields.rm),
    fileSystem: word(fields.fstype),
    uuid: word(fields.uuid),
    label: word(fields.label),
    partUuid: word(fields.partuuid),
    partLabel: word(fields.partlabel),
    freeBytes: sizeIn(fields.fsavail),
    totalBytes: sizeIn(fields.fssize),
    readOnly: flag(fields.ro),
  };
}

/** "/dev/mapper/vg-root" is "vg-root"; old versions print "mpatha (dm-2)". */
function shownName(fields: Values): { name: string; number?: string | undefined } | undefined {
  const text = kernelName(word(fields.name) ?? word(fields.path));
  if (!text) return;
  const [, name = text, number] = /^(\S+) \((dm-\d+)\)$/.exec(text) ?? [];
  return { name, number };
}

/** lsblk's word, or what the name says where that column was not asked for. */
function typeOf(told: string | undefined, name: string, shown = name, parent?: string): string {
  if (/^bcache\d+$/.test(name)) return "bcache";
  // A partition of an array is "md" to some versions.
  if (told === "md" && /^md.*\dp\d+$/.test(name)) return "part";
  if (told) return told;
  if (/^loop\d/.test(name)) return "loop";
  if (/^sr\d/.test(name)) return "rom";
  if (parent && new RegExp(`^${RegExp.escape(parent)}p?\\d+$`).test(shown)) return "part";
  if (/^md/.test(name)) return "md";
  return parent || /^dm-\d/.test(name) ? "dm" : "disk";
}

/** In a list without parents, a partition's name tells its disk, and an extended one its map. */
function adopt(device: LsblkDevice, byAnyName: ReadonlyMap<string, LsblkDevice>): void {
  if (device.type !== "part" || device.parents.size > 0) return;
  const shown = device.mapperName ?? device.name;
  const mapped = /^(.+?)(?:-part|p|(?<=\D))\d+$/.exec(shown)?.[1];
  for (const name of [diskNameOf(device.name), diskNameOf(shown), mapped]) {
    const disk = byAnyName.get(name ?? "");
    if (!disk || disk === device) continue;
    device.parents.add(disk.name);
    return;
  }
}

function mountPointsOf({ mountpoints, mountpoint }: Values): string[] {
  const all = Array.isArray(mountpoints)
    ? mountpoints
    : typeof mountpoints === "string"
    ? mountpoints.split("\n")
    : [mountpoint];
  return all.flatMap((path) => word(path) ?? []).filter((path) => path.startsWith("/")).sort();
}
