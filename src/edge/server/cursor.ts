/**
 * Where a page begins: the last row of the page before, in a text that callers only pass on.
 *
 * @module
 */
import { InvalidError } from "../../base/errors.ts";

export function toCursor(...keys: string[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(keys));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The keys of a cursor; empty texts, which come before everything, when there is none. */
export function fromCursor(cursor: string | undefined, count: number): string[] {
  if (cursor === undefined) return Array(count).fill("");
  try {
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: "base64url" });
    const keys: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (Array.isArray(keys) && keys.length === count && keys.every(isText)) return keys;
  } catch (cause) {
    throw new InvalidError(MESSAGE, { field: "cursor" }, { cause });
  }
  throw new InvalidError(MESSAGE, { field: "cursor" });
}

const MESSAGE = 'Cannot read "cursor": take the one that the page before gave';

function isText(key: unknown): key is string {
  return typeof key === "string" && !key.includes("\0");
}
