/**
 * Makes the search index one piece again. FTS5 writes what comes in many pieces, and a question has to
 * look into each: of a million items as a scan brings them there are two dozen, and to look one item
 * up takes three times as long.
 *
 * @module
 */
import { nextSize } from "../../../base/event_loop.ts";
import type { Writer } from "../../../db/mod.ts";
import { type IndexStore, MERGE } from "./store.ts";

export interface MergerDeps {
  store: Pick<IndexStore, "merged" | "unmerged">;
  /** In a thread of its own: of a million items one step may take half a second. */
  writer: Writer;
}

/** So much of the index must be new: what is written twice stays little beside what is written once. */
const DUE = 1 / 4;
/** Of fewer changes nobody feels the pieces. */
const FEWEST = 2000;
/** Pages of 4 KiB in one step. */
const MAX_PAGES = 64;

export function createMerger({ store, writer }: MergerDeps) {
  let pages = 1;
  /** How many changes will be in the piece that is being made. */
  let merging: number | undefined;

  return {
    /**
     * Some milliseconds of it, in a transaction of its own.
     *
     * @returns whether there was anything to do
     * @throws {UnavailableError} the disk is full, or the library is closed
     */
    async step(): Promise<boolean> {
      const isFirst = merging === undefined;
      const { changed, total } = store.unmerged();
      if (isFirst && changed < Math.max(FEWEST, total * DUE)) return false;
      merging ??= changed;
      const began = performance.now();
      const written = await writer.run(MERGE, isFirst ? -pages : pages);
      pages = nextSize(pages, performance.now() - began, MAX_PAGES);
      if (written < 2) {
        store.merged(merging);
        merging = undefined;
      }
      return true;
    },
  };
}
