/**
 * Portable SQL as PostgreSQL wants it.
 *
 * @module
 */

/** Texts of statements are few; more than these are made up by somebody. */
const MAX_KNOWN = 2000;
const known = new Map<string, string>();

/** A literal, a quoted name, a comment, or the one thing that is looked for. */
const pieces = (what: string) =>
  new RegExp(`'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\\n]*|/\\*[^]*?\\*/|${what}`, "g");

/** `?` becomes `$1`, `$2` …, but not in a literal, a name or a comment. */
export function numbered(sql: string): string {
  const found = known.get(sql);
  if (found !== undefined) return found;
  let count = 0;
  const text = sql.replace(pieces("\\?"), (piece) => piece === "?" ? `$${++count}` : piece);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(sql, text);
  return text;
}

/** Texts are compared byte by byte, as SQLite does, whatever the database's language. */
const types: Record<string, string> = {
  INTEGER: "BIGINT",
  REAL: "DOUBLE PRECISION",
  BLOB: "BYTEA",
  TEXT: 'TEXT COLLATE "C"',
};

/** A migration with PostgreSQL's names of the types. */
export function translated(step: string): string {
  return step.replace(pieces("\\b(?:INTEGER|REAL|BLOB|TEXT)\\b"), (piece) => types[piece] ?? piece);
}
