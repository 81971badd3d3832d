/**
 * Linux: `lsblk` from util-linux, in JSON and bytes.
 *
 * Its versions disagree: values are strings or numbers, flags "0"/"1" or booleans, mounts one
 * `mountpoint` or a list; a device with two parents is printed under each of them.
 *
 * @module
 */
import { CommandError, type Run } from "../../base/command.ts";
import { reasonOf, UnavailableError } from "../../base/errors.ts";
import { type BlockDevice, diskNameOf } from "../block.ts";
import { isMountOf, parseMountInfo } from "../mount_info.ts";
import { collectMissing, type Missing, serialIn, wwnIn } from "../read_sysfs.ts";
import type { Strategy } from "../strategy.ts";
import { describe } from "../topology.ts";

/** Known to every lsblk that speaks JSON. */
const basic = "NAME KNAME TYPE SIZE MAJ:MIN ROTA RM MODEL SERIAL FSTYPE UUID LABEL MOUNTPOINT";
const wanted = `${basic} PKNAME VENDOR WWN TRAN HCTL SUBSYSTEMS PARTUUID MOUNTPOINTS`.split(" ");

export const lsblk: Strategy = {
  name: "lsblk",
  async collect({ run, signal }) {
    const answer = answerIn(await ask(run, signal));
    return JSON.stringify({ ...answer, missing: await collectMissing() });
  },
  parse: (text) => describe(devicesIn(text)),
};

async function ask(run: Run, signal: AbortSignal): Promise<string> {
  const list = (columns: string[]) =>
    run("lsblk", ["--json", "--bytes", "--output", columns.join(",")], { signal });
  const columns = columnsIn(await run("lsblk", ["--help"], { signal }));
  try {
    return await list(columns);
  } catch (error) {
    // An unknown column is an error to lsblk, whatever its help says.
    if (signal.aborted || !(error instanceof CommandError)) throw error;
    return await list(basic.split(" "));
  }
}

/** The columns to ask for, by what `lsblk --help` lists; the newest lists none and knows all. */
export function columnsIn(help: string): string[] {
  const known = new Set([...help.matchAll(/^\s+([A-Z][A-Z:-]+)\s/gm)].map(([, name]) => name));
  return known.has("NAME") ? wanted.filter((column) => known.has(column)) : wanted;
}

type Fields = Record<string, unknown>;

interface Answer {
  blockdevices: unknown[];
  /** Ours, beside what lsblk said; not in what a person recorded. */
  missing?: Missing;
}

function devicesIn(text: string): Iterable<BlockDevice> {
  const { blockdevices, missing } = answerIn(text);
  const devices = new Map<string, BlockDevice>();
  for (const fields of list(blockdevices)) add(fields, undefined, devices);
  adopt(devices);
  if (missing) complete(devices, missing);
  return devices.values();
}

function answerIn(text: string): Answer {
  try {
    const answer = JSON.parse(text.replace(/^\uFEFF/, "")) as Answer;
    if (Array.isArray(answer?.blockdevices)) return answer;
    throw new TypeError('it has no list "blockdevices"');
  } catch (error) {
    throw new UnavailableError(`Cannot read the answer of lsblk: ${reasonOf(error)}`, {
      begins: text.slice(0, 200),
    }, { cause: error });
  }
}

/** Fills in, from the kernel itself, what lsblk knows only from udev. */
function complete(devices: Map<string, BlockDevice>, { disks, mountInfo }: Missing): void {
  const mounts = parseMountInfo(mountInfo);
  for (const device of devices.values()) {
    device.serial ??= serialIn(disks[device.name]);
    device.wwn ??= wwnIn(disks[device.name]);
    if (device.mountPoints.length === 0) continue;
    device.fileSystem ??= mounts.find((mount) =>
      isMountOf(mount, device.deviceNumber, [device.name, device.mapperName ?? device.name])
    )?.fileSystem;
  }
}

function add(fields: Fields, parent: string | undefined, devices: Map<string, BlockDevice>): void {
  const name = string(fields.kname) ?? string(fields.name)?.replace(/^\/dev\//, "");
  if (!name) return;
  const device = devices.get(name) ?? toDevice(name, fields);
  devices.set(name, device);
  for (const beneath of [parent, string(fields.pkname)]) {
    if (beneath) device.parents.add(beneath);
  }
  for (const child of list(fields.children)) add(child, name, devices);
}

function toDevice(name: string, fields: Fields): BlockDevice {
  const shown = string(fields.name)?.replace(/^\/dev\/(mapper\/)?/, "");
  return {
    name,
    mapperName: shown === name ? undefined : shown,
    type: string(fields.type) ?? "disk",
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
    removable: flag(fields.rm) ?? false,
    fileSystem: string(fields.fstype),
    uuid: string(fields.uuid),
    label: string(fields.label),
    partUuid: string(fields.partuuid),
    mountPoints: mountPointsOf(fields),
  };
}

/** In a list without parents, a partition's name tells its disk. */
function adopt(devices: Map<string, BlockDevice>): void {
  for (const device of devices.values()) {
    const disk = diskNameOf(device.name);
    if (device.type !== "part" || device.parents.size > 0 || !disk) continue;
    if (devices.has(disk)) device.parents.add(disk);
  }
}

function mountPointsOf({ mountpoints, mountpoint }: Fields): string[] {
  const all = Array.isArray(mountpoints) ? mountpoints : [mountpoint];
  return all.flatMap((path) => string(path) ?? []).filter((path) => path.startsWith("/"));
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
