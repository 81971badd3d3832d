/**
 * Of two who edit one thing at the same time the slower one is told.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { StaleError } from "../base/errors.ts";

/**
 * To be called inside the transaction that edits. `expected` is the version that the edit was made
 * from; undefined where the caller takes any.
 *
 * @throws {StaleError} somebody has changed it since
 */
export function refuseStale(what: string, version: number, expected: number | undefined): void {
  if (expected === undefined || expected === version) return;
  throw new StaleError(
    `Cannot change ${what}: it is version ${version} now, not ${expected}. Read it again`,
    { version },
  );
}

/** Whether `fields` say nothing that `before` does not: then nothing is written, and no version grows. */
export function isKnown(
  before: Record<string, unknown> | null,
  fields: Record<string, unknown> | null,
): boolean {
  if (before === null || fields === null) return false;
  return Object.entries(fields).every(([name, value]) => isDeepStrictEqual(before[name], value));
}
