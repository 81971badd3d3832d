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
    /^\s*TARGET +SOURCE +FSTYPE\b/.test(text),
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
    // "│ ├─" is before the path; blanks keep what follows in its column.
    const values = valuesAt(line.replace(/^[^/]*/, (tree) => " ".repeat(tree.length)), columns);
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]),
    );
  });
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
