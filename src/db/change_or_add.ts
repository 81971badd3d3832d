/**
 * Changes a row, or adds it where there is none: without "ON CONFLICT DO UPDATE", whose way with
 * conflicts would be that of all triggers, too.
 *
 * @module
 */
import type { Database } from "./database.ts";

type Statement = readonly [sql: string, ...values: (string | number | null)[]];

/** @param add The same row, as it is where `change` finds none */
export function changeOrAdd(
  db: Pick<Database, "run">,
  change: Statement,
  add: Statement,
): void {
  if (db.run(...change) === 0) db.run(...add);
}
