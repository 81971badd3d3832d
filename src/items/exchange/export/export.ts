/**
 * Writes the library down, page by page, read by a worker: memory stays the same however large it is.
 * It is no picture of one moment, but each line is whole, and none is left out that was there from the
 * beginning to the end.
 *
 * @module
 */
import { type Database, openReaders, type Readers } from "../../../db/mod.ts";
import { editableNames } from "../../items/item.ts";
import { FORMAT, type Header, VERSION } from "../lines.ts";
import { type Row, type Section, sections, WAITING } from "./store.ts";

/** Pages of lines, each a text that ends with a line break; the first one is the header. */
export async function* exportLibrary(
  db: Database,
  signal: AbortSignal,
  now = new Date(),
): AsyncGenerator<string> {
  using readers = openReaders(db, { workers: 1 });
  const id = crypto.randomUUID();
  const header: Header = {
    type: "export",
    format: FORMAT,
    version: VERSION,
    id,
    "made_at": now.toISOString(),
  };
  yield JSON.stringify(header) + "\n";
  for (const section of sections) yield* pagesOf(section, readers, signal);
  for (let after = 0;;) {
    const rows = await readers.query<{ id: number; line: string }>(WAITING, [after], { signal });
    if (rows.length === 0) return;
    after = rows.at(-1)!.id;
    yield rows.map(({ line }) => line + "\n").join("");
  }
}

async function* pagesOf(
  section: Section,
  readers: Readers,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for (let at = section.start;;) {
    const rows = await readers.query<Row>(section.sql, [...at, section.rows], { signal });
    if (rows.length === 0) return;
    yield rows.map((row) => toLine(row, section)).join("");
    if (rows.length < section.rows) return;
    at = section.key(rows.at(-1)!);
  }
}

function toLine(row: Row, { json, hidden = [] }: Section): string {
  const { _own: own, ...rest } = row;
  const line: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (hidden.includes(name)) continue;
    line[name] = json.includes(name) && value !== null ? sorted(JSON.parse(String(value))) : value;
  }
  return JSON.stringify(own === undefined ? line : withFields(line, String(own))) + "\n";
}

/** Only what a person has said of a film that can be scanned again; of another, all. */
function withFields(line: Record<string, unknown>, ownText: string): Record<string, unknown> {
  const own = new Set<string>(JSON.parse(ownText));
  const fields: Record<string, unknown> = {};
  for (const name of editableNames) {
    if (line.media === null ? line[name] !== null : own.has(name)) fields[name] = line[name];
    delete line[name];
  }
  const { type, id, media, ...rest } = line;
  return { type, id, media, fields, ...rest };
}

/** In an order that does not depend on how it is stored: two exports can be compared. */
function sorted(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((it) => [JSON.stringify(it), it] as const)
    .sort(([one], [other]) => one < other ? -1 : 1).map(([, it]) => it);
}
