import { deepStrictEqual } from "node:assert/strict";
import { counted } from "../../../src/base/text/counted.ts";

Deno.test("counted() says one of one, and many of none and several", () => {
  deepStrictEqual([0, 1, 2].map((it) => counted(it, "file")), ["0 files", "1 file", "2 files"]);
  deepStrictEqual(counted(1, "item is", "items are"), "1 item is");
  deepStrictEqual(counted(3, "item is", "items are"), "3 items are");
});
