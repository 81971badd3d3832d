import { strictEqual } from "node:assert/strict";
import type { MediaStatus } from "../../../src/media/media.ts";
import { type Change, diff } from "../../../src/media/scan/diff.ts";

const state = { sizeBytes: 10, modifiedMs: 1000 };

Deno.test("diff() tells what has become of a file, by size, time and status", () => {
  const cases: [{ sizeBytes: number; modifiedMs: number }, MediaStatus | undefined, Change][] = [
    [state, undefined, "new"],
    [state, "new", "unchanged"],
    [state, "probed", "unchanged"],
    [state, "ready", "unchanged"],
    [state, "forgotten", "unchanged"],
    [state, "missing", "returned"],
    [state, "unreadable", "returned"],
    [{ ...state, sizeBytes: 11 }, "ready", "changed"],
    [{ ...state, modifiedMs: 999 }, "ready", "changed"],
    [{ ...state, modifiedMs: 1001 }, "missing", "changed"],
  ];

  for (const [found, status, expected] of cases) {
    strictEqual(diff(found, status && { ...state, status }), expected, `${status} ${expected}`);
  }
});
