/**
 * One object of a CIM class, however a tool printed it: names of properties in any case, numbers as
 * strings, lists as `{3,4}`, `{3;4}`, `3|4|` or JSON.
 *
 * @module
 */
import { flag as toFlag, integer, sizeIn, word } from "../values.ts";

/** Properties by their name in lower case. */
export type Row = ReadonlyMap<string, unknown>;

/** What a recording tells, by class. */
export type Tables = ReadonlyMap<string, readonly Row[]>;

export function toRow(properties: Iterable<readonly [name: string, value: unknown]>): Row {
  return new Map([...properties].map(([name, value]) => [name.toLowerCase(), value]));
}

/** The property's text without blanks and NULs around it; an empty one tells nothing. */
export function text(row: Row, name: string): string | undefined {
  const value = row.get(name.toLowerCase());
  return word(typeof value === "string" ? value.replaceAll("\0", "") : value);
}

/** A whole number that is not negative. */
export function number(row: Row, name: string): number | undefined {
  const value = integer(text(row, name));
  return value === undefined || value < 0 ? undefined : value;
}

/** Bytes; what was printed for people, "238.47 GB", is as exact as it was printed. */
export function size(row: Row, name: string): number | undefined {
  return sizeIn(text(row, name));
}

export function flag(row: Row, name: string): boolean | undefined {
  const value = row.get(name.toLowerCase());
  return typeof value === "boolean" ? value : toFlag(text(row, name));
}

/** The items of a list, or the one value as a list. */
export function list(row: Row, name: string): string[] {
  const value = row.get(name.toLowerCase());
  if (Array.isArray(value)) return value.flatMap((item) => word(item) ?? []);
  const bare = text(row, name)?.replace(/^\{(.*)\}$/s, "$1").replace(/\|$/, "");
  if (!bare) return [];
  return bare.split(/[,;|]/).map((item) => item.trim().replace(/^"(.*)"$/, "$1")).filter(Boolean);
}

/** Whether the tool was asked for this property at all, whatever it answered. */
export function wasAsked(row: Row, name: string): boolean {
  return row.has(name.toLowerCase());
}

/** The rows of the classes, joined. */
export function rowsOf(tables: Tables, name: string): readonly Row[] {
  return tables.get(name) ?? [];
}
