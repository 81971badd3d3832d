/**
 * Tells apart what a walk found from what is stored. Pure.
 *
 * @module
 */
import { type FileState, sameState } from "../file_state.ts";
import type { MediaStatus } from "../media.ts";

export interface KnownFile extends FileState {
  status: MediaStatus;
}

/**
 * "returned" is a missing file that is back as it was, or one that could not be read before.
 */
export type Change = "new" | "changed" | "returned" | "unchanged";

export function diff(found: FileState, known: KnownFile | undefined): Change {
  if (!known) return "new";
  // Its owner withdrew it: a new version of it is no reason to offer it again.
  if (known.status === "forgotten") return "unchanged";
  if (!sameState(found, known)) return "changed";
  if (known.status === "missing" || known.status === "unreadable") return "returned";
  return "unchanged";
}
