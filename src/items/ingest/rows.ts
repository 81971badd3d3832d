/**
 * Rows of the tables of plans and steps, and what they stand for.
 *
 * @module
 */
import type { StepState } from "./journal.ts";
import type { Mode, Plan, PlanOptions, PlanState, Room, Step, Way } from "./model.ts";
import type { PolicyName } from "./policies.ts";

export interface PlanRow {
  id: string;
  sources: string;
  target: string;
  policy: PolicyName;
  mode: Mode;
  state: PlanState;
  reason: string | null;
  options: string;
  room: string;
  version: number;
  createdBy: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

export const planColumns =
  `id, sources, target, policy, mode, state, reason, options, room, version,
  created_by AS createdBy, created_at AS createdAt, started_at AS startedAt,
  finished_at AS finishedAt`;

export function toPlan({ sources, options, room, ...row }: PlanRow): Plan {
  return {
    ...row,
    sources: JSON.parse(sources) as string[],
    options: JSON.parse(options) as PlanOptions,
    room: JSON.parse(room) as Room,
    reason: row.reason ?? undefined,
    startedAt: row.startedAt ?? undefined,
    finishedAt: row.finishedAt ?? undefined,
  };
}

export interface StepRow {
  seq: number;
  alongWith: number | null;
  source: string;
  target: string | null;
  sizeBytes: number;
  modifiedMs: number;
  inode: string | null;
  action: "take" | "skip";
  reason: string;
  duplicateOf: string | null;
  digest: string | null;
  way: Way | null;
  state: StepState;
  error: string | null;
  mediaId: string | null;
  updatedAt: string;
}

export const stepColumns = `seq, along_with AS alongWith, source, target, size_bytes AS sizeBytes,
  modified_ms AS modifiedMs, inode, action, reason, duplicate_of AS duplicateOf, digest, way, state,
  error, media_id AS mediaId, updated_at AS updatedAt`;

export function toStep(row: StepRow): Step {
  return {
    ...row,
    alongWith: row.alongWith ?? undefined,
    target: row.target ?? undefined,
    inode: row.inode ?? undefined,
    duplicateOf: row.duplicateOf ?? undefined,
    digest: row.digest ?? undefined,
    way: row.way ?? undefined,
    error: row.error ?? undefined,
    mediaId: row.mediaId ?? undefined,
  };
}

/** SQLite's NULL is undefined here. */
export function optional<T>(value: T | undefined): T | null {
  return value ?? null;
}
