/**
 * `lsblk --json`: the devices as a tree, or flat.
 *
 * @module
 */
import { parseJson, type Reader, unreadable } from "../../reader.ts";
import { record, records, type Values } from "../../values.ts";
import { devicesIn, nameIn, type Row } from "./fields.ts";

export const lsblkJson: Reader = {
  name: "lsblk --json",
  platform: "linux",
  recognise: (text) => /^\uFEFF?\s*\{\s*"blockdevices"\s*:/.test(text),
  read(text) {
    const { blockdevices } = record(parseJson("lsblk", text));
    if (!Array.isArray(blockdevices)) {
      throw unreadable("lsblk", text, 'it has no list "blockdevices"');
    }
    const rows = rowsOf(records(blockdevices));
    return { devices: devicesIn(rows, rows.some(({ parent }) => parent) ? "tree" : "list") };
  },
};

function rowsOf(nodes: Values[], parent?: string): Row[] {
  return nodes.flatMap((fields) => [
    { fields, parent },
    ...rowsOf(records(fields.children), nameIn(fields)),
  ]);
}
