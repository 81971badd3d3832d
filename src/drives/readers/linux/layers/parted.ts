/**
 * `parted … print` of one or more disks, for people and with `--machine … unit s`: sizes of disks
 * and partitions.
 *
 * @module
 */
import { type Finding, mentionOf } from "../../../graph/block.ts";
import { partitionName } from "../../../graph/names.ts";
import type { Reader } from "../../reader.ts";
import { columnsOf, valuesAt } from "../../table.ts";
import { kernelName } from "../../values.ts";

export const parted: Reader = {
  name: "parted --machine",
  platform: "linux",
  recognise: (text) => /^\s*BYT;\s*\n\/dev\/[^:]+:\d+s:/.test(text),
  read: (text) => ({ devices: sizesIn(text) }),
};

interface Disk {
  name: string;
  sectorBytes: number;
}

/** `/dev/sdb:33554432s:scsi:512:512:gpt:ATA VBOX HARDDISK:;`, then `1:2048s:4095s:2048s:ext4::;`. */
function sizesIn(text: string): Finding[] {
  const findings: Finding[] = [];
  let disk: Disk | undefined;
  for (const line of text.split("\n")) {
    const [, path, sectors, bytes] = /^(\/dev\/[^:]+):(\d+)s:[^:]*:(\d+):\d+:/.exec(line) ?? [];
    const name = kernelName(path);
    if (name && bytes) {
      disk = { name, sectorBytes: Number(bytes) };
      const sizeBytes = Number(sectors) * disk.sectorBytes;
      const mentions = mentionOf(name);
      findings.push({ ...mentions[0], name, sizeBytes, mentioned: true });
    }
    const [, number, size] = /^(\d+):\d+s:\d+s:(\d+)s:/.exec(line) ?? [];
    if (number && disk) {
      findings.push(...partitionOn(disk, number, Number(size) * disk.sectorBytes));
    }
  }
  return findings;
}

function partitionOn({ name }: Disk, number: string, sizeBytes: number | undefined): Finding[] {
  if (mentionOf(name).length === 0) return [];
  const own = partitionName(name, number);
  return [{ name: own, type: "part", parents: [name], sizeBytes, mentioned: true }];
}

export const partedText: Reader = {
  name: "parted",
  platform: "linux",
  recognise: (text) => diskLine.test(text) && sectorLine.test(text),
  read: (text) => ({ devices: text.split(/\n(?=[^\n]+\n[^\n]*\/dev\/\S+:)/).flatMap(diskIn) }),
};

/** "Disk /dev/sda: 292GB", in whatever language. */
const diskLine = /^\S[^:\n]* (\/dev\/[^\s:]+): ?([\d.,]+ ?[a-zA-Z]+)\s*$/m;
/** "Sector size (logical/physical): 512B/4096B". */
const sectorLine = /^\S.*: ?(\d+)B(?:\/\d+B)?\s*$/m;

/** A disk, its table's kind, and a table of partitions with a header. */
function diskIn(text: string): Finding[] {
  const [, path, told = ""] = diskLine.exec(text) ?? [];
  const name = kernelName(path);
  if (!name) return [];
  const disk: Disk = { name, sectorBytes: Number(sectorLine.exec(text)?.[1] ?? 512) };
  const self = mentionOf(name).find((one) => one.name === name);
  const [, model, kind] = /^[^:\n]+: (.+?) \((\S+)\)\s*$/m.exec(text) ?? [];
  const whole: Finding = {
    name,
    type: self?.type ?? "dm",
    // parted has words of its own for what has no model.
    model: /^(dm|md|virtblk|loopback|file)$/.test(kind ?? "")
      ? undefined
      : model?.replace(/^ATA /, "").trim(),
    sizeBytes: bytesOf(told, disk),
    mentioned: true,
  };
  const rows = rowsIn(text);
  // A file system on the device itself is shown as its only partition.
  if (/^[^:\n]+: loop\s*$/m.test(text)) return [{ ...whole, fileSystem: rows[0]?.fileSystem }];
  const partitions = rows.flatMap(({ number, size, fileSystem, partLabel }) =>
    partitionOn(disk, number, bytesOf(size, disk))
      .map((one) => ({ ...one, fileSystem, partLabel }))
  );
  return [whole, ...partitions];
}

interface Row {
  number: string;
  size: string;
  fileSystem: string | undefined;
  partLabel: string | undefined;
}

function rowsIn(text: string): Row[] {
  const header = /^Number +Start .*$/m.exec(text)?.[0];
  const columns = header ? columnsOf(header.replace("File system", "File_system")) : [];
  return text.split("\n").flatMap((line) => {
    const [, number, size] = /^ *(\d+) +[\d.,]+\w+ +[\d.,]+\w+ +([\d.,]+\w+)(?: |$)/.exec(line) ??
      [];
    if (!number || !size) return [];
    const values = valuesAt(line, columns);
    const said = values.File_system?.replace(/^linux-swap.*/, "swap").replace(/^fat\d+$/, "vfat");
    return [{ number, size, fileSystem: said, partLabel: values.Name }];
  });
}

/** "94371840s", "292GB" of 1000, "1.5GiB" of 1024. */
function bytesOf(text: string, { sectorBytes }: Disk): number | undefined {
  const [, digits = "", unit = ""] = /^([\d.,]+) ?([a-zA-Z]+)$/.exec(text.trim()) ?? [];
  const number = Number(digits.replace(",", "."));
  const power = ["", "k", "m", "g", "t", "p"].indexOf(unit.toLowerCase().replace(/i?b$/, ""));
  const bytes = unit === "s"
    ? number * sectorBytes
    : power < 0
    ? NaN
    : number * (/ib$/i.test(unit) ? 1024 : 1000) ** power;
  return Number.isFinite(bytes) ? Math.round(bytes) : undefined;
}
