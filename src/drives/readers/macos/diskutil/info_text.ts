/**
 * `diskutil info DISK` and `diskutil info -all`, as printed for people since Mac OS X 10.4.
 *
 * @module
 */
import { type Reader, unreadable } from "../../reader.ts";
import { fileSystemOf, nameOf } from "../devices.ts";
import { type DiskInfo, findingsOf } from "./info.ts";
import { flag } from "../../values.ts";

const TOOL = "diskutil info";

export const infoText: Reader = {
  name: TOOL,
  platform: "darwin",
  recognise: (text) =>
    /^[ \t]*Device Identifier:[ \t]+disk\d/m.test(text) && /^[ \t]*Device Node:/m.test(text),
  read(text) {
    const sections = text.split(/^\*{5,}[ \t]*$/m).map(toFields);
    const infos = sections.flatMap((fields) => toInfo(fields) ?? []);
    if (infos.length === 0) throw unreadable(TOOL, text, "it names no disk");
    return { devices: infos.flatMap(findingsOf) };
  },
};

/** Every value of each label; a section of -all begins after a line of asterisks. */
interface Fields {
  first(...labels: string[]): string | undefined;
  all(pattern: RegExp): string[];
  text: string;
}

function toFields(text: string): Fields {
  const lines = [...text.matchAll(/^[ \t]*([^:\n]+):[ \t]*(.*?)[ \t]*$/gm)]
    .map(([, label = "", value = ""]) => [label.trim().toLowerCase(), plain(value)] as const);
  return {
    text,
    first: (...labels) =>
      labels.map((label) => lines.find(([name, value]) => name === label && value)?.[1])
        .find((value) => value !== undefined),
    all: (pattern) => lines.filter(([name]) => pattern.test(name)).map(([, value]) => value),
  };
}

/** New versions write names between marks that keep their direction. */
export function plain(text: string): string {
  return text.replaceAll(/[\u200e\u200f\u2066-\u2069]/g, "").trim();
}

function toInfo(fields: Fields): DiskInfo | undefined {
  const { first, text } = fields;
  const name = nameOf(first("device identifier"));
  if (!name) return;
  const mountPoint = first("mount point");
  const fileSystem = fileSystemOf(first("type (bundle)", "file system personality", "file system"));
  const isVolume = /This disk is an APFS Volume/.test(text);
  return {
    name,
    isWhole: flag(first("whole")) ?? !/s\d+$/.test(name.slice("disk".length)),
    model: first("device / media name", "media name"),
    protocol: first("protocol"),
    content: first("content (iocontent)", "partition type"),
    fileSystem: isVolume ? "apfs" : fileSystem,
    label: applicable(first("volume name")),
    uuid: first("volume uuid"),
    diskUuid: first("disk / partition uuid"),
    mountPoint: mountPoint?.startsWith("/") ? mountPoint : undefined,
    sizeBytes: bytesIn(first("disk size", "total size")),
    solidState: flag(first("solid state")),
    removable: /^(removable|yes)/i.test(first("removable media") ?? ""),
    isVirtual: flag(first("virtual")),
    isOptical: first("optical media type", "optical drive type") !== undefined,
    // "Yes (read-only mount flag set)"
    readOnly: /^yes/i.test(first("read-only volume", "volume read-only") ?? ""),
    ...spaceOf(fields, isVolume),
    ...stackOf(fields, isVolume),
  };
}

function spaceOf({ first }: Fields, isVolume: boolean): Partial<DiskInfo> {
  const free = bytesIn(first("volume available space", "volume free space", "free space"));
  return {
    totalBytes: bytesIn(first("volume total space", "total size")),
    freeBytes: free,
    inUseBytes: isVolume ? bytesIn(first("volume used space")) : undefined,
    containerFreeBytes: bytesIn(first("container free space")) ?? (isVolume ? free : undefined),
  };
}

function stackOf({ first, all, text }: Fields, isVolume: boolean) {
  const disksIn = (values: string[]) =>
    values.flatMap((value) => value.match(/\bdisk\d+(?:s\d+)*\b/g) ?? []);
  const isSet = /This disk is an? (Apple)?\s?RAID (Set|Master|Volume)/i.test(text);
  const ids = [first("lv uuid"), first("pv uuid")];
  return {
    stores: disksIn(all(/^(apfs )?physical stores?/)),
    container: isVolume ? nameOf(first("apfs container", "apfs container reference")) : undefined,
    physicalVolumes: disksIn(all(/^pv uuid \(disk\)/)),
    isCoreStorage: /This disk is a Core Storage Logical Volume \(LV\)/i.test(text),
    raidLevel: isSet ? first("level type", "raid level") ?? "unknown" : undefined,
    raidMembers: [],
    aliases: ids.flatMap((id) => id ?? []),
  };
}

function applicable(value: string | undefined): string | undefined {
  return value && /^not applicable/i.test(value) ? undefined : value;
}

/** "249.7 GB (249664372736 Bytes) (exactly …)", once "232.9 Gi (250059350016 B)". */
function bytesIn(text: string | undefined): number | undefined {
  const exact = /\((\d+) B(?:ytes?)?\)/i.exec(text ?? "")?.[1];
  return exact === undefined ? undefined : Number(exact);
}
