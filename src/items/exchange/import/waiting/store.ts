/**
 * Lines that wait for their films in SQLite, those too that could not be taken in.
 *
 * @module
 */
import type { Database } from "../../../../db/mod.ts";
import type { LineOf } from "../../lines.ts";
import type { Policy } from "../store.ts";

type Item = LineOf<"item">;

export interface WaitingLine {
  id: number;
  policy: Policy;
  line: string;
  /** Why it could not be taken in, or not wholly, when its film came. */
  problem: string | null;
}

export function createWaitingStore(db: Database) {
  return {
    /** The line is taken when its film is found; a later line about that film replaces it. */
    wait(line: Item, policy: Policy): void {
      const text = JSON.stringify(line);
      const known = db.get<{ line: string; policy: string }>(
        "SELECT line, policy FROM import_waiting WHERE key = ?",
        line.id,
      );
      if (known?.line === text && known.policy === policy) return;
      db.run("DELETE FROM import_waiting WHERE key = ?", line.id);
      db.run(
        `INSERT INTO import_waiting (key, identity, path, size_bytes, policy, line)
         VALUES (?, ?, ?, ?, ?, ?)`,
        line.id,
        line.media!.identity,
        line.media!.path,
        line.media!.size_bytes,
        policy,
        text,
      );
    },

    waiting: (after: number, limit: number): WaitingLine[] =>
      db.all(
        "SELECT id, policy, line, problem FROM import_waiting WHERE id > ? ORDER BY id LIMIT ?",
        after,
        limit,
      ),

    taken: (id: number) => db.run("DELETE FROM import_waiting WHERE id = ?", id),

    /** It stays, as it is or only what is left of it. */
    keepBad: (id: number, problem: string, rest?: Item) =>
      db.run(
        `UPDATE import_waiting SET problem = ?, line = ifnull(?, line), is_rest = is_rest OR ?
         WHERE id = ?`,
        problem,
        rest ? JSON.stringify(rest) : null,
        Number(rest !== undefined),
        id,
      ),

    /** Lines whose films are here, and that cannot be taken in: how many, and why the first. */
    bad: (): { count: number; problem: string | null } =>
      db.get(
        `SELECT count(*) AS count, (SELECT problem FROM import_waiting WHERE problem IS NOT NULL
           ORDER BY id LIMIT 1) AS problem FROM import_waiting WHERE problem IS NOT NULL`,
      )!,
  };
}
