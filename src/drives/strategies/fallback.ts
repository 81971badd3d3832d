/**
 * Anywhere, last: one unknown drive, so that everything else can go on.
 *
 * @module
 */
import { UNKNOWN_DRIVE } from "../drive.ts";
import type { Strategy } from "../strategy.ts";

/** Answers always, and says that it is a guess and why. */
export function fallback(reason: string): Strategy {
  return {
    name: "fallback",
    collect: () => Promise.resolve([]),
    parse: () => ({
      drives: [{
        id: UNKNOWN_DRIVE,
        name: "unknown",
        sizeBytes: 0,
        kind: "unknown",
        evidence: reason,
        removable: false,
      }],
      partitions: [],
      volumes: [],
      graph: { nodes: [], edges: [] },
      isGuess: true,
    }),
  };
}
