/** What a run of tests has said, counted. @module */
import { deepStrictEqual } from "node:assert/strict";
import { failuresOf } from "../../scripts/run_tests.ts";

Deno.test("what failed, and what was cancelled with it, is told by its file", () => {
  const output = `running 2 tests from ./tests/a_test.ts
one ... ok (1ms)
  a step ... FAILED (1ms)
two ... FAILED (due to 1 failed step) (5s)
running 3 tests from ./tests/b/c_test.ts
three ...
Uncaught error from ./tests/b/c_test.ts FAILED
three ... cancelled (0ms)
four ... cancelled (0ms)
running 1 test from ./tests/d_test.ts
five ... ignored (0ms)
`;

  deepStrictEqual(failuresOf(output), [
    "tests/a_test.ts",
    ...Array(3).fill("tests/b/c_test.ts"),
  ]);
});
