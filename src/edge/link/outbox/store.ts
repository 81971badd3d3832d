/**
 * Commands that were seen and the answers to them, in library.db: both outlive the link, and the
 * program.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";
import type { Case, PeerPayloads } from "../../messages.ts";

export interface KeptAnswer {
  id: number;
  requestId: string;
  payload: Case<PeerPayloads>;
}

/** "begun": somebody has begun it, and never come to its end. */
export type CommandState = "new" | "begun" | "done";

export type OutboxStore = ReturnType<typeof createOutboxStore>;

/** A command is known, and its answer kept, so long; and so many of each. */
const KEPT_MS = 24 * 3_600_000;
const MAX_KEPT = 100_000;

export function createOutboxStore(db: Database, { maxKept = MAX_KEPT, now = Date.now } = {}) {
  return {
    /** Takes note of a command, and tells whether it was known. */
    see: (key: string): CommandState =>
      db.transaction(() => {
        const row = db.get<{ done: number }>("SELECT done FROM link_commands WHERE key = ?", key);
        if (row) return row.done ? "done" : "begun";
        db.run("INSERT INTO link_commands (key, seen_at) VALUES (?, ?)", key, now());
        return "new";
      }),

    isKnown: (key: string): boolean =>
      db.get("SELECT 1 FROM link_commands WHERE key = ?", key) !== undefined,

    /** It must not be done again. */
    done: (key: string): number => db.run("UPDATE link_commands SET done = 1 WHERE key = ?", key),

    keep: (key: string, edge: string, requestId: string, payloads: Case<PeerPayloads>[]): void =>
      db.transaction(() => {
        for (const payload of payloads) {
          db.run(
            `INSERT INTO link_answers (key, edge, request_id, payload, made_at)
             VALUES (?, ?, ?, ?, ?)`,
            key,
            edge,
            requestId,
            JSON.stringify(payload),
            now(),
          );
        }
      }),

    /** What was answered to a command, from the first on. */
    answersTo: (key: string): KeptAnswer[] =>
      db.all<RawAnswer>(`SELECT ${columns} FROM link_answers WHERE key = ? ORDER BY id`, key)
        .map(toAnswer),

    /** The edge has lost them: they are to be said again. Those not confirmed are said anyway. */
    repeat: (key: string): number =>
      db.run("UPDATE link_answers SET confirmed = 0 WHERE key = ? AND confirmed = 1", key),

    /** Answers that an edge of one of these names may not have, from just after one. */
    unconfirmed: (edges: readonly string[], after: number, limit: number): KeptAnswer[] =>
      db.all<RawAnswer>(
        `SELECT ${columns} FROM link_answers WHERE confirmed = 0 AND id > ?
         AND edge IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?`,
        after,
        JSON.stringify(edges),
        limit,
      ).map(toAnswer),

    confirm: (ids: readonly number[]): number =>
      db.run(
        `UPDATE link_answers SET confirmed = 1
         WHERE id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(ids),
      ),

    /** Answers that no edge has confirmed. */
    waiting: (): number =>
      db.get<{ count: number }>("SELECT count(*) count FROM link_answers WHERE confirmed = 0")!
        .count,

    /** Forgets what is old, or too much; returns how many answers no edge has ever had. */
    prune: (): number =>
      db.transaction(() => {
        const before = now() - KEPT_MS;
        const last = db.get<{ id: number | null }>("SELECT max(id) id FROM link_answers")?.id ?? 0;
        const isOld = "made_at < ? OR id <= ?";
        const lost = db.get<{ count: number }>(
          `SELECT count(*) count FROM link_answers WHERE confirmed = 0 AND (${isOld})`,
          before,
          last - maxKept,
        )!.count;
        db.run(`DELETE FROM link_answers WHERE ${isOld}`, before, last - maxKept);
        db.run(
          `DELETE FROM link_commands WHERE seen_at < max(?, ifnull(
             (SELECT seen_at FROM link_commands ORDER BY seen_at DESC LIMIT 1 OFFSET ?), 0))`,
          before,
          maxKept,
        );
        return lost;
      }),

    fact: (edge: string, name: string): string | undefined =>
      db.get<{ value: string }>(
        "SELECT value FROM link_facts WHERE edge = ? AND name = ?",
        edge,
        name,
      )?.value,

    saveFact: (edge: string, name: string, value: string): number =>
      db.run("INSERT OR REPLACE INTO link_facts VALUES (?, ?, ?)", edge, name, value),
  };
}

const columns = "id, request_id AS requestId, payload";

type RawAnswer = Omit<KeptAnswer, "payload"> & { payload: string };

function toAnswer({ payload, ...row }: RawAnswer): KeptAnswer {
  return { ...row, payload: JSON.parse(payload) };
}
