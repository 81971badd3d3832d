/**
 * Tells apart what a walk finds from what is stored, in one pass over both: they come in the same
 * order, so neither is ever held as a whole. Pure.
 *
 * @module
 */
import { type FileState, sameState } from "../file_state.ts";
import type { MediaStatus } from "../media.ts";
import { compareBytes } from "./walk/byte_order.ts";

/** What a folder lies on: one object for all files that a walk finds there. */
export interface FilePlace {
  driveIds: string[];
  /** What it lies on, by a name that stays when that is mounted elsewhere; null: nobody can tell. */
  volumeId: string | null;
  /** Whether the numbers that its file system gives to files stay theirs. */
  hasInodes: boolean;
}

/** A file as the walk found it. */
export interface FoundFile extends FileState {
  kind: "file";
  /** Inside the root, always with "/". */
  path: string;
  /** Decimal; null where the file system has none that stay. */
  inode: string | null;
  place: FilePlace;
  /** From the volume's own root; null where nobody can tell. */
  volumePath: string | null;
}

/**
 * What else a walk comes by. "unknown": nobody can look there now, at one file or (a path that ends
 * with "/", or "" for the root) at all that is below a folder. "passed": a folder that is not looked into by choice.
 * "pause": nothing; others have their turn.
 */
export interface Mark {
  kind: "unknown" | "passed" | "pause";
  path: string;
}

export type Found = FoundFile | Mark;

/** What is compared of a stored file. */
export interface KnownFile extends FileState {
  rowid: number;
  path: string;
  status: MediaStatus;
  inode: string | null;
  /** The place that it was compared with, and whether it is stored as lying there, not away. */
  place: FilePlace;
  isHere: boolean;
  /** It counts as being there: only then can it go. */
  isPresent: boolean;
}

/**
 * "returned": missing, or unreadable before, and back as it was. "relocated": as it was, but where
 * it lies is known anew. "gone": not found where it should be. "unwanted": in a folder that is
 * passed over.
 */
export type Difference =
  | { kind: "new"; file: FoundFile }
  | {
    kind: "changed" | "returned" | "relocated";
    rowid: number;
    file: FoundFile;
    /** It may be another file: its number is another one, or that one was gone already. */
    isOther: boolean;
  }
  | { kind: "gone" | "unwanted"; rowid: number; path: string };

export type Change = "new" | "changed" | "returned" | "relocated" | "unchanged";

export const PAUSE = { kind: "pause" } as const;

/** @param known In the order of `found`: by the bytes of their paths */
export function* diff(
  found: Iterable<Found>,
  known: Iterator<KnownFile, undefined>,
): Generator<Difference | typeof PAUSE, void> {
  let row: KnownFile | undefined;
  let isRead = false;
  for (const entry of found) {
    const { kind, path } = entry;
    if (kind === "pause") {
      yield PAUSE;
      continue;
    }
    // Not sooner: what is stored is compared with the place that the walk has come to.
    if (!isRead) row = known.next().value;
    isRead = true;
    // Most files are known and unchanged: their paths are equal, and this is passed over.
    for (; row && row.path !== path && compareBytes(row.path, path) < 0; row = known.next().value) {
      if (row.isPresent) yield { kind: "gone", rowid: row.rowid, path: row.path };
    }
    if (kind === "file") {
      if (row?.path !== path) {
        yield { kind: "new", file: entry };
        continue;
      }
      const isOther = row.inode !== entry.inode;
      const isHere = row.isHere && row.place === entry.place && !isOther;
      const change = changeOf(entry, { ...row, isHere });
      if (change !== "unchanged") {
        const mayBe = isOther || (change === "changed" && !row.isPresent);
        yield { kind: change, rowid: row.rowid, file: entry, isOther: mayBe };
      }
      row = known.next().value;
    } else {
      for (; row && covers(path, row.path); row = known.next().value) {
        if (kind === "passed" && row.isPresent) {
          yield { kind: "unwanted", rowid: row.rowid, path: row.path };
        }
      }
    }
  }
  if (!isRead) row = known.next().value;
  for (; row; row = known.next().value) {
    if (row.isPresent) yield { kind: "gone", rowid: row.rowid, path: row.path };
  }
}

/** What has become of a file by the path that it had; `isHere`: it is stored as lying there. */
export function changeOf(
  file: FileState,
  known: FileState & { status: MediaStatus; isHere: boolean },
): Exclude<Change, "new"> {
  // Its owner withdrew it: a new version of it is no reason to offer it again.
  if (known.status === "forgotten") return "unchanged";
  if (!sameState(file, known)) return "changed";
  if (known.status === "missing" || known.status === "unreadable") return "returned";
  return known.isHere ? "unchanged" : "relocated";
}

function covers(path: string, other: string): boolean {
  const isFolder = path === "" || path.endsWith("/");
  return isFolder ? other.startsWith(path) : other === path;
}
