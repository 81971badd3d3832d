/**
 * Plans in SQLite, with the journals of their steps. Every method is one short synchronous step.
 *
 * @module
 */
import { NotFoundError, StaleError } from "../../base/errors.ts";
import type { Database, Halt } from "../../db/mod.ts";
import type { Plan, PlanState, Room } from "./model.ts";
import { optional, planColumns, type PlanRow, toPlan } from "./rows.ts";
import { createStepStore } from "./steps/store.ts";

/** For a library of another time: nothing is moved by a plan that was being executed then. */
export const haltIngests: Halt = {
  table: "ingest_plans",
  sql: `UPDATE ingest_plans SET state = 'stopped', version = version + 1,
      finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
      reason = 'The library was restored from a backup, which was made while this went on. See ' ||
        'whether the files are still where the plan says, then execute it again, or cancel it'
    WHERE state = 'running'`,
};

export type IngestStore = ReturnType<typeof createIngestStore>;

export function createIngestStore(db: Database) {
  const now = () => new Date().toISOString();
  const find = (id: string): Plan | undefined => {
    const row = db.get<PlanRow>(`SELECT ${planColumns} FROM ingest_plans WHERE id = ?`, id);
    return row && toPlan(row);
  };
  const get = (id: string): Plan => {
    const plan = find(id);
    if (!plan) throw new NotFoundError(`Cannot find ingest plan "${id}"`, { id });
    return plan;
  };

  return {
    ...createStepStore(db),

    find,
    get,

    /** In one transaction: all or nothing. */
    transaction: <T>(work: () => T): T => db.transaction(work),

    /** One that a power cut does not take back. */
    durably: <T>(work: () => T): T => db.durably(work),

    insertPlan(plan: Plan): void {
      db.run(
        `INSERT INTO ingest_plans (id, sources, target, policy, mode, state, options, room, version,
           created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        plan.id,
        JSON.stringify(plan.sources),
        plan.target,
        plan.policy,
        plan.mode,
        plan.state,
        JSON.stringify(plan.options),
        JSON.stringify(plan.room),
        plan.version,
        plan.createdBy,
        plan.createdAt,
      );
    },

    planned: (id: string, room: Room): number =>
      db.run(
        "UPDATE ingest_plans SET state = 'planned', room = ? WHERE id = ? AND state = 'planning'",
        JSON.stringify(room),
        id,
      ),

    /** Plans whose making was cut off. */
    dropHalfMade: (): number => db.run("DELETE FROM ingest_plans WHERE state = 'planning'"),

    remove: (id: string): number => db.run("DELETE FROM ingest_plans WHERE id = ?", id),

    /** The newest first, from just before `before`. */
    list: ({ before, limit }: { before: string; limit: number }): Plan[] =>
      db.all<PlanRow>(
        `SELECT ${planColumns} FROM ingest_plans WHERE state <> 'planning' AND (? = '' OR id < ?)
         ORDER BY id DESC LIMIT ?`,
        before,
        before,
        limit,
      ).map(toPlan),

    /** The plan that is to be worked on next. */
    nextRunning(): Plan | undefined {
      const row = db.get<PlanRow>(
        `SELECT ${planColumns} FROM ingest_plans WHERE state = 'running'
         ORDER BY started_at, id LIMIT 1`,
      );
      return row && toPlan(row);
    },

    /** @throws {StaleError} `expected` is not its version any more */
    checkVersion(id: string, expected: number | undefined): Plan {
      const plan = get(id);
      if (expected === undefined || plan.version === expected) return plan;
      throw new StaleError(
        `Cannot change ingest plan "${id}": it has changed meanwhile. Read it again, then decide`,
        { id, version: plan.version },
      );
    },

    /** A plan that begins has a start, one that has ended an end. */
    setState(id: string, state: PlanState, reason?: string): void {
      db.run(
        `UPDATE ingest_plans SET state = ?, reason = ?, version = version + 1,
           started_at = CASE ? WHEN 'running' THEN ifnull(started_at, ?) ELSE started_at END,
           finished_at = CASE WHEN ? IN ('done', 'cancelled', 'stopped') THEN ? END
         WHERE id = ?`,
        state,
        optional(reason),
        state,
        now(),
        state,
        now(),
        id,
      );
    },

    touchVersion: (id: string) =>
      db.run("UPDATE ingest_plans SET version = version + 1 WHERE id = ?", id),

    setRoom: (id: string, room: Room) =>
      db.run("UPDATE ingest_plans SET room = ? WHERE id = ?", JSON.stringify(room), id),
  };
}
