/**
 * What Win32's own functions answer, recorded as XML: QueryDosDevice, GetVolumeInformation,
 * IOCTL_STORAGE_QUERY_PROPERTY, IOCTL_STORAGE_GET_DEVICE_NUMBER, disk extents and seek penalty,
 * once for each path by which somebody asked.
 *
 * @module
 */
import type { Finding } from "../../graph/block.ts";
import { type Reader, unreadable } from "../reader.ts";
import { toVolume, volumeSerial } from "./classes/volume.ts";
import { busIn, identityIn, isNvme, modelIn } from "./drive_facts.ts";
import { driveIndexIn, driveName, letterIn, placeOf, smartctlNames, volumeGuid } from "./names.ts";
import { answerIn, type Asked, askedIn, extentsIn, integerIn } from "./volume_api_xml.ts";

export const volumeApi: Reader = {
  name: "Win32 volume API",
  platform: "windows",
  recognise: (text) => /^\s*(?:<\?xml[^>]*>\s*)?<VolumeInfoTest\b/.test(text),
  read(text) {
    const asked = askedIn(text);
    if (asked.length === 0) throw unreadable("the Win32 volume API", text, "it has no path");
    return {
      devices: [
        ...asked.flatMap(wholeDisk),
        ...asked.flatMap(partition),
        ...volumesIn(asked),
        ...asked.flatMap(substitute),
      ],
    };
  },
};

/** `\\.\PhysicalDrive0`: its "partition" is all of it. */
function wholeDisk(one: Asked): Finding[] {
  const index = driveIndexIn(one.path);
  if (index === undefined || answerIn(one, "BusType") === undefined) return [];
  return [{
    name: driveName(index),
    type: "disk",
    aliases: smartctlNames(index),
    ...storage(one),
    sizeBytes: integerIn(one, "PartitionInformation", "Length"),
  }];
}

function storage(one: Asked): Omit<Finding, "name" | "type" | "roles"> {
  const serial = answerIn(one, "DeviceSerialNumber");
  const bus = busIn(answerIn(one, "BusType"));
  const penalty = answerIn(one, "SeekPenalty")?.toLowerCase();
  return {
    ...modelIn(answerIn(one, "ProductId"), answerIn(one, "VendorId")),
    ...identityIn({ serial }),
    transport: bus === "raid" && isNvme(undefined, serial) ? "nvme" : bus,
    removable: answerIn(one, "RemovableMedia") === "True",
    rotational: penalty === "true" ? true : penalty === "false" ? false : undefined,
  };
}

/** A volume's path, without a backslash at its end, is the device that it stands on. */
function partition(one: Asked): Finding[] {
  const extents = extentsIn(one);
  const number = integerIn(one, "PartitionInformation", "Number");
  const [extent] = extents;
  if (extents.length !== 1 || !extent || !number || driveIndexIn(one.path) !== undefined) return [];
  const bus = answerIn(one, "BusType");
  return [{
    // What is told of the device is told of the whole disk, for whose own path nobody asked.
    name: driveName(extent.index),
    type: "disk",
    ...bus === undefined ? { mentioned: true } : storage(one),
  }, {
    name: partitionName(extent.index, number),
    type: "part",
    aliases: placeOf(extent.index, extent.offset),
    parents: [driveName(extent.index)],
    sizeBytes: integerIn(one, "PartitionInformation", "Length"),
    partUuid: answerIn(one, "GptId")?.toLowerCase(),
    partLabel: answerIn(one, "GptName"),
  }];
}

function partitionName(index: number, number: number): string {
  return `Harddisk${index}Partition${number}`;
}

/** The answers for `C:`, `C:\`, `\\?\Volume{…}` and `\\.\HarddiskVolume3` tell of one volume. */
function volumesIn(asked: Asked[]): Finding[] {
  const deviceOf = new Map<string, string>();
  for (const one of asked) {
    const letter = letterIn(one.path);
    const device = answerIn(one, "QueryDosDevice");
    if (letter && device) deviceOf.set(letter, device);
  }
  const groups = Map.groupBy(asked, (one) => {
    const letter = letterIn(one.path);
    const target = letter && deviceOf.get(letter);
    if (target?.startsWith("\\??\\")) return undefined;
    const root = asked.find(({ path }) => letter && path.toUpperCase() === `${letter}\\`) ?? one;
    const guid = volumeGuid(answerIn(root, "VolumeNameForVolumeMountPoint")) ??
      volumeGuid(one.path);
    return guid ?? letter;
  });
  return [...groups].flatMap(([key, group]) => key ? volume(key, group, deviceOf) : []);
}

function volume(key: string, group: Asked[], deviceOf: ReadonlyMap<string, string>): Finding[] {
  const first = (name: string) =>
    group.map((one) => answerIn(one, name)).find((value) => value !== undefined);
  const letter = group.map(({ path }) => letterIn(path)).find(Boolean);
  const device = (letter && deviceOf.get(letter)) ?? "";
  const isRemote = /\\(LanmanRedirector|Mup|WebDavRedirector|hgfs)\\/i.test(device);
  // Somebody asked for a letter that there is not.
  if (!device && !volumeGuid(key) && first("FileSystem") === undefined) return [];
  const facts = {
    guid: volumeGuid(key),
    letter,
    fileSystem: first("FileSystem"),
    label: first("Label"),
    serial: volumeSerial(
      group.map((one) => answerIn(one, "VolumeInformation", "SerialNumber"))
        .find(Boolean),
      16,
    ),
    totalBytes: Number(first("TotalBytes")) || undefined,
    freeBytes: Number(first("TotalBytesFree") ?? NaN),
    driveType: group.map((one) => answerIn(one, "DriveType"))
      .find((type) => type !== undefined && type !== "1"),
    remote: isRemote ? remoteIn(device) : undefined,
  };
  const [found, ...more] = toVolume(facts);
  if (!found) return [];
  // Disks and floppies are numbered apart, both from 0: only the name tells a floppy.
  const own = /\\(Floppy|CdRom)\d+$/i.exec(device)?.[0].slice(1);
  const asDevice = group.find((one) => answerIn(one, "BusType") !== undefined);
  if (own) {
    const type = own.toLowerCase().startsWith("floppy") ? "floppy" : "rom";
    const told = asDevice ? storage(asDevice) : {};
    const names = [found.name, ...found.aliases ?? []];
    return [{ ...found, ...told, name: own, aliases: names, type, removable: true }];
  }
  // A disk in memory has its driver's name, and no number among the disks.
  const isMemory = /\\(ImDisk|RamDisk|Ramdriv)\w*$/i.test(device);
  const parents = group.flatMap(beneath);
  return [{ ...found, parents, ghost: isMemory ? true : found.ghost }, ...more];
}

/** The partition, or of a volume on several disks each of them. */
function beneath(one: Asked): string[] {
  const extents = extentsIn(one);
  const number = integerIn(one, "PartitionInformation", "Number");
  if (extents.length === 1 && number) return [partitionName(extents[0]!.index, number)];
  return extents.map(({ index }) => driveName(index));
}

/** `\Device\LanmanRedirector\;M:00000000001fec6c\localhost\share` → `\\localhost\share`. */
function remoteIn(device: string): string | undefined {
  const path = /\\;[^\\]*(\\.+)$/.exec(device)?.[1];
  return path && `\\${path}`;
}

/** SUBST: a letter for a folder, `\??\D:\books`. No drive, and no volume. */
function substitute(one: Asked): Finding[] {
  const letter = letterIn(one.path);
  const target = /^\\\?\?\\([A-Z]:)/i.exec(answerIn(one, "QueryDosDevice") ?? "")?.[1];
  return letter && target ? [{ name: letter, type: "subst", parents: [target.toUpperCase()] }] : [];
}
