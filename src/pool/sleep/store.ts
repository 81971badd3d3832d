/**
 * How often background work of ours woke a drive that slept, for as long as the drive is known.
 *
 * @module
 */
import type { Database } from "../../db/mod.ts";

export interface WakeStore {
  add(driveId: string, at?: Date): void;
  count(driveId: string): number;
}

/** Keeps the counts in `db`. */
export function openWakeStore(db: Database): WakeStore {
  return {
    add(driveId, at = new Date()) {
      db.run(
        `INSERT INTO drive_wakes (drive_id, wakes, last_at) VALUES (?, 1, ?)
         ON CONFLICT (drive_id) DO UPDATE SET wakes = wakes + 1, last_at = excluded.last_at`,
        driveId,
        at.toISOString(),
      );
    },
    count: (driveId) =>
      db.get<{ wakes: number }>("SELECT wakes FROM drive_wakes WHERE drive_id = ?", driveId)
        ?.wakes ?? 0,
  };
}
