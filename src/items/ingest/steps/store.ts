/**
 * The steps of plans in SQLite: their journal. Every method is one short synchronous step.
 *
 * @module
 */
import { ConflictError, NotFoundError } from "../../../base/errors.ts";
import type { Database } from "../../../db/mod.ts";
import { checkTransition, open, type StepState, underWay } from "../journal.ts";
import type { NewStep, Step } from "../model.ts";
import { optional, stepColumns, type StepRow, toStep } from "../rows.ts";

/** What a step learns of its file as it goes on. */
export type StepChanges = Partial<
  Pick<
    Step,
    "sizeBytes" | "modifiedMs" | "inode" | "digest" | "way" | "error" | "duplicateOf" | "target"
  >
>;

export interface StepPage {
  after: number;
  limit: number;
  state?: StepState | undefined;
}

/** Words of the journal, as SQL has a list of them. */
const listOf = (states: readonly StepState[]) => states.map((it) => `'${it}'`).join();
const OPEN = listOf(open);
const UNDER_WAY = listOf(underWay);

const BY_STATE = "INDEXED BY ingest_steps_by_state";
const BY_FILM = "INDEXED BY ingest_steps_by_film";
const BY_TARGET = "INDEXED BY ingest_steps_by_target";
const BY_DIGEST = "INDEXED BY ingest_steps_by_digest";

/** How many steps are in a state, and their bytes. */
export interface StepCount {
  state: StepState;
  isDuplicate: boolean;
  files: number;
  bytes: number;
  /** Those that are copied: their bytes are gone over three times. */
  copiedBytes: number;
}

export function createStepStore(db: Database) {
  const now = () => new Date().toISOString();
  // By its own key alone SQLite would go through all steps of a plan each time.
  const stepsBy = (index: string, where: string, ...values: (string | number)[]): Step[] =>
    db.all<StepRow>(
      `SELECT ${stepColumns} FROM ingest_steps ${index} WHERE plan_id = ? ${where}`,
      ...values,
    ).map(toStep);
  const steps = (where: string, ...values: (string | number)[]) => stepsBy("", where, ...values);

  return {
    step(id: string, seq: number): Step {
      const [found] = steps("AND seq = ?", id, seq);
      if (found) return found;
      throw new NotFoundError(`Cannot find step ${seq} of ingest plan "${id}"`, { id });
    },

    insertSteps(planId: string, all: readonly NewStep[]): void {
      for (const it of all) {
        db.run(
          `INSERT INTO ingest_steps (plan_id, seq, along_with, source, target, size_bytes,
             modified_ms, inode, action, reason, duplicate_of, digest, media_id, state, updated_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          planId,
          it.seq,
          optional(it.alongWith),
          it.source,
          optional(it.target),
          it.sizeBytes,
          it.modifiedMs,
          optional(it.inode),
          it.action,
          it.reason,
          optional(it.duplicateOf),
          optional(it.digest),
          optional(it.mediaId),
          it.action === "take" ? "planned" : "skipped",
          now(),
        );
      }
    },

    /** Removes some of the steps of a plan; a plan of many is removed a few at a time. */
    removeSteps: (id: string, limit: number): number =>
      db.run(
        `DELETE FROM ingest_steps WHERE plan_id = ? AND seq IN
           (SELECT seq FROM ingest_steps WHERE plan_id = ? ORDER BY seq LIMIT ?)`,
        id,
        id,
        limit,
      ),

    /** A person's say in a step, before it is begun. */
    editStep: (id: string, seq: number, it: Pick<Step, "action" | "target" | "reason" | "state">) =>
      db.run(
        `UPDATE ingest_steps SET action = ?, target = ?, reason = ?, state = ?, updated_at = ?
         WHERE plan_id = ? AND seq = ?`,
        it.action,
        optional(it.target),
        it.reason,
        it.state,
        now(),
        id,
        seq,
      ),

    steps: (id: string, { after, limit, state }: StepPage): Step[] =>
      state === undefined ? steps("AND seq > ? ORDER BY seq LIMIT ?", id, after, limit) : stepsBy(
        BY_STATE,
        "AND state = ? AND seq > ? ORDER BY seq LIMIT ?",
        id,
        state,
        after,
        limit,
      ),

    /** The files that go along with a film. */
    sidecars: (id: string, seq: number): Step[] =>
      stepsBy(BY_FILM, "AND along_with = ? ORDER BY seq", id, seq),

    /** Whether another step of the plan goes to this place. */
    targetOf: (id: string, target: string): Step | undefined =>
      stepsBy(BY_TARGET, "AND target = ? AND action = 'take' LIMIT 1", id, target)[0],

    lastSeq: (id: string): number =>
      db.get<{ last: number | null }>(
        "SELECT max(seq) last FROM ingest_steps WHERE plan_id = ?",
        id,
      )?.last ?? 0,

    /** Films that have not ended, or whose sidecars have not, among seqs in (after, after + span]. */
    openFilms: (id: string, after: number, span: number): number[] =>
      db.all<{ seq: number }>(
        `SELECT seq FROM ingest_steps WHERE plan_id = ? AND seq > ? AND seq <= ?
           AND along_with IS NULL AND state IN (${OPEN})
         UNION SELECT along_with FROM ingest_steps WHERE plan_id = ? AND along_with > ?
           AND along_with <= ? AND state IN (${OPEN})
         ORDER BY 1`,
        id,
        after,
        after + span,
        id,
        after,
        after + span,
      ).map(({ seq }) => seq),

    /** Those that were cut off. A run has few at a time. */
    underWay: (id: string): Step[] =>
      stepsBy(BY_STATE, `AND state IN (${UNDER_WAY}) ORDER BY seq LIMIT 1000`, id),

    /** Those whose part file may be on the disk. */
    withPart: (id: string): Step[] =>
      stepsBy(BY_STATE, "AND state IN ('copied', 'verified') ORDER BY seq LIMIT 1000", id),

    /** Some of those that failed are to be tried again, and those whose source was left. */
    retry: (id: string, limit: number): number =>
      db.run(
        `UPDATE ingest_steps SET error = NULL,
           state = CASE state WHEN 'left' THEN 'removing' ELSE 'planned' END
         WHERE plan_id = ? AND seq IN (SELECT seq FROM ingest_steps
           WHERE plan_id = ? AND state IN ('failed', 'left') ORDER BY seq LIMIT ?)`,
        id,
        id,
        limit,
      ),

    /**
     * The journal's next entry. The step must be in the state in which its caller believes it is.
     *
     * @throws {ConflictError} it is not, or the journal knows no such step
     */
    enter(id: string, from: Step, to: StepState, changes: StepChanges = {}): Step {
      checkTransition(from.state, to);
      const next: Step = { ...from, error: undefined, ...changes, state: to, updatedAt: now() };
      const changed = db.run(
        `UPDATE ingest_steps SET state = ?, size_bytes = ?, modified_ms = ?, inode = ?, digest = ?,
           way = ?, error = ?, duplicate_of = ?, target = ?, updated_at = ?
         WHERE plan_id = ? AND seq = ? AND state = ?`,
        to,
        next.sizeBytes,
        next.modifiedMs,
        optional(next.inode),
        optional(next.digest),
        optional(next.way),
        optional(next.error),
        optional(next.duplicateOf),
        optional(next.target),
        next.updatedAt,
        id,
        next.seq,
        from.state,
      );
      if (changed === 1) return next;
      throw new ConflictError(`Cannot go on with "${from.source}": somebody else works on it`);
    },

    /** What keeps a step from its next state; it is where it was. */
    note: (id: string, seq: number, error: string) =>
      db.run("UPDATE ingest_steps SET error = ? WHERE plan_id = ? AND seq = ?", error, id, seq),

    /** Another film of the plan with this content, that is taken or is being taken. */
    twin: (id: string, { seq, digest }: Step): string | undefined =>
      db.get<{ source: string }>(
        `SELECT source FROM ingest_steps ${BY_DIGEST} WHERE plan_id = ? AND digest = ? AND seq <> ?
           AND along_with IS NULL AND state IN ('copying', 'copied', 'verified', 'placing',
             'reserving', 'placed', 'removing', 'left', 'done') LIMIT 1`,
        id,
        digest!,
        seq,
      )?.source,

    /** The first one could not be taken: so its twins are none any more. */
    reviveTwins: (id: string, { source, digest }: Step): number =>
      digest === undefined ? 0 : db.run(
        `UPDATE ingest_steps ${BY_DIGEST} SET state = 'planned', duplicate_of = NULL, error = NULL
         WHERE plan_id = ? AND digest = ? AND state = 'duplicate' AND duplicate_of = ?`,
        id,
        digest,
        source,
      ),

    /** All steps of a plan, counted. */
    counts: (id: string): StepCount[] =>
      db.all<Omit<StepCount, "isDuplicate"> & { isDuplicate: number }>(
        `SELECT state, duplicate_of IS NOT NULL AS isDuplicate, count(*) files,
           sum(size_bytes) bytes, sum(CASE way WHEN 'copy' THEN size_bytes ELSE 0 END) copiedBytes
         FROM ingest_steps WHERE plan_id = ? GROUP BY 1, 2`,
        id,
      ).map((it) => ({ ...it, isDuplicate: it.isDuplicate === 1 })),
  };
}
