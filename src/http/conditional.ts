/**
 * Conditional requests (RFC 9110, 13): every thing that can be edited has a version, which is its
 * ETag, and an edit names the version that it was made from. So of two who edit one thing at the
 * same time the slower one is told, and nothing of the other's is lost.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { InvalidError, StaleError } from "../base/errors.ts";

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

/**
 * For a call that changes the thing only by the way. To be called in the same turn in which that is
 * begun.
 *
 * @throws {StaleError} the caller means another version of it
 */
export function refuseOther(c: Context, what: string, version: number): void {
  const expected = expectedVersion(c);
  if (expected === undefined || expected === version) return;
  const message = `Cannot change ${what}: it is version ${version} now, not ${expected}. ` +
    "Read it again";
  throw new StaleError(message, { version });
}

/** For calls that compare no version: a condition that nobody looks at would be taken for kept. */
export const refuseCondition: MiddlewareHandler = async (c, next) => {
  const header = c.req.header("if-match")?.trim();
  if (header !== undefined && header !== "*") {
    const message = 'Cannot compare "If-Match" in this call: it is about nothing that has a ' +
      "version. Leave the header out";
    throw new StaleError(message, { field: "if-match" });
  }
  await next();
};
