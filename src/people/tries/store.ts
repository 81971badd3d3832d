/**
 * Failed tries in the state, so that all edges that share it count together.
 *
 * @module
 */
import type { State } from "../../db/mod.ts";

export interface TriesRow {
  key: string;
  failures: number;
  /** Milliseconds since 1970. */
  triedAt: number;
  untilAt: number;
}

export function triesStore(state: State) {
  return {
    find: (keys: readonly string[]): Promise<TriesRow[]> =>
      state.all<TriesRow>(
        `SELECT key, failures, tried_at AS "triedAt", until_at AS "untilAt" FROM sign_in_tries
         WHERE key IN ${state.each}`,
        JSON.stringify(keys),
      ),

    /** Whether it could be: not where somebody else has counted since `before` was read. */
    put: async (it: TriesRow, before: TriesRow | undefined): Promise<boolean> =>
      await state.run(
        `INSERT INTO sign_in_tries (key, failures, tried_at, until_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (key) DO UPDATE SET failures = excluded.failures,
           tried_at = excluded.tried_at, until_at = excluded.until_at
         WHERE sign_in_tries.failures = ? AND sign_in_tries.tried_at = ?`,
        it.key,
        it.failures,
        it.triedAt,
        it.untilAt,
        before?.failures ?? -1,
        before?.triedAt ?? -1,
      ) > 0,

    /** One failure less, and no pause; with none left it is forgotten. */
    forgive: async (key: string): Promise<void> => {
      await state.run("DELETE FROM sign_in_tries WHERE key = ? AND failures <= 1", key);
      await state.run(
        "UPDATE sign_in_tries SET failures = failures - 1, until_at = 0 WHERE key = ?",
        key,
      );
    },

    delete: (key: string): Promise<number> =>
      state.run("DELETE FROM sign_in_tries WHERE key = ?", key),

    /** Forgets what was before `time`, and what is too much: those tried longest ago. */
    prune: async (time: number, maxKeys: number): Promise<void> => {
      await state.run("DELETE FROM sign_in_tries WHERE tried_at <= ?", time);
      await state.run(
        `DELETE FROM sign_in_tries WHERE tried_at <= (SELECT tried_at FROM sign_in_tries
           ORDER BY tried_at DESC LIMIT 1 OFFSET ?)`,
        maxKeys,
      );
    },
  };
}
