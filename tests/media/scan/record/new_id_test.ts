import { ok, strictEqual } from "node:assert/strict";
import { newId } from "../../../../src/media/scan/record/new_id.ts";

Deno.test("newId() makes ids of version 7 that grow, however many in one millisecond", () => {
  const now = Date.UTC(2026, 0, 5);
  let last = "";
  for (let count = 0; count < 10_000; count++) {
    const id = newId(now);
    ok(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id), id);
    ok(id > last, `${id} comes after ${last}`);
    last = id;
  }
  strictEqual(
    newId(now + 60_000).slice(0, 13).replace("-", ""),
    (now + 60_000).toString(16).padStart(12, "0"),
  );
  ok(newId(now - 60_000) > last, "a clock that goes back is no matter");
});
