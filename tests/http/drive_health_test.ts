import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { openRig } from "./rig.ts";

Deno.test("GET /api/drives/{id}/health tells the verdict, its times and its history", async () => {
  using rig = openRig();

  const response = await rig.get("/api/drives/drv-b/health");

  strictEqual(response.status, 200);
  deepStrictEqual(await response.json(), {
    drive_id: "drv-b",
    name: "b",
    verdict: "warning",
    reasons: [{ code: "reallocated", level: "warning", text: "1 sector was lost", value: 1 }],
    power_state: "asleep",
    asleep_since: "2026-01-05T01:00:00.000Z",
    asked_at: "2026-01-05T02:00:00.000Z",
    checked_at: "2026-01-05T00:30:00.000Z",
    values: { temperature_c: 31, reallocated: 1 },
    missing: null,
    wakes_caused: 3,
    history: [{
      checked_at: "2026-01-05T00:30:00.000Z",
      verdict: "warning",
      values: { reallocated: 1 },
    }],
  });
});

Deno.test("a drive's body has its verdict and whether it sleeps", async () => {
  using rig = openRig();

  const { items } = await (await rig.get("/api/drives/")).json();

  deepStrictEqual(
    items.map((it: Record<string, unknown>) => [it.id, it.health, it.power_state]),
    [["drv-a", "unknown", "unknown"], ["drv-b", "warning", "asleep"], [
      "drv-c",
      "unknown",
      "unknown",
    ]],
  );
});

Deno.test("POST /api/drives/{id}/health/refresh asks the drive now", async () => {
  using rig = openRig();

  const response = await rig.send("POST", "/api/drives/drv-a/health/refresh/");

  const { verdict, values } = await response.json();
  deepStrictEqual([response.status, verdict, values], [200, "good", { temperature_c: 30 }]);
});

Deno.test("the health of no drive is not found", async () => {
  using rig = openRig();

  const response = await rig.get("/api/drives/nope/health");

  strictEqual(response.status, 404);
  match((await response.json()).detail, /Cannot find drive "nope"/);
});
