/**
 * `lvs`, `pvs` and `vgs` as tables with a header, in the columns that they print unless told
 * otherwise, and with `-o +devices`; and with `--nameprefixes`, where every value has its name.
 *
 * @module
 */
import type { Reader } from "../../reader.ts";
import { type Column, columnsOf, valuesAt } from "../../table.ts";
import type { Values } from "../../values.ts";
import { kernelName, word } from "../../values.ts";
import { volumesOf } from "./lvm.ts";

/** Headers, and the fields of LVM's reports that they stand for. */
const fields: Record<string, string> = {
  LV: "lv_name",
  VG: "vg_name",
  PV: "pv_name",
  LSize: "lv_size",
  Pool: "pool_lv",
  Origin: "origin",
  Devices: "devices",
  Type: "segtype",
  Attr: "attr",
};

export const lvmTable: Reader = {
  name: "lvs, pvs, vgs",
  platform: "linux",
  recognise: (text) => hasTable(text) || /^[ \t]*LVM2_[A-Z_]+='/m.test(text),
  read(text) {
    const rows = /^[ \t]*LVM2_[A-Z_]+='/m.test(text) ? prefixedIn(text) : rowsIn(text);
    const groups = [...Map.groupBy(rows.filter((row) => row.pv_name), (row) => word(row.vg_name))]
      .flatMap(([name, list]) =>
        name ? [{ name, physical: list.flatMap((row) => kernelName(word(row.pv_name)) ?? []) }] : []
      );
    return { devices: volumesOf(rows.filter((row) => row.lv_name), groups) };
  },
};

const header = /^(LV +VG +(#\w+ +)?Attr|PV +VG +Fmt|VG +(#PV|Attr))\b/;

/** Warnings of locks, caches and duplicates stand before the first table. */
function hasTable(text: string): boolean {
  return text.trimStart().split("\n", 40).some((line) => header.test(line.trim()));
}

/** `LVM2_LV_NAME='root'|LVM2_VG_NAME='rhel'|LVM2_DEVICES='/dev/vda2(0)'`. */
function prefixedIn(text: string): Values[] {
  return text.split("\n").map((line) =>
    Object.fromEntries(
      [...line.matchAll(/LVM2_([A-Z_]+)='([^']*)'/g)].map(([, name, value]) => [
        name!.toLowerCase(),
        value,
      ]),
    )
  );
}

/** Several tables may follow each other. */
function rowsIn(text: string): Values[] {
  const rows: Values[] = [];
  let columns: Column[] = [];
  for (const line of text.split("\n")) {
    if (header.test(line.trim())) {
      columns = columnsOf(line);
      continue;
    }
    const values = Object.entries(valuesAt(line, columns))
      .map(([name, value]) => [fields[name] ?? name, value] as const);
    const row: Values = Object.fromEntries(values);
    if (row.lv_name || row.pv_name) rows.push({ ...row, segtype: row.segtype ?? typeOf(row) });
  }
  return rows;
}

/** The first letter of the attributes: V thin, t thin pool, C cached. */
function typeOf({ attr }: Values): string | undefined {
  const letter = word(attr)?.[0];
  return letter === "V" ? "thin" : letter === "C" ? "cache" : undefined;
}
