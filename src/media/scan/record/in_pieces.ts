/**
 * Stores many things in short transactions, with a turn for others between them: whoever asks
 * something meanwhile waits for one of them.
 *
 * @module
 */
import { isAttentive, pieceMs, turn } from "../../../base/event_loop.ts";

/** So few in a transaction, while somebody waits for answers. */
const FEW = 4;

/**
 * Hands each of `items` to `store`, in order, in as many transactions as it takes. There is no turn
 * after the last of them.
 *
 * @param least A transaction always has so many, unless somebody waits for answers
 */
export async function inPieces<Item>(
  items: readonly Item[],
  { transaction, least }: { transaction(work: () => void): void; least: number },
  store: (item: Item, index: number) => void,
): Promise<void> {
  for (let at = 0; at < items.length;) {
    if (at > 0) await turn();
    const enough = Math.min(items.length, at + (isAttentive() ? FEW : least));
    const until = performance.now() + pieceMs();
    transaction(() => {
      do store(items[at]!, at++); while (
        at < enough || at < items.length && performance.now() < until
      );
    });
  }
}
