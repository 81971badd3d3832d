/**
 * Objects as lists of their properties: `wmic … /format:list` (Name=Value), PowerShell's
 * `| Format-List *` (Name : Value, long values go on in the next line), and WMI's own language
 * (`instance of Win32_DiskDrive { Name = "Value"; };`, as `GetText_` and wbemtest show it).
 *
 * @module
 */
import type { Finding } from "../../graph/block.ts";
import { type Reader, unreadable } from "../reader.ts";
import { byClass } from "./class_of.ts";
import { classes, findingsOf } from "./classes/mod.ts";
import { type Row, toRow } from "./row.ts";

export const wmicList: Reader = {
  name: "wmic /format:list",
  platform: "windows",
  recognise: (text) => isList(text, wmicLine) && knows(objectsIn(text, wmicLine)),
  read: (text) => ({ devices: read("wmic", objectsIn(text, wmicLine), text) }),
};

export const formatList: Reader = {
  name: "PowerShell Format-List",
  platform: "windows",
  recognise: (text) => isList(text, powershellLine) && knows(objectsIn(text, powershellLine)),
  read: (text) => ({ devices: read("PowerShell", objectsIn(text, powershellLine), text) }),
};

export const managedObjects: Reader = {
  name: "WMI objects (MOF)",
  platform: "windows",
  recognise: (text) => instance.test(text.slice(0, 2000)) && text.length < MAX_LENGTH,
  read: (text) => ({ devices: read("WMI", instancesIn(text), text) }),
};

const instance = /^\s*instance of (\w+)\s*\{/m;

function instancesIn(text: string): Row[] {
  const bodies = text.matchAll(/^\s*instance of (\w+)\s*\{([\s\S]*?)^\s*\};/gm);
  return [...bodies].map(([, name, body = ""]) => {
    const told = body.matchAll(/^\s*(\w+) = (?:"((?:[^"\\]|\\.)*)"|(.*?));\s*$/gm);
    const properties = [...told].map(([, key, said, bare]) =>
      [key!, said === undefined ? bare! : said.replaceAll(/\\(.)/g, "$1")] as const
    );
    return toRow([["__CLASS", name!], ...properties]);
  });
}

const wmicLine = /^(__)?([A-Za-z]\w*)=(.*)$/;
const powershellLine = /^(__)?([A-Za-z]\w*) *: ?(.*)$/;

/** The first line that is not empty decides: this is asked of every text there is. */
function isList(text: string, line: RegExp): boolean {
  const first = /\S.*/.exec(text.slice(0, 2000))?.[0] ?? "";
  return line.test(first.trimEnd()) && text.length < MAX_LENGTH;
}

/** Of the largest machine's list of all properties; what is longer is something else. */
const MAX_LENGTH = 20_000_000;

function knows(rows: Row[]): boolean {
  return [...byClass(rows.slice(0, 200)).keys()].some((name) => classes.has(name));
}

function read(tool: string, rows: Row[], text: string): Finding[] {
  const tables = byClass(rows);
  if (tables.size === 0) throw unreadable(tool, text, "it lists no object of a class known");
  return findingsOf(tables).devices ?? [];
}

/** A property that comes again begins the next object: blank lines are doubled by some shells. */
function objectsIn(text: string, line: RegExp): Row[] {
  const objects: [string, string][][] = [];
  let last: [string, string] | undefined;
  for (const told of text.split("\n")) {
    const [, hidden = "", name, value = ""] = line.exec(told.trimEnd()) ?? [];
    if (name === undefined) {
      if (last && told.trim()) last[1] += told.trim();
      continue;
    }
    last = [hidden + name, decoded(value.trim())];
    const current = objects.at(-1);
    if (!current || current.some(([known]) => known === last![0])) objects.push([last]);
    else current.push(last);
  }
  return objects.map(toRow);
}

/** wmic goes by way of XML, and leaves its entities. */
export function decoded(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'").replaceAll("&amp;", "&");
}
