/**
 * Settings that a person changed, in the library's database.
 *
 * @module
 */
import type { Database } from "../db/mod.ts";
import { keyOf, type SettingName } from "./schema.ts";

export function readStored(db: Database): Record<string, string> {
  const rows = db.all<{ key: string; value: string }>("SELECT key, value FROM settings");
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
}

/** Keeps `text` for the setting, or forgets what was kept when `text` is undefined. */
export function writeStored(db: Database, name: SettingName, text: string | undefined): void {
  if (text === undefined) {
    db.run("DELETE FROM settings WHERE key = ?", keyOf(name));
    return;
  }
  db.run(
    `INSERT INTO settings (key, value, updated_at) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
    keyOf(name),
    text,
    new Date().toISOString(),
  );
}
