/**
 * `diskutil list` as printed for people. Its columns have moved little since Mac OS X 10.4; the
 * words after a disk's name ("internal, physical") came with 10.11. Sizes are rounded.
 *
 * @module
 */
import { byName, type Finding } from "../../../graph/block.ts";
import { type Reader, unreadable } from "../../reader.ts";
import {
  apfsContainer,
  apfsVolume,
  fileSystemIn,
  isMember,
  nameOf,
  partition,
} from "../devices.ts";
import { plain } from "./info_text.ts";

const TOOL = "diskutil list";

export const listText: Reader = {
  name: TOOL,
  platform: "darwin",
  recognise: (text) => /^[ \t]*\/dev\/disk\d+\b[^\n]*\n\s*#:\s+.*\bidentifier\b/im.test(text),
  read(text) {
    const disks = disksIn(text);
    if (disks.length === 0) throw unreadable(TOOL, text, "it has no disk");
    return { devices: [...raidSet(disks), ...disks.flatMap(findingsOf)] };
  },
};

interface Row {
  name: string;
  type: string;
  label: string | undefined;
  sizeBytes: number | undefined;
}

interface Disk {
  name: string;
  /** "external", "physical", "disk image", "synthesized"; none before 10.11. */
  words: string[];
  rows: Row[];
  /** The partitions that an indented line names: "Physical Store disk0s2". */
  beneath: string[];
}

function disksIn(text: string): Disk[] {
  const disks: Disk[] = [];
  let typeEnds = 32;
  for (const line of text.split(/\r?\n/).map(withoutMarks)) {
    const [, name, words = ""] = /^\s*\/dev\/(disk\d+)\s*(?:\(([^)]*)\))?\s*:?\s*$/.exec(line) ??
      [];
    const disk = disks.at(-1);
    if (name) disks.push({ name, words: words.split(/,\s*/), rows: [], beneath: [] });
    else if (/^\s*#:.*\bidentifier\b/i.test(line)) typeEnds = line.search(/type/i) + 4;
    else if (disk) {
      const row = toRow(line, typeEnds);
      if (row) disk.rows.push(row);
      else if (/^\s+(Physical Stores?|Logical Volume on)\s/.test(line)) {
        disk.beneath.push(...line.match(/\bdisk\d+s\d+\b/g) ?? []);
      }
    }
  }
  return disks;
}

function withoutMarks(line: string): string {
  // Taken out in place: the columns were laid out without them.
  return line.replaceAll(/[\u200e\u200f\u2066-\u2069]/g, "");
}

/** `   2:                  Apple_HFS Macintosh HD            42.1 GB    disk0s2` */
const rowPattern =
  /^(\s*(?:\d+|-):\s)(.*?)\s*[*+]?\s?(\d+(?:[.,]\d+)?|Zero)\s([KMGTPE]?i?B?|Bytes)\s+(disk\d+(?:s\d+)*)\s*$/;

function toRow(line: string, typeEnds: number): Row | undefined {
  const [, before, middle, amount, unit, name] = rowPattern.exec(line) ?? [];
  if (before === undefined || middle === undefined || !name) return;
  const end = typeEnds - before.length;
  // A type that is too long for its column pushes the name aside; then it is one word.
  const isWide = middle.length > end && middle[end] !== " ";
  const type = isWide ? middle.trim().split(/\s/)[0] ?? "" : middle.slice(0, end).trim();
  const rest = isWide ? middle.trim().slice(type.length) : middle.slice(end);
  const label = plain(rest);
  return {
    name,
    type,
    label: label === "-" || label === "" ? undefined : label,
    sizeBytes: bytesOf(amount, unit),
  };
}

const units = ["", "K", "M", "G", "T", "P", "E"];

function bytesOf(amount = "", unit = ""): number {
  const power = units.indexOf(unit.replace(/i?B?$|Bytes$/, ""));
  const step = unit.includes("i") ? 1024 : 1000;
  return amount === "Zero" ? 0 : Math.round(Number(amount.replace(",", ".")) * step ** power);
}

function findingsOf(disk: Disk): Finding[] {
  const { name, words, rows, beneath } = disk;
  const whole = rows.find((row) => row.name === name);
  const slices = rows.filter((row) => row !== whole);
  const { sizeBytes } = whole ?? {};
  const isContainer = words.includes("synthesized") || whole?.type === "APFS Container Scheme";
  if (isContainer) {
    return [...apfsContainer(name, beneath, { sizeBytes }), ...slices.flatMap(apfsRow)];
  }
  const parts = slices.flatMap((row) => partition(row.name, factsOf(row)));
  const facts = whole ? factsOf(whole) : {};
  if (words.includes("disk image")) {
    return [{ name, type: "image", ghost: true, ...facts }, ...parts];
  }
  if (beneath.length > 0) {
    const type = beneath.length > 1 ? "fusion" : "corestorage";
    const stores = beneath.flatMap((store) => partition(store));
    return [...stores, { name, type, parents: beneath, ...facts }, ...parts];
  }
  const type = words.includes("virtual") ? "virtual disk" : undefined;
  return [{ name, ...type ? { type } : {}, ...facts }, ...parts];
}

function apfsRow({ name, label, sizeBytes, type }: Row): Finding[] {
  // The size of a volume is what it holds; a snapshot has that of its volume.
  const isSnapshot = type === "APFS Snapshot";
  return apfsVolume(name, isSnapshot ? {} : { label, sizeBytes });
}

function factsOf({ type, label, sizeBytes }: Row): Partial<Finding> {
  return isMember(type)
    ? { sizeBytes, partLabel: label }
    : { sizeBytes, label, fileSystem: fileSystemIn(type) };
}

/**
 * The members of the one RAID set there is. The list does not name them; where several sets could
 * be meant, or the sizes do not fit, nobody is named.
 */
function raidSet(disks: Disk[]): Finding[] {
  const sets = disks.filter(({ words, beneath }) =>
    words.includes("virtual") && beneath.length === 0
  );
  const members = disks.flatMap(({ rows }) => rows).filter(({ type }) => type === "Apple_RAID");
  const [set, another] = sets;
  if (!set || another || members.length < 2) return [];
  const size = set.rows.find(({ name }) => name === set.name)?.sizeBytes ?? 0;
  const sizes = members.map(({ sizeBytes }) => sizeBytes ?? 0);
  const sum = sizes.reduce((one, other) => one + other, 0);
  // Striped and joined sets have the size of all members.
  const type = isAbout(size, sum) ? "raid" : isAbout(size, Math.min(...sizes)) ? "raid1" : "";
  if (!type) return [];
  const parents = members.flatMap(({ name }) => nameOf(name) ?? []).sort(byName);
  return [{ name: set.name, type, parents }];
}

/** As near as sizes of three digits can be. */
function isAbout(one: number, other: number): boolean {
  return Math.abs(one - other) <= 0.03 * Math.max(one, other);
}
