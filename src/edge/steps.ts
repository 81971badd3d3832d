/**
 * Long work in short steps, with a turn for everything else between them: a step must not hold
 * the program longer than a viewer's picture may wait.
 *
 * @module
 */
import { nextSize, pieceMs, turn } from "../base/event_loop.ts";

/** Rows read in one step: a few milliseconds of SQLite. */
export const PAGE = 500;
/** Rows written in one step at most: each touches several indexes. */
export const STEP = 100;
const FEW = 8;

/** For work in steps that are short by themselves: others have their turn after some of them. */
export function paced(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < pieceMs()) return undefined;
    return turn().then(() => void (since = performance.now()));
  };
}

/**
 * Hands `items` to `step`, as many at once as take a few milliseconds and at most `most`; stops when
 * `signal` aborts.
 */
export async function inSteps<Item>(
  items: readonly Item[],
  signal: AbortSignal,
  step: (some: Item[]) => Promise<void> | void,
  most: number = STEP,
): Promise<void> {
  let size = Math.min(FEW, most);
  for (let at = 0; at < items.length;) {
    await turn(); // before the first, too: messages may come in many at once
    if (signal.aborted) return;
    const some = items.slice(at, at += size);
    const began = performance.now();
    await step(some);
    // With what others did meanwhile, and what the network took: so never fewer than the first time.
    size = Math.max(Math.min(FEW, most), nextSize(size, performance.now() - began, most));
  }
}
