/**
 * Long work in short steps, with a turn for everything else between them: a step must not hold
 * the program longer than a viewer's picture may wait.
 *
 * @module
 */
import { turn } from "../base/event_loop.ts";

/** Rows read in one step: a few milliseconds of SQLite. */
export const PAGE = 500;
/** Rows written in one step: each touches several indexes, and a commit may be a checkpoint. */
export const STEP = 100;

/** Lets everything else have its turn. */
export const breathe = turn;

/** Hands `items` to `step`, at most `size` at once; stops when `signal` aborts. */
export async function inSteps<Item>(
  items: readonly Item[],
  signal: AbortSignal,
  step: (some: Item[]) => Promise<void> | void,
  size: number = STEP,
): Promise<void> {
  for (let at = 0; at < items.length && !signal.aborted; at += size) {
    if (at > 0) await breathe();
    await step(items.slice(at, at + size));
  }
}
