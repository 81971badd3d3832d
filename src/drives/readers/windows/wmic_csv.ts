/**
 * Comma separated values: `wmic … /format:csv`, whose header begins with Node, with no quotes around
 * values but where there is a comma in them, and then those inside are not escaped; and PowerShell's
 * `Export-Csv`, all in quotes.
 *
 * @module
 */
import { type Reader, unreadable } from "../reader.ts";
import { byClass } from "./class_of.ts";
import { classes, findingsOf } from "./classes/mod.ts";
import { referencesIn } from "./names.ts";
import { decoded } from "./property_list.ts";
import { type Row, toRow } from "./row.ts";

export const wmicCsv: Reader = {
  name: "wmic /format:csv",
  platform: "windows",
  recognise(text) {
    return /^\s*"?Node"?,\w/i.test(text) &&
      [...byClass(rowsIn(text)).keys()].some((name) => classes.has(name));
  },
  read(text) {
    const tables = byClass(rowsIn(text));
    if (tables.size === 0) throw unreadable("wmic", text, "it lists no object of a class known");
    return findingsOf(tables);
  },
};

export const exportCsv: Reader = {
  name: "PowerShell Export-Csv",
  platform: "windows",
  recognise: (text) =>
    /^\s*(#TYPE [^\n]*\n)?"[A-Z_]\w*"([,;]"\w+")+ *\n/i.test(text.slice(0, 10_000)) &&
    [...byClass(quotedRows(text)).keys()].some((name) => classes.has(name)),
  read(text) {
    const tables = byClass(quotedRows(text));
    if (tables.size === 0) throw unreadable("Export-Csv", text, "it has no class known");
    return findingsOf(tables);
  },
};

/** A country that writes 3,64 separates by ";". */
function quotedRows(text: string): Row[] {
  const lines = text.split("\n").filter((line) => line.trim() && !line.startsWith("#TYPE"));
  const [names = [], ...values] = lines.map((line) =>
    [...line.matchAll(/(?:^|[,;])(?:"((?:[^"]|"")*)"|([^,;]*))/g)]
      .map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "")
  );
  return values.filter(({ length }) => length === names.length)
    .map((row) => toRow(names.map((name, at) => [name, row[at]] as const)));
}

/** Of every table in the text; each begins with its header. */
function rowsIn(text: string): Row[] {
  let header: string[] = [];
  return text.split("\n").map((line) => line.trim()).filter(Boolean).flatMap((line) => {
    if (/^"?Node"?,/i.test(line)) {
      header = line.split(",").map((name) => name.replaceAll('"', "").trim());
      return [];
    }
    const row = header.includes("Antecedent") ? linkIn(line) : toObject(header, line);
    return row ? [row] : [];
  });
}

/** Of an association only the two references count; nothing can tell its quotes apart. */
function linkIn(line: string): Row | undefined {
  const [antecedent, dependent] = referencesIn(line).map(({ className, key }) =>
    `${className}.Id="${key}"`
  );
  if (!antecedent || !dependent) return;
  return toRow([["Antecedent", antecedent], ["Dependent", dependent]]);
}

function toObject(header: string[], line: string): Row | undefined {
  const values = valuesIn(line);
  // A value with a comma and no quotes shifts what follows: better no object than a wrong one.
  if (values.length !== header.length) return;
  return toRow(header.map((name, index) => [name, decoded(values[index]!)] as const));
}

/** Splits at commas that are not between quotes; a quote opens only at the start of a value. */
function valuesIn(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"(.*?)"(?=,|$)|([^,]*))/g)].map(([, quoted, plain]) =>
    (quoted ?? plain ?? "").trim()
  );
}
