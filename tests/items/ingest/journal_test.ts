import { deepStrictEqual, ok, throws } from "node:assert/strict";
import {
  checkTransition,
  hasEnded,
  journal,
  open,
  recoveryOf,
  type Seen,
  type StepState,
  stepStates,
  underWay,
} from "../../../src/items/ingest/journal.ts";

Deno.test("each state of the journal can be reached, and leads to an end", () => {
  const next = (state: StepState) => journal[state].next as readonly StepState[];
  const reached = new Set<StepState>(["planned", "skipped"]);
  for (let size = 0; size < reached.size;) {
    size = reached.size;
    for (const state of [...reached]) next(state).forEach((it) => reached.add(it));
  }
  const ends = new Set(stepStates.filter(hasEnded));
  for (let size = 0; size < ends.size;) {
    size = ends.size;
    for (const state of stepStates) if (next(state).some((it) => ends.has(it))) ends.add(state);
  }

  deepStrictEqual([...reached].sort(), [...stepStates].sort());
  deepStrictEqual([...ends].sort(), [...stepStates].sort());
});

Deno.test("what has its name at the target never goes back, and the source goes only after that", () => {
  for (const state of ["placed", "removing", "left", "done"] as const) {
    for (const to of journal[state].next) {
      ok(["removing", "done", "left"].includes(to), `${state} leads to ${to}`);
    }
  }
  const before = stepStates.filter((it) =>
    (journal[it].next as readonly string[]).includes("removing")
  );
  deepStrictEqual(before, ["placed", "left"]);
  throws(() => checkTransition("copied", "removing"), /knows no such step/);
});

Deno.test("what was under way is put to rest by a way that the journal knows", () => {
  const targets: Seen["target"][] = ["none", "ours", "same", "empty", "foreign"];
  let count = 0;
  for (const state of underWay.filter((it) => it !== "removing")) {
    for (const from of [true, false]) {
      for (const target of targets) {
        for (const direct of [true, false]) {
          const { to, removeTarget } = recoveryOf(state, { from, target }, direct);
          checkTransition(state, to);
          ok(!removeTarget || target === "empty", "only an empty file is ever removed");
          ok(to === "failed" || to === "placed" || open.includes(to));
          count++;
        }
      }
    }
  }
  deepStrictEqual(count, 80);
});
