/**
 * Objects as a table for people: PowerShell's Format-Table, with a line of dashes beneath the
 * header, and what wmic prints when nobody asks for a format. A value that was cut, "S21NXSAG…",
 * is no value.
 *
 * @module
 */
import { type Reader, unreadable } from "../reader.ts";
import { columnsOf, valuesAt } from "../table.ts";
import { byClass } from "./class_of.ts";
import { classes, findingsOf } from "./classes/mod.ts";
import { type Row, toRow } from "./row.ts";

export const formatTable: Reader = {
  name: "PowerShell table",
  platform: "windows",
  recognise: (text) =>
    /^\s*[A-Z]\w*[^\n]*\n-+( +-+)* *\n/.test(text.slice(0, 4000)) && known(rowsIn(text)).size > 0,
  read(text) {
    const tables = known(rowsIn(text));
    if (tables.size === 0) throw unreadable("PowerShell", text, "it lists no class known");
    return findingsOf(tables);
  },
};

function known(rows: Row[]): Map<string, Row[]> {
  const tables = byClass(rows);
  for (const name of tables.keys()) if (!classes.has(name)) tables.delete(name);
  return tables;
}

function rowsIn(text: string): Row[] {
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
  const header = lines[rule - 1]!;
  // A header of several words is one column where the dashes go on beneath the blank.
  const columns = columnsOf(lines[rule]!).map(({ start, end }, at, all) => ({
    name: header.slice(start, at + 1 < all.length ? end : undefined).trim() || `column${at}`,
    start,
    end,
  }));
  const end = lines.findIndex((line, at) => at > rule && !line.trim());
  return lines.slice(rule + 1, end < 0 ? undefined : end).map((line) => {
    const only = columns.length === 1 ? { [columns[0]!.name]: line.trim() } : undefined;
    const values = only ?? valuesAt(line, columns);
    const whole = Object.entries(values).filter(([, value]) => !/(\.\.\.|…)$/.test(value));
    return toRow(columns.map(({ name }) => [name, Object.fromEntries(whole)[name] ?? ""] as const));
  });
}
