/**
 * `df`: which devices are mounted where, and how much room there is on them.
 *
 * @module
 */
import { type Finding, mentionOf } from "../../../graph/block.ts";
import { serverOf } from "../../../graph/mount_info.ts";
import { type Reader, unreadable } from "../../reader.ts";
import { columnsOf, valuesAt } from "../../table.ts";
import { kernelName } from "../../values.ts";

/** Source, type with -T, total, used, free, percent, folder; "-" where there is nothing to count. */
const row =
  /^(\S.*?) +(?:([a-z][\w.]*) +)?([\d.,]+[KMGTPE]?|-) +(-?[\d.,]+[KMGTPE]?|-) +(-?[\d.,]+[KMGTPE]?|-) +(?:\d+%|-) +(\/.*)$/;

export const df: Reader = {
  name: "df",
  platform: "linux",
  // Words of the header are translated; macOS has disks and inodes of its own.
  recognise: (text) => {
    if (chosen.test(text)) return /^(\/dev\/(?!disk\d)|[^\s/]+:\/|\/\/)/m.test(text);
    const lines = joined(text.slice(0, 50_000)).split("\n");
    const first = lines.findIndex((line) => row.test(line));
    const header = lines[first - 1] ?? "";
    return first > 0 && /^\S.* \S+%?.*\s\S+$/.test(header) && !row.test(header) &&
      /%|Capacity/.test(header) && !/ iused\b/i.test(header.replace("IUsed", "")) &&
      !/^(\/dev\/disk\d|map [-\w])/m.test(text) &&
      lines.some((line) => /^(\/dev\/|[^\s/]+:\/|\/\/)/.test(line) && row.test(line));
  },
  read(text) {
    const lines = chosen.test(text) ? inOrder(text) : joined(text).split("\n");
    const header = lines[lines.findIndex((line) => row.test(line)) - 1] ?? "";
    const devices = lines.flatMap((line) => deviceIn(line, header));
    if (devices.length === 0) throw unreadable("df", text, "it has no row of a device");
    return { devices };
  },
};

/** `df --output=source,target,fstype,used,avail,size`: columns in whatever order. */
const chosen = /^Filesystem .*\bMounted on .*\b(Used|Avail|Size|blocks)\b/;

/** The same as `df -T` would print it. */
function inOrder(text: string): string[] {
  const [header = "", ...lines] = text.replace("Mounted on", "Mounted_on").split("\n");
  const columns = columnsOf(header);
  const size = columns.find(({ name }) => /^(Size|\d+\w*-blocks)$/.test(name))?.name ?? "-";
  const rows = lines.filter((line) => line.trim()).map((line) => {
    const values = valuesAt(line, columns);
    const space = [values[size], values.Used, values.Avail ?? values.Available];
    const numbers = space.map((value) => value ?? "-");
    const kind = values.Type ?? "";
    return [values.Filesystem, kind, ...numbers, "-", values.Mounted_on].filter(Boolean).join(" ");
  });
  return [`Filesystem ${size} Used Available Use% Mounted on`, ...rows];
}

/** A long name stands on a line of its own. */
function joined(text: string): string {
  return text.replaceAll(/^((?:\/|[^\s:]+:\/)\S*)[ \t]*\n\s+(?=\d)/gm, "$1 ");
}

function deviceIn(line: string, header: string): Finding[] {
  const [, source = "", fileSystem, total = "", , free = "", folder = ""] = row.exec(line) ?? [];
  if (!source) return [];
  const block = blockIn(header);
  const [totalBytes, freeBytes] = [total, free].map((one) => block && bytesOf(one, block));
  const space = {
    totalBytes,
    // Blocks that only root may use are not free to others: then there is less than nothing.
    freeBytes: freeBytes === undefined ? undefined : Math.max(0, freeBytes),
  };
  const facts = { fileSystem, mountPoints: [folder], ...space };
  if (source.startsWith("/dev/")) return onDevice(kernelName(source)!, facts);
  const kind = fileSystem ?? (source.startsWith("//") ? "cifs" : "nfs");
  const server = /^\/\/|^[^/\s]+:\//.test(source) && serverOf({ fileSystem: kind, source });
  if (!server) return [];
  const name = `net:${server}`;
  return [
    { name, type: "server", aliases: [server], transport: fileSystem },
    { name: source, type: "share", parents: [name], ...facts },
  ];
}

function onDevice(name: string, facts: Partial<Finding>): Finding[] {
  const mentions = mentionOf(name);
  const self = mentions.find((one) => one.name === name);
  const type = self?.type ?? (/^loop\d/.test(name) ? "loop" : /^md/.test(name) ? "md" : "dm");
  const own = { name, type, parents: self?.parents ?? [], ...facts, mentioned: true };
  return [own, ...mentions.filter((one) => one !== self)];
}

const units = "KMGTPE";

/** Bytes of one block: "1K-blocks", "2MB-blocks", "512-blocks"; nothing where inodes are counted. */
function blockIn(header: string): number | undefined {
  if (/\binodes?\b|\bI(Use|Utili?)\b/i.test(header)) return;
  const [, count, unit = "", isDecimal] =
    /(?:^|\s)(\d+)([KMGTPE]?)(B?)(?=-|\s|$)/i.exec(header.replace(/^\S+/, "")) ?? [];
  if (!count) return 1024;
  const step = isDecimal && unit ? 1000 : 1024;
  return Number(count) * step ** (units.indexOf(unit.toUpperCase()) + (unit ? 1 : 0));
}

/** Blocks, or with -h "466G"; nothing for "-". */
function bytesOf(text: string, block: number): number | undefined {
  const [, digits, unit] = /^(-?[\d.,]+)([KMGTPE])?$/.exec(text) ?? [];
  if (!digits) return;
  const number = Number(digits.replace(",", "."));
  return Math.round(unit ? number * 1024 ** (units.indexOf(unit) + 1) : number * block);
}
