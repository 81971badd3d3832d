/**
 * Whether an item is there, and which version of it: what everything that is said about items asks.
 *
 * @module
 */
import { NotFoundError } from "../../../base/errors.ts";
import type { Database } from "../../../db/mod.ts";
import { refuseStale } from "../../stale.ts";

/** One that was deleted too, which an undo may bring back. */
export function hasItem(db: Database, id: string): boolean {
  return db.get("SELECT 1 FROM items WHERE id = ?", id) !== undefined;
}

/** Not one that was deleted. */
export function showsItem(db: Database, id: string): boolean {
  return versionOf(db, id) !== undefined;
}

/**
 * @param expected the version that somebody has read: any, unless said
 * @throws {NotFoundError} no such item, or it was deleted
 * @throws {StaleError} it is another version
 */
export function refuseUnknownItem(db: Database, id: string, expected?: number): void {
  const version = versionOf(db, id);
  if (version !== undefined) return refuseStale(`item "${id}"`, version, expected);
  throw new NotFoundError(`Cannot find item "${id}"`, { id });
}

/** The item is another than somebody has read: what was just changed is part of it. */
export function raiseItem(db: Database, id: string): number {
  const now = new Date().toISOString();
  return db.run("UPDATE items SET version = version + 1, updated_at = ? WHERE id = ?", now, id);
}

function versionOf(db: Database, id: string): number | undefined {
  return db.get<{ version: number }>(
    "SELECT version FROM items WHERE id = ? AND deleted_at IS NULL",
    id,
  )?.version;
}
