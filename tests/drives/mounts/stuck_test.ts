import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { openStuckWatch } from "../../../src/drives/mounts/stuck.ts";

/** As /sys/block/sda/stat of Linux 6.1 writes it: reads, …, writes, …, in flight, …, flushes. */
function stat(reads: number, writes: number, inFlight: number): string {
  return ` ${reads} 12 22334 345 ${writes} 23 1111 222 ${inFlight} 567 890 0 0 0 0 7 12\n`;
}

Deno.test("a disk is stuck only while it has requests and finishes none", async () => {
  const attributes: Record<string, string> = {};
  const watch = openStuckWatch((device, name) => Promise.resolve(attributes[`${device} ${name}`]));
  const look = async (text: string, now: number) => {
    attributes["sda stat"] = text;
    return (await watch.look(["sda", "gone"], now)).get("sda")?.sinceMs;
  };

  strictEqual(await look(stat(10, 5, 2), 1000), undefined, "the first look knows of no before");
  strictEqual(await look(stat(10, 5, 2), 3000), 3000);
  strictEqual(await look(stat(10, 5, 4), 9000), 3000);
  strictEqual(await look(stat(11, 5, 4), 10_000), undefined, "one was answered");
  strictEqual(await look(stat(11, 5, 0), 12_000), undefined);
  strictEqual(await look(stat(11, 5, 0), 14_000), undefined, "idle is not stuck");
});

Deno.test("a suspended device is stuck though nothing is on its way", async () => {
  const watch = openStuckWatch((_, name) =>
    Promise.resolve(name === "dm/suspended" ? "1\n" : stat(1, 1, 0))
  );

  const found = await watch.look(["dm-0"], 500);
  deepStrictEqual(found.get("dm-0"), {
    sinceMs: 500,
    reason: "dm-0 is suspended",
    suspended: true,
  });
});
