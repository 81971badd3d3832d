/**
 * What an ingest is made of: a plan, and one step for each file.
 *
 * @module
 */
import type { StepState } from "./journal.ts";
import type { PolicyName } from "./policies.ts";

export const modes = ["move", "copy", "hardlink", "reflink"] as const;
export type Mode = typeof modes[number];

/**
 * "planning" is being made, or was when the program died: such a plan is forgotten. "running" goes
 * on after a restart; "stopped" goes on when somebody executes it again.
 */
export const planStates = [
  "planning",
  "planned",
  "running",
  "stopped",
  "done",
  "cancelled",
] as const;
export type PlanState = typeof planStates[number];

export interface PlanOptions {
  /** What to do where the name is taken: leave the file, or number it: "Film (2).mkv". */
  onClash: "skip" | "number";
  /** Whether subtitles, NFO files and pictures of a film's name go with it. */
  sidecars: boolean;
  /** This plan takes another one back: what it moves is there already, and is no duplicate. */
  undoes?: string | undefined;
}

export const defaultOptions: PlanOptions = { onClash: "skip", sidecars: true };

export interface Room {
  /** Bytes that are copied to the target's volume; moves within a volume need none. */
  neededBytes: number;
  /** The largest file among these. */
  largestBytes: number;
  /** Undefined where the file system does not tell. */
  freeBytes?: number | undefined;
  enough: boolean;
  /** The target's volume by its id: another one at the same place is not written to. */
  volumeId?: string | undefined;
}

export interface Plan {
  id: string;
  sources: string[];
  target: string;
  policy: PolicyName;
  mode: Mode;
  state: PlanState;
  reason?: string | undefined;
  options: PlanOptions;
  room: Room;
  version: number;
  createdBy: string;
  /** ISO 8601, UTC, as all times. */
  createdAt: string;
  startedAt?: string | undefined;
  finishedAt?: string | undefined;
}

export type Way = "rename" | "link" | "copy" | "clone";

/** A file as it is found; together these tell whether it is still the same. */
export interface Facts {
  sizeBytes: number;
  modifiedMs: number;
  /** Absent where the file system gives none. */
  inode?: string | undefined;
}

export interface Step extends Facts {
  seq: number;
  /** Of a sidecar: the seq of its film. */
  alongWith?: number | undefined;
  source: string;
  target?: string | undefined;
  action: "take" | "skip";
  reason: string;
  duplicateOf?: string | undefined;
  digest?: string | undefined;
  way?: Way | undefined;
  state: StepState;
  error?: string | undefined;
  mediaId?: string | undefined;
  updatedAt: string;
}

/** What a planner says of a file. */
export type NewStep = Omit<Step, "state" | "updatedAt" | "way" | "error">;

/** Whoever is asked where a copy is written: next to the file that it becomes. */
export function partOf(planId: string, { seq, target }: Pick<Step, "seq" | "target">): string {
  const folder = target!.slice(0, Math.max(target!.lastIndexOf("/"), target!.lastIndexOf("\\")));
  return `${folder}/${PART_PREFIX}${planId}-${seq}.part`;
}

export const PART_PREFIX = ".giggityflix-";

/** Plans are listed in the order of their ids, which begin with the time. */
export function newPlanId(slug: string, nowMs = Date.now()): string {
  return `${nowMs.toString(36).padStart(9, "0")}-${slug}`;
}
