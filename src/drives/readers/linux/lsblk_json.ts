/**
 * `lsblk --json`: the devices as a tree, or flat.
 *
 * Its versions disagree: values are strings or numbers, flags "0"/"1" or booleans, mounts one
 * `mountpoint` or a list; a device with two parents is printed under each of them.
 *
 * @module
 */
import { diskNameOf, type Finding } from "../../graph/block.ts";
import { parseJson, type Reader, unreadable } from "../reader.ts";

export const lsblkJson: Reader = {
  name: "lsblk --json",
  platform: "linux",
  recognise: (text) => /^\uFEFF?\s*\{\s*"blockdevices"\s*:/.test(text),
  read: (text) => ({ devices: findingsIn(text) }),
};

type Fields = Record<string, unknown>;

function findingsIn(text: string): Finding[] {
  const answer = parseJson("lsblk", text) as Fields | null;
  if (!Array.isArray(answer?.blockdevices)) {
    throw unreadable("lsblk", text, 'it has no list "blockdevices"');
  }
  const devices = new Map<string, LsblkDevice>();
  for (const fields of list(answer.blockdevices)) add(fields, undefined, devices);
  adopt(devices);
  return [...devices.values()];
}

type LsblkDevice = Finding & { parents: Set<string> };

function add(fields: Fields, parent: string | undefined, devices: Map<string, LsblkDevice>): void {
  const name = string(fields.kname) ?? string(fields.name)?.replace(/^\/dev\//, "");
  if (!name) return;
  const device = devices.get(name) ?? toDevice(name, fields);
  devices.set(name, device);
  for (const beneath of [parent, string(fields.pkname)]) {
    if (beneath) device.parents.add(beneath);
  }
  for (const child of list(fields.children)) add(child, name, devices);
}

function toDevice(name: string, fields: Fields): LsblkDevice {
  const shown = string(fields.name)?.replace(/^\/dev\/(mapper\/)?/, "");
  return {
    name,
    mapperName: shown === name ? undefined : shown,
    type: string(fields.type),
    parents: new Set(),
    deviceNumber: string(fields["maj:min"]),
    sizeBytes: integer(fields.size),
    vendor: string(fields.vendor),
    model: string(fields.model),
    serial: string(fields.serial),
    wwn: string(fields.wwn),
    transport: string(fields.tran),
    address: string(fields.hctl),
    subsystems: string(fields.subsystems),
    rotational: flag(fields.rota),
    removable: flag(fields.rm),
    fileSystem: string(fields.fstype),
    uuid: string(fields.uuid),
    label: string(fields.label),
    partUuid: string(fields.partuuid),
    partLabel: string(fields.partlabel),
    mountPoints: mountPointsOf(fields),
    readOnly: flag(fields.ro),
  };
}

/** In a list without parents, a partition's name tells its disk. */
function adopt(devices: Map<string, LsblkDevice>): void {
  for (const device of devices.values()) {
    const disk = diskNameOf(device.name);
    if (device.type !== "part" || device.parents.size > 0 || !disk) continue;
    if (devices.has(disk)) device.parents.add(disk);
  }
}

function mountPointsOf({ mountpoints, mountpoint }: Fields): string[] {
  const all = Array.isArray(mountpoints) ? mountpoints : [mountpoint];
  return all.flatMap((path) => string(path) ?? []).filter((path) => path.startsWith("/"))
    .sort();
}

function list(value: unknown): Fields[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item) => typeof item === "object" && item !== null);
}

function string(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.trim() || undefined : undefined;
}

function integer(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

function flag(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  const number = integer(value);
  return number === undefined ? undefined : number !== 0;
}
