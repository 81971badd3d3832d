/**
 * `findmnt`: in JSON, in pairs, or as a table with a tree in its first column.
 *
 * @module
 */
import type { Mount } from "../../../graph/mount_info.ts";
import { parseJson, type Reader, unreadable } from "../../reader.ts";
import { columnsOf, valuesAt } from "../../table.ts";
import { record, records, type Values, word } from "../../values.ts";
import { pairsIn } from "../lsblk/pairs.ts";
import { mountOf } from "./mounts.ts";

export const findmnt: Reader = {
  name: "findmnt",
  platform: "linux",
  recognise: (text) =>
    /^\uFEFF?\s*\{\s*"filesystems"\s*:/.test(text) || /^\s*TARGET="\//.test(text) ||
    isHeader(text.trimStart().split("\n", 1)[0]!),
  read(text) {
    const mounts = rowsIn(text).flatMap(toMount);
    if (mounts.length === 0) throw unreadable("findmnt", text, "it has no mount");
    return { mounts };
  },
};

function rowsIn(text: string): Values[] {
  if (/^\uFEFF?\s*\{/.test(text)) {
    return flat(records(record(parseJson("findmnt", text)).filesystems));
  }
  const [header = "", ...lines] = text.trimStart().split("\n");
  if (header.startsWith("TARGET=")) return [header, ...lines].map(pairsIn);
  const columns = columnsOf(header);
  return lines.map((line) => {
    const values = Object.entries(valuesAt(line, columns))
      .map(([name, value]) => [name.toLowerCase(), value.replace(/^[│├└─|`\-\s]+(?=\/)/, "")]);
    return Object.fromEntries(values);
  });
}

/** The columns of findmnt that are worth anything here, and those that come with them. */
const known =
  /^(SOURCES?|TARGET|FSTYPE|(VFS-|FS-)?OPTIONS|LABEL|UUID|PART(LABEL|UUID)|MAJ:MIN|FSROOT|ID|PARENT|TID|PROPAGATION|SIZE|USED|AVAIL|USE%|FREQ|PASSNO|OPT-FIELDS|ACTION|OLD-(TARGET|OPTIONS))$/;

function isHeader(line: string): boolean {
  const names = line.trim().split(/\s+/);
  return ["SOURCE", "TARGET", "FSTYPE"].every((name) => names.includes(name)) &&
    names.every((name) => known.test(name));
}

/** The tree of mounts as a list; probert keeps one too. */
export function flat(nodes: Values[]): Values[] {
  return nodes.flatMap((node) => [node, ...flat(records(node.children))]);
}

/** A mount from findmnt's columns, by their names in lower case. */
export function toMount(fields: Values): Mount[] {
  const [source, mountPoint] = [word(fields.source), word(fields.target)];
  const fileSystem = word(fields.fstype);
  if (!source || !mountPoint || !fileSystem) return [];
  const root = word(fields.fsroot);
  return [mountOf({
    source,
    mountPoint,
    fileSystem,
    options: word(fields.options) ?? "",
    deviceNumber: word(fields["maj:min"]) ?? "",
    ...root ? { root } : {},
  })];
}
