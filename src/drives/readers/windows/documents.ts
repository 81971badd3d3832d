/**
 * What our own two scripts answer: one JSON document with the objects of each class, raw as CIM has
 * them, so that no word of any language is in the way; a class that could not be asked says why.
 *
 * @module
 */
import type { Findings } from "../../graph/gather.ts";
import { parseJson, type Reader, unreadable } from "../reader.ts";
import { record, records, word } from "../values.ts";
import { findingsOf } from "./classes/mod.ts";
import { number, type Row, rowsOf, type Tables, text as textOf, toRow } from "./row.ts";

export const windowsStorage: Reader = {
  name: "windows storage",
  platform: "windows",
  recognise: (text) => /^\s*\{\s*"windowsStorage"\s*:/.test(text),
  read: (text) => read("Windows' Storage module", text, ["MSFT_Disk", "MSFT_PhysicalDisk"]),
};

export const windowsCim: Reader = {
  name: "windows cim",
  platform: "windows",
  recognise: (text) => /^\s*\{\s*"windowsCim"\s*:/.test(text),
  read: (text) => read("Windows' CIM", text, ["Win32_DiskDrive"]),
};

/** `needed`: without any of these classes the answer tells of no drive; that is no "no drives". */
function read(tool: string, text: string, needed: string[]): Findings {
  const { parts } = record(parseJson(tool, text));
  const answers = Object.entries(record(parts));
  const tables = new Map<string, Row[]>();
  const failures = new Map<string, string>();
  for (const [name, answer] of answers) {
    const error = word(record(answer).error);
    if (error) failures.set(name, error);
    else tables.set(name, toRows(answer));
  }
  if (!needed.some((name) => tables.has(name))) {
    const [reason = "it has no answer to any question"] = needed.flatMap((name) =>
      failures.get(name) ?? []
    );
    throw unreadable(tool, text, `${needed.join(" and ")} could not be asked: ${reason}`);
  }
  const isEmpty = needed.every((name) => rowsOf(tables, name).length === 0);
  if (isEmpty && hasFixedVolume(tables)) {
    throw unreadable(tool, text, "it shows volumes and no disk: this account may not see them");
  }
  return findingsOf(tables);
}

/** PowerShell makes one object of a list of one, in some places. */
function toRows(answer: unknown): Row[] {
  const rows = Array.isArray(answer) ? records(answer) : [record(answer)];
  return rows.map((one) => toRow(Object.entries(one))).filter((row) => row.size > 0);
}

function hasFixedVolume(tables: Tables): boolean {
  return ["MSFT_Volume", "Win32_Volume"].some((name) =>
    rowsOf(tables, name).some((row) => number(row, "DriveType") === 3 && isLocal(row))
  );
}

function isLocal(row: Row): boolean {
  return (textOf(row, "FileSystem") ?? "") !== "";
}
