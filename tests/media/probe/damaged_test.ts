/** What is stored of damaged files is in our own words. @module */
import { strictEqual } from "node:assert/strict";
import { TooMuchError } from "../../../src/media/probe/byte_reader.ts";
import { DamagedError, problemOf } from "../../../src/media/probe/damaged.ts";

Deno.test("problemOf() says what our readers say, and nothing that a library says", () => {
  strictEqual(problemOf(new DamagedError("it has no index")), "it has no index");
  strictEqual(problemOf(new TooMuchError("it has more boxes")), "it has more boxes");
  strictEqual(
    problemOf(new RangeError("Offset is outside")),
    "a number in it points outside of it",
  );
  for (const error of [new Error("Assertion failed."), new TypeError("x of undefined"), "odd"]) {
    strictEqual(problemOf(error), "it makes no sense");
  }
});
