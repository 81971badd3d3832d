/**
 * What becomes of files that a scan has not found though their volume is here: a few are missing;
 * of many at once nobody knows whether their owner has deleted them, so a person has to say it.
 *
 * @module
 */
import { turn } from "../../../base/event_loop.ts";
import type { GoneStore } from "./store.ts";

/** More than this part of a root's files, in one scan, wait for a person, unless it is one file. */
export const MOST_GONE = 0.2;

/** Whether a person has to say that so many of a root's files are deleted: of all always. Pure. */
export function needsConfirmation(gone: number, of: number): boolean {
  if (gone > 0 && gone >= of) return true;
  return gone > 1 && gone > of * MOST_GONE;
}

/** Rows that are looked at, or written, in one go: some milliseconds. */
const SPAN = 250;

/** What one scan has not found, root by root. */
export interface Gone {
  /** Not found where it should be. */
  lost: Map<string, number[]>;
  /** In folders that are passed over now, or of a kind that is not wanted any more. */
  unwanted: Map<string, number[]>;
  /** Found elsewhere after all. */
  moved: Set<number>;
  /** Of those marked missing by this scan. */
  missing: Set<number>;
}

export function openGone(): Gone {
  return { lost: new Map(), unwanted: new Map(), moved: new Set(), missing: new Set() };
}

export function addGone(
  gone: Gone,
  { root, rowid, kind }: { root: string; rowid: number; kind: "gone" | "unwanted" },
): void {
  const rows = kind === "gone" ? gone.lost : gone.unwanted;
  const known = rows.get(root);
  if (known) known.push(rowid);
  else rows.set(root, [rowid]);
}

export interface ConcludeDeps {
  store: GoneStore;
  /** Those of a root's files that are still not there: see second_look.ts. */
  lookAgain(root: string, rowids: readonly number[]): Promise<readonly number[]>;
  /** Ends between two batches. */
  signal: AbortSignal;
}

/** Marks what was not found in these roots, whose walks are over; returns how many are missing now. */
export async function concludeGone(
  gone: Gone,
  roots: readonly string[],
  { store, lookAgain, signal }: ConcludeDeps,
): Promise<number> {
  let missing = 0;
  const mark = async (rowids: readonly number[], how: "markMissing" | "markUnconfirmed") => {
    for (const some of spans(rowids)) {
      signal.throwIfAborted();
      const changed = store[how](some);
      if (how === "markMissing") {
        missing += changed;
        for (const rowid of some) gone.missing.add(rowid);
      }
      await turn();
    }
  };
  for (const root of roots) {
    await mark(take(gone.unwanted, root, gone.moved), "markMissing");
    const expected = await stillExpected(take(gone.lost, root, gone.moved), store);
    const lost = await lookAgain(root, expected);
    if (lost.length === 0) continue;
    const all = lost.length + store.unconfirmedIn(root);
    const isMuch = needsConfirmation(all, await countPresent(root, store, all));
    await mark(lost, isMuch ? "markUnconfirmed" : "markMissing");
  }
  return missing;
}

/**
 * Marks all files of a folder that is no media folder any more, those of volumes that are away
 * included: a person has said so.
 */
export async function markAll(root: string, store: GoneStore, signal: AbortSignal) {
  let missing = 0;
  for (let after = "";;) {
    signal.throwIfAborted();
    const some = store.restOf(root, after, SPAN);
    if (some.length === 0) return missing;
    missing += store.leave(some.map(({ rowid }) => rowid));
    after = some.at(-1)!.path;
    await turn();
  }
}

/** In a moment of its own: what is away with its volume by now is not gone. */
async function stillExpected(rowids: readonly number[], store: GoneStore): Promise<number[]> {
  const expected: number[] = [];
  for (const some of spans(rowids)) {
    expected.push(...store.stillExpected(some));
    await turn();
  }
  return expected;
}

/** No further than it matters. */
async function countPresent(root: string, store: GoneStore, gone: number): Promise<number> {
  const enough = gone / MOST_GONE;
  let count = 0;
  for (let after = ""; count <= enough;) {
    const some = store.presentIn(root, after, SPAN * 4);
    count += some.length;
    if (some.length < SPAN * 4) break;
    after = some.at(-1)!.path;
    await turn();
  }
  return count;
}

function take(rows: Map<string, number[]>, root: string, moved: ReadonlySet<number>): number[] {
  const taken = rows.get(root) ?? [];
  rows.delete(root);
  return moved.size === 0 ? taken : taken.filter((rowid) => !moved.has(rowid));
}

export function* spans(rowids: readonly number[]): Generator<readonly number[]> {
  for (let at = 0; at < rowids.length; at += SPAN) yield rowids.slice(at, at + SPAN);
}
