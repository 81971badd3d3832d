/**
 * `blkid`: the signatures on block devices, a line for each, or with `-o export` a paragraph.
 *
 * @module
 */
import { type Finding, mentionOf } from "../../../graph/block.ts";
import type { Reader } from "../../reader.ts";
import { kernelName } from "../../values.ts";

export const blkid: Reader = {
  name: "blkid",
  platform: "linux",
  recognise: (text) => line.test(firstLineOf(text)) || isExport(text),
  read: (text) => ({
    devices: isExport(text) ? paragraphsIn(text) : text.split("\n").flatMap(signatureIn),
  }),
};

function firstLineOf(text: string): string {
  return text.trimStart().split("\n", 1)[0]!.trimEnd();
}

/** udev's properties begin like this too, and say what kind of device it is. */
function isExport(text: string): boolean {
  return /^DEVNAME=\/dev\/\S+$/.test(firstLineOf(text)) &&
    /^(TYPE|UUID|PTTYPE|USAGE|PART_ENTRY_NUMBER)=/m.test(text) &&
    !/^(SUBSYSTEM|DEVPATH|DEVTYPE)=/m.test(text);
}

const SECTOR_BYTES = 512;

/** `DEVNAME=/dev/sdb1`, `UUID=1c9b…` and so on, each on a line. */
function paragraphsIn(text: string): Finding[] {
  return text.split(/\n(?=DEVNAME=)/).flatMap((part) => {
    const pairs = [...part.matchAll(/^([A-Z_]+)=(.*?)\s*$/gm)];
    const values = new Map(pairs.map(([, key, value]) => [key!, value!.replaceAll("\\ ", " ")]));
    const sectors = values.get("PART_ENTRY_SIZE");
    return findingsOf(values.get("DEVNAME"), (key) => values.get(key) || undefined).map((one) => ({
      ...one,
      sizeBytes: one.type === "part" && sectors ? Number(sectors) * SECTOR_BYTES : undefined,
    }));
  });
}

/** `/dev/sdb1: UUID="1c9b…" TYPE="btrfs" PARTUUID="4aac…"` */
const line = /^(\/dev\/\S+): (?:[A-Z_]+="[^"]*" ?)+$/;

function signatureIn(text: string): Finding[] {
  const value = (key: string) => new RegExp(` ${key}="([^"]*)"`).exec(text)?.[1];
  return findingsOf(line.exec(text.trim())?.[1], value);
}

function findingsOf(
  path: string | undefined,
  value: (key: string) => string | undefined,
): Finding[] {
  const name = kernelName(path);
  if (!name) return [];
  const mentions = mentionOf(name);
  const self = mentions.find((one) => one.name === name);
  // blkid lists what carries something, not every disk.
  return [
    {
      name,
      type: self?.type ?? typeOf(name),
      parents: self?.parents ?? [],
      fileSystem: value("TYPE"),
      uuid: value("UUID"),
      label: value("LABEL"),
      partUuid: value("PARTUUID") ?? value("PART_ENTRY_UUID"),
      partLabel: value("PARTLABEL") ?? value("PART_ENTRY_NAME"),
      mentioned: true,
    },
    ...mentions.filter((one) => one !== self),
  ];
}

function typeOf(name: string): string {
  if (/^(loop|zram|ram)\d/.test(name)) return "loop";
  if (/^sr\d/.test(name)) return "rom";
  return /^md/.test(name) ? "md" : "dm";
}
