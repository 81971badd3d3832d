/**
 * The journal of a step: in which states a file can be, and which may follow which. What a state
 * says is true of the disk before it is left and after it is entered, so whoever finds it after a
 * crash knows what to look for.
 *
 * @module
 */
import { ConflictError } from "../../base/errors.ts";

interface State {
  says: string;
  next: readonly string[];
  /** Something is being done: after a crash the disk tells whether it has been. */
  underWay?: true;
  /** Nothing more happens to it in this run. */
  ended?: true;
}

export const journal = {
  planned: { says: "nothing is done yet", next: ["hashing", "hashed", "duplicate", "failed"] },
  hashing: {
    says: "the source is read",
    next: ["hashed", "planned", "failed"],
    underWay: true,
  },
  hashed: {
    says: "the digest of the source is known",
    next: ["copying", "placing", "duplicate", "planned", "failed"],
  },
  copying: {
    says: "a part file is written beside the target",
    next: ["copied", "hashed", "failed"],
    underWay: true,
  },
  copied: {
    says: "the part file is whole and on the disk",
    next: ["verified", "hashed", "failed"],
  },
  verified: {
    says: "the part file, read again, is what the source was",
    next: ["placing", "hashed", "failed"],
  },
  placing: {
    says: "the target's name is linked to the part file, or to the source",
    next: ["placed", "reserving", "verified", "hashed", "failed"],
    underWay: true,
  },
  reserving: {
    says: "without links: an empty file takes the name, and is renamed over",
    next: ["placed", "verified", "hashed", "failed"],
    underWay: true,
  },
  placed: { says: "the target is there; no part file is", next: ["removing", "done"] },
  removing: {
    says: "the source is removed; the target is there for good",
    next: ["done", "left"],
    underWay: true,
  },
  left: {
    says: "the target is there, and the source could not be removed",
    next: ["removing"],
    ended: true,
  },
  done: { says: "all is done", next: [], ended: true },
  duplicate: {
    says: "the same is there already; the source is left",
    next: ["planned"],
    ended: true,
  },
  skipped: { says: "the plan leaves the file where it is", next: [], ended: true },
  failed: {
    says: "it could not be done; the source is left, and nothing at the target",
    next: ["planned"],
    ended: true,
  },
} as const satisfies Record<string, State>;

export type StepState = keyof typeof journal;

export const stepStates = Object.keys(journal) as StepState[];

const table: Record<StepState, State> = journal;

export const underWay = stepStates.filter((it) => table[it].underWay);

/** Those that a run has to do with: what has not ended. */
export const open = stepStates.filter((it) => !table[it].ended);

export const hasEnded = (state: StepState): boolean => table[state].ended === true;

/** @throws {ConflictError} there is no way from one to the other: a mistake of the program */
export function checkTransition(from: StepState, to: StepState): void {
  if (table[from].next.includes(to)) return;
  throw new ConflictError(`Cannot go from "${from}" to "${to}": the journal knows no such step`);
}

/** What is found on the disk of a step that was cut off. */
export interface Seen {
  /** What the target's name is to be linked to: the source, or the part file. */
  from: boolean;
  /** "ours" is the same file as `from`; "same" has the content of the source; "empty" has none. */
  target: "none" | "ours" | "same" | "empty" | "foreign";
}

export interface Recovery {
  to: StepState;
  /** The empty file that took the name is to be removed. */
  removeTarget?: true;
  removePart?: true;
  error?: string;
}

/**
 * What has become of a step that was under way, by its state and by what is on the disk. `direct`:
 * it goes without a part file.
 */
export function recoveryOf(state: StepState, seen: Seen, direct: boolean): Recovery {
  switch (state) {
    case "hashing":
      return { to: "planned" };
    case "copying":
      return { to: "hashed", removePart: true };
    case "placing":
    case "reserving":
      return recoverPlacing(state, seen, direct);
    default:
      return { to: state }; // it is at rest, or begun anew as it is
  }
}

function recoverPlacing(state: StepState, { from, target }: Seen, direct: boolean): Recovery {
  if (target === "ours" || target === "same") {
    return { to: "placed", ...!direct && { removePart: true } };
  }
  if (target === "foreign" || target === "empty" && state === "placing") {
    const error = "Another file has come to the target's place: it is left there";
    return { to: "failed", error, ...!direct && { removePart: true } };
  }
  const removeTarget = target === "empty" ? { removeTarget: true as const } : {};
  if (from) return { to: direct ? "hashed" : "verified", ...removeTarget };
  if (!direct) return { to: "hashed", ...removeTarget };
  return { to: "failed", error: "The source has vanished while it was moved", ...removeTarget };
}
