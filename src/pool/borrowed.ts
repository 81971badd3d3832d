/**
 * A lease as others see it who do not own it: they may step aside with it, and know when it ends.
 *
 * @module
 */
import type { Lease } from "./lanes.ts";

export interface Borrower {
  /** Instead of the lease's own. */
  yield?: () => Promise<void>;
  dispose(): void;
}

/** @param lease Asked each time: its owner may have another one meanwhile. */
export function borrowed(lease: () => Lease, own: Borrower): Lease {
  return {
    shouldYield: () => lease().shouldYield(),
    yield: own.yield ?? (() => lease().yield()),
    askAside: () => lease().askAside(),
    get asked() {
      return lease().asked;
    },
    count: (bytes, ms) => lease().count(bytes, ms),
    [Symbol.dispose]: () => own.dispose(),
  };
}
