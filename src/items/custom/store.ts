/**
 * Definitions of custom fields in SQLite.
 *
 * @module
 */
import type { Database } from "../../db/mod.ts";
import type { CustomField } from "./custom.ts";

type Row = Omit<CustomField, "choices"> & { choices: string };

const columns =
  "key, name, type, choices, version, created_at AS createdAt, updated_at AS updatedAt";

export function createCustomStore(db: Database) {
  const now = () => new Date().toISOString();
  return {
    find(key: string): CustomField | undefined {
      const row = db.get<Row>(`SELECT ${columns} FROM custom_fields WHERE key = ?`, key);
      return row && toField(row);
    },

    list: (after: string, limit: number): CustomField[] =>
      db.all<Row>(
        `SELECT ${columns} FROM custom_fields WHERE key > ? ORDER BY key LIMIT ?`,
        after,
        limit,
      ).map(toField),

    count: (): number =>
      db.get<{ count: number }>("SELECT count(*) AS count FROM custom_fields")!.count,

    /** Makes it, or changes its name and choices and raises its version. */
    put: ({ key, name, type, choices }: Pick<CustomField, "key" | "name" | "type" | "choices">) =>
      db.run(
        `INSERT INTO custom_fields (key, name, type, choices, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET name = excluded.name,
           choices = excluded.choices, version = version + 1, updated_at = excluded.updated_at`,
        key,
        name,
        type,
        JSON.stringify(choices),
        now(),
        now(),
      ),

    remove: (key: string) => db.run("DELETE FROM custom_fields WHERE key = ?", key),
  };
}

function toField(row: Row): CustomField {
  return { ...row, choices: JSON.parse(row.choices) as string[] };
}
