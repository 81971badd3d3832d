/**
 * Objects as a table for people: PowerShell's Format-Table, with a line of dashes beneath the
 * header, and what wmic prints when nobody asks for a format. A value that was cut, "S21NXSAG…",
 * is no value.
 *
 * @module
 */
import { type Reader, unreadable } from "../reader.ts";
import { type Column, columnsOf, valuesAt } from "../table.ts";
import { byClass } from "./class_of.ts";
import { classes, findingsOf } from "./classes/mod.ts";
import { decoded } from "./property_list.ts";
import { type Row, toRow } from "./row.ts";

export const formatTable: Reader = tableReader(
  "PowerShell table",
  // One or two lines of header: "Partition" may stand above "Style".
  /^\s*[A-Z]\w*[^\n]*\n([^\n]*\n)?-+( +-+)* *(\n|$)/,
  ruledRows,
);

export const wmicTable: Reader = tableReader(
  "wmic table",
  /^\s*[A-Z]\w+( {2,}[A-Z]\w+)+ *\n/,
  (text) => {
    const [header = "", ...lines] = text.split("\n").filter((line) => line.trim());
    return lines.map((line) => toObject(line, columnsOf(header)));
  },
);

function tableReader(name: string, begins: RegExp, rowsIn: (text: string) => Row[]): Reader {
  const known = (text: string) => {
    const tables = byClass(rowsIn(text));
    for (const name of tables.keys()) if (!classes.has(name)) tables.delete(name);
    return tables;
  };
  return {
    name,
    platform: "windows",
    recognise: (text) => begins.test(text.slice(0, 4000)) && known(text).size > 0,
    read(text) {
      const tables = known(text);
      if (tables.size === 0) throw unreadable(name, text, "it lists no object of a class known");
      return findingsOf(tables);
    },
  };
}

function ruledRows(text: string): Row[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) =>
    isRule(line) && lines[at - 1]?.trim() ? rowsBelow(lines, at) : []
  );
}

function isRule(line: string): boolean {
  return /^-+( +-+)* *$/.test(line);
}

/** From the rule down to the first empty line. */
function rowsBelow(lines: string[], rule: number): Row[] {
  const columns = columnsAbove(lines, rule);
  const end = lines.findIndex((line, at) => at > rule && !line.trim());
  return lines.slice(rule + 1, end < 0 ? undefined : end).map((line) => toObject(line, columns));
}

/** The words above each group of dashes; "Total Size" is the property Size. */
function columnsAbove(lines: string[], rule: number): Column[] {
  const before = lines.slice(0, rule);
  const header = before.slice(before.findLastIndex((line) => !line.trim()) + 1).slice(-2);
  return columnsOf(lines[rule]!).map(({ start, end }, at, all) => {
    const next = all[at + 1]?.start;
    const words = header.map((line) => line.slice(start, next === undefined ? undefined : end));
    const name = words.join("").replaceAll(/\s/g, "");
    return { name: name.replace(/^TotalSize$/i, "Size") || `column${at}`, start, end };
  });
}

function toObject(line: string, columns: Column[]): Row {
  const [only] = columns;
  const values = columns.length === 1 ? { [only!.name]: line.trim() } : valuesAt(line, columns);
  return toRow(columns.map(({ name }) => {
    const value = values[name] ?? "";
    return [name, /(\.\.\.|…)$/.test(value) ? "" : decoded(value)] as const;
  }));
}
