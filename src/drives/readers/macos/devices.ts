/**
 * What names and words of macOS say of a device, whichever tool prints them.
 *
 * @module
 */
import type { Finding } from "../../graph/block.ts";

/** "/dev/rdisk0s2" → "disk0s2"; undefined for what is no disk. */
export function nameOf(node: unknown): string | undefined {
  return typeof node === "string"
    ? /^(?:\/dev\/)?r?(disk\d+(?:s\d+)*)$/.exec(node.trim())?.[1]
    : undefined;
}

/** "disk3s1s2" → "disk3". */
export function wholeOf(name: string): string {
  return /^disk\d+/.exec(name)?.[0] ?? name;
}

/** "disk3s1s2" → "disk3s1", "disk3s1" → "disk3"; nothing for a whole disk. */
export function aboveOf(name: string): string | undefined {
  return /^(disk\d+.*)s\d+$/.exec(name)?.[1];
}

/** A partition and what its name says that it is on, each partition of a partition included. */
export function partition(name: string, facts: Partial<Finding> = {}): Finding[] {
  const above = aboveOf(name);
  if (!above) return [{ name, ...facts }];
  const own = { name, type: "part", ...facts, parents: [above, ...facts.parents ?? []] };
  return [...partition(above), own];
}

/** A volume of an APFS container; "disk1s5s1" is a snapshot of "disk1s5", mounted in its place. */
export function apfsVolume(name: string, facts: Partial<Finding> = {}): Finding[] {
  const container = wholeOf(name);
  const volume = /^disk\d+s\d+/.exec(name)?.[0] ?? name;
  const aliases = [...name === volume ? [] : [name], ...facts.aliases ?? []];
  return [
    { name: container, type: "apfs container" },
    {
      name: volume,
      type: "apfs volume",
      parents: [container],
      fileSystem: "apfs",
      ...facts,
      aliases,
    },
  ];
}

/** An APFS container on its physical stores; two of them, one fast and one large, are Fusion. */
export function apfsContainer(
  name: string,
  stores: readonly string[],
  facts: Partial<Finding> = {},
): Finding[] {
  const type = stores.length > 1 ? "fusion" : "apfs container";
  return [...stores.flatMap((store) => partition(store)), {
    name,
    type,
    parents: stores,
    ...facts,
  }];
}

/** A file system in the words of `mount`, by which every tool's own word for it is known. */
const fileSystems: [RegExp, string][] = [
  [/^apfs\b/i, "apfs"],
  [/\bhfs|^mac os extended/i, "hfs"],
  [/exfat/i, "exfat"],
  [/^ms-?dos|^fat|^(dos|windows)_fat/i, "msdos"],
  [/ntfs|nt file system/i, "ntfs"],
  [/^udf|universal disk format/i, "udf"],
  [/9660/, "cd9660"],
  [/^zfs/i, "zfs"],
  [/\bufs\b/i, "ufs"],
];

/** "Journaled HFS+" → "hfs"; a word that nobody knows stays as it is. */
export function fileSystemOf(said: string | undefined): string | undefined {
  if (!said || /^(none|free space)$|not applicable/i.test(said)) return;
  return fileSystems.find(([pattern]) => pattern.test(said))?.[1] ?? said.toLowerCase();
}

/** What a partition's type tells of the file system on it; "Windows_NTFS" is exFAT's type too. */
const contents: [RegExp, string][] = [
  [/^Apple_HFSX?$/, "hfs"],
  [/^EFI$|^(DOS|Windows)_FAT_\d+(_LBA)?$/, "msdos"],
  [/^Apple_UFS$/, "ufs"],
];

export function fileSystemIn(content: string | undefined): string | undefined {
  return contents.find(([pattern]) => pattern.test(content ?? ""))?.[1];
}

/** Partitions that hold something else than files; their names are no volume's. */
export function isMember(content = ""): boolean {
  return /^(Apple_(APFS|CoreStorage|RAID|partition|KernelCoreDump|Free|Driver|Patches))|_scheme$/
    .test(content) || /^(Linux[_ ](Swap|LVM|RAID)|Microsoft Reserved|APFS Container)/.test(content);
}

const buses: [RegExp, string][] = [
  [/^apple fabric$|^nvm/i, "nvme"], // Apple's own NVMe controller, on its own bus
  [/^secure digital/i, "mmc"],
  [/^fibre channel/i, "fc"],
  [/^serial-?atapi$/i, "sata"],
];

/** How a disk is attached, by the protocol that macOS tells and its place in the device tree. */
export function transportOf(protocol: string | undefined, place = ""): string | undefined {
  // NVMe says "PCI-Express", as other controllers may.
  if (/nvme|appleans|\/ans\d?@/i.test(place)) return "nvme";
  if (!protocol || isImage(protocol)) return;
  return buses.find(([pattern]) => pattern.test(protocol))?.[1] ?? protocol.toLowerCase();
}

/** A file that is attached as a disk. */
export function isImage(protocol: string | undefined): boolean {
  return /^disk image$/i.test(protocol ?? "");
}

/** "Solid State: No" is also said of a disk behind a bridge, which does not tell. */
export function rotationalOf(
  solidState: boolean | undefined,
  protocol: string | undefined,
): boolean | undefined {
  if (solidState) return false;
  return solidState === false && /^(s?ata|sas|pci)/i.test(protocol ?? "") ? true : undefined;
}

/** A reader for memory cards: its serial number is its own, and the cards in it come and go. */
export function isCardReader(name: string | undefined): boolean {
  return /card reader|\bSDXC reader\b/i.test(name ?? "");
}
