/**
 * What became of a plan, by its journal alone: so it can be told at any time, also after a crash.
 *
 * @module
 */
import { counted } from "../../base/text/counted.ts";
import { hasEnded, journal } from "./journal.ts";
import type { Mode, Plan, Step } from "./model.ts";
import type { StepCount } from "./steps/store.ts";

export const outcomes = [
  "moved",
  "copied",
  "linked",
  "cloned",
  "duplicate",
  "skipped",
  "failed",
  "waiting",
  "under_way",
] as const;
export type Outcome = typeof outcomes[number];

export interface Report {
  id: string;
  state: Plan["state"];
  reason?: string | undefined;
  mode: Mode;
  startedAt?: string | undefined;
  finishedAt?: string | undefined;
  /** Files of each outcome, and their bytes. */
  files: Record<Outcome, number>;
  bytes: Record<Outcome, number>;
  /** Files that the plan wanted to take, at least once it was made. */
  planned: number;
}

const done: Record<Mode, Outcome> = {
  move: "moved",
  copy: "copied",
  hardlink: "linked",
  reflink: "cloned",
};

/** A file whose source could not be removed was copied, for it is at both places. */
export function outcomeOf(
  { state, isDuplicate }: Pick<StepCount, "state" | "isDuplicate">,
  mode: Mode,
): Outcome {
  switch (state) {
    case "done":
      return done[mode];
    case "left":
      return "copied";
    case "duplicate":
      return "duplicate";
    case "skipped":
      return isDuplicate ? "duplicate" : "skipped";
    case "failed":
      return "failed";
    case "planned":
    case "hashed": // nothing of it is at the target
      return "waiting";
    default:
      return hasEnded(state) ? "failed" : "under_way";
  }
}

export function toReport(plan: Plan, counts: readonly StepCount[]): Report {
  const zeros = () => Object.fromEntries(outcomes.map((it) => [it, 0])) as Record<Outcome, number>;
  const [files, bytes] = [zeros(), zeros()];
  let planned = 0;
  for (const count of counts) {
    const outcome = outcomeOf(count, plan.mode);
    files[outcome] += count.files;
    bytes[outcome] += count.bytes;
    if (count.state !== "skipped") planned += count.files;
  }
  const { id, state, reason, mode, startedAt, finishedAt } = plan;
  return { id, state, reason, mode, startedAt, finishedAt, files, bytes, planned };
}

/** Why a file is where it is, in words. */
export function reasonOfStep({ state, error, reason, duplicateOf }: Step): string {
  if (error !== undefined) return error;
  if (state === "duplicate" && duplicateOf) return `The same is there already: "${duplicateOf}"`;
  return hasEnded(state) || state === "planned" ? reason : `${reason} (${journal[state].says})`;
}

/** Undefined where all that a plan wanted is done. */
export function whyUnfinished(counts: readonly StepCount[]): string | undefined {
  const sum = (of: Step["state"]) =>
    counts.reduce((all, { state, files }) => state === of ? all + files : all, 0);
  const [failed, left] = [sum("failed"), sum("left")];
  if (failed + left === 0) return undefined;
  const what = [
    ...failed > 0 ? [`${counted(failed, "file")} could not be taken`] : [],
    ...left > 0
      ? [
        counted(
          left,
          "is at the target, but its source could not be removed",
          "are at the target, but their sources could not be removed",
        ),
      ]
      : [],
  ];
  return `${what.join(", ")}: the report says why. Execute the plan again once that is mended`;
}
