import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { readSmartctl } from "../../../src/drives/health/mod.ts";

Deno.test("an NVMe that says it has become unreliable is failing, whatever else is well", async () => {
  // QEMU's, told to raise bit 2 of its critical warnings; smartctl ends with 8.
  const text = await Deno.readTextFile("tests/fixtures/smartctl/nvme_unreliable_exit8.json");

  const [reading] = readSmartctl(text);

  strictEqual(reading!.serial, "NVME0001");
  strictEqual(reading!.verdict, "failing");
  const failing = reading!.reasons.filter(({ level }) => level === "failing");
  deepStrictEqual(failing.map(({ code }) => code), ["reliability"]);
  match(failing[0]!.text, /reliability/);
});
