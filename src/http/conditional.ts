/**
 * Conditional requests (RFC 9110, 13): every thing that can be edited has a version, which is its
 * ETag, and an edit names the version that it was made from. So of two who edit one thing at the
 * same time the slower one is told, and nothing of the other's is lost.
 *
 * @module
 */
import type { Context } from "hono";
import { InvalidError } from "../base/errors.ts";

/** A strong ETag: another one after each change. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/**
 * The version that an edit was made from, as `If-Match` names it; undefined where the caller takes
 * any (no header, or `*`). The store compares it in the same transaction as it edits, and throws a
 * StaleError (412) when it is another one by then.
 *
 * @throws {InvalidError} the header is no ETag of ours
 */
export function expectedVersion(c: Context): number | undefined {
  const header = c.req.header("if-match")?.trim();
  if (header === undefined || header === "*") return undefined;
  const [, digits] = /^"(\d{1,15})"$/.exec(header) ?? [];
  if (digits === undefined) {
    const message = 'Cannot read "If-Match": send the ETag that you were given, or *';
    throw new InvalidError(message, { field: "if-match" });
  }
  return Number(digits);
}
