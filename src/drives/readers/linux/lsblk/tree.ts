/**
 * `lsblk` as a person sees it: a table in whose column NAME a tree is drawn, in lines or in ASCII.
 *
 * @module
 */
import { type Reader, unreadable } from "../../reader.ts";
import { type Column, columnsOf, valuesAt } from "../../table.ts";
import { type Values, word } from "../../values.ts";
import { devicesIn, nameIn, type Row } from "./fields.ts";
import { unescape, withoutWarnings } from "./pairs.ts";

/** The columns of lsblk in any version; a table with another column is another tool's. */
const known = new Set(
  ("NAME KNAME PATH MAJ:MIN FSAVAIL FSSIZE FSTYPE FSUSED FSUSE% FSROOTS FSVER MOUNTPOINT " +
    "MOUNTPOINTS LABEL UUID PTUUID PTTYPE PARTTYPE PARTTYPENAME PARTLABEL PARTUUID PARTFLAGS " +
    "PARTN RA RO RM HOTPLUG MODEL SERIAL SIZE STATE OWNER GROUP MODE ALIGNMENT MIN-IO OPT-IO " +
    "PHY-SEC LOG-SEC ROTA SCHED RQ-SIZE TYPE DISC-ALN DISC-GRAN DISC-MAX DISC-ZERO WSAME WWN " +
    "RAND PKNAME HCTL TRAN SUBSYSTEMS REV VENDOR ZONED ZONE-SZ ZONE-WGRAN ZONE-APP ZONE-NR " +
    "ZONE-OMAX ZONE-AMAX DAX START MQ ID ID-LINK DISK-SEQ MAJ MIN").split(" "),
);

export const lsblkTree: Reader = {
  name: "lsblk",
  platform: "linux",
  // `--merge` joins lines by arrows before their names: which belong together is a picture.
  recognise: (text) => isHeader(withoutWarnings(text).split("\n", 1)[0]!) && !text.includes("▶"),
  read(text) {
    const [header = "", ...lines] = withoutWarnings(text).split("\n");
    if (!isHeader(header)) throw unreadable("lsblk", text, "it has no header");
    const names = header.trim().split(" ");
    const raw = names.includes("") ? [] : rawRows(lines, names);
    if (raw.length > 0) return { devices: devicesIn(raw, "depth first") };
    const rows = rowsOf(lines, columnsOf(header));
    return { devices: devicesIn(rows, rows.some(({ parent }) => parent) ? "tree" : "list") };
  },
};

/** `--raw`: one blank between columns, also where one is empty. */
function rawRows(lines: string[], names: string[]): Row[] {
  const values = lines.filter((line) => line.trim()).map((line) => line.split(" "));
  if (values.some(({ length }) => length !== names.length)) return [];
  return values.map((list) => ({
    fields: Object.fromEntries(
      names.map((name, at) => [name.toLowerCase(), unescape(list[at]!)]),
    ),
  }));
}

function isHeader(line = ""): boolean {
  const names = line.trim().split(/\s+/);
  return names.length > 1 && (names.includes("NAME") || names.includes("KNAME")) &&
    names.every((name) => known.has(name));
}

/** What is drawn before a name: "│ └─", "  `-", "| |-". */
const branch = /^[│├└─|`\-\s]*/u;

function rowsOf(lines: string[], columns: Column[]): Row[] {
  const rows: Row[] = [];
  const path: { indent: number; name: string }[] = [];
  for (const line of lines) {
    if (!line.trim()) continue;
    const { indent, fields } = columns[0]?.name === "NAME"
      ? withNameFirst(line, columns)
      : withNameWithin(line, columns);
    const name = nameIn(fields);
    if (!name) {
      // A second mount point has a line of its own, with nothing under NAME.
      addMountPoint(rows.at(-1)?.fields, word(fields.mountpoints));
      continue;
    }
    while (path.length > 0 && path.at(-1)!.indent >= indent) path.pop();
    rows.push({ fields, parent: path.at(-1)?.name });
    path.push({ indent, name });
  }
  return rows;
}

function withNameFirst(line: string, columns: Column[]): { indent: number; fields: Values } {
  const indent = branch.exec(line)?.[0].length ?? 0;
  const isContinued = indent >= (columns[1]?.start ?? Infinity);
  if (isContinued) return { indent, fields: { mountpoints: line.slice(indent) } };
  return { indent, fields: fieldsIn(line, indent, columns) };
}

/** In all columns, new versions print NAME where the alphabet wants it. */
function withNameWithin(line: string, columns: Column[]): { indent: number; fields: Values } {
  const fields = lowered(valuesAt(line, columns));
  const shown = typeof fields.name === "string" ? fields.name : "";
  const start = columns.find(({ name }) => name === "NAME")?.start ?? 0;
  const tree = branch.exec(line.slice(start))?.[0] ?? "";
  return { indent: tree.length, fields: { ...fields, name: shown.replace(branch, "") } };
}

/** "sda 8:0 0 20G 0 disk …": what stands first unless it was asked for otherwise. */
const standard = ["name", "maj:min", "rm", "size", "ro", "type"];
const standardLine = /^(\S+(?: \(dm-\d+\))?) +(\d+: *\d+) +([01]) +(\S+) +([01]) +(\w+) */;

/**
 * The standard columns never are empty, so their order tells them: a version that counted the
 * bytes of its lines set them out of their places. All others stand below their header.
 */
function fieldsIn(line: string, indent: number, columns: Column[]): Values {
  const bare = line.slice(indent);
  const inOrder = standard.every((name, at) => columns[at]?.name.toLowerCase() === name);
  const [whole, ...values] = (inOrder && standardLine.exec(bare)) || [];
  if (!whole) {
    return lowered(valuesAt(" ".repeat(indent) + bare, columns));
  }
  const fields = Object.fromEntries(standard.map((name, at) => [name, values[at]]));
  const rest = columns.slice(standard.length);
  const [only] = rest;
  if (rest.length === 1 && only) {
    return { ...fields, [only.name.toLowerCase()]: bare.slice(whole.length).trim() };
  }
  return { ...fields, ...lowered(valuesAt(blanked(line, indent + whole.length), rest)) };
}

function blanked(line: string, length: number): string {
  return " ".repeat(length) + line.slice(length);
}

function lowered(values: Record<string, string>): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function addMountPoint(fields: Values | undefined, path: string | undefined): void {
  if (typeof fields?.mountpoints !== "string" || !path) return;
  fields.mountpoints = `${fields.mountpoints}\n${path}`;
}
