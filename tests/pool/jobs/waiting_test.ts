import { deepStrictEqual } from "node:assert/strict";
import { explainWaiting, Lanes } from "../../../src/pool/mod.ts";

Deno.test("explainWaiting() names what stands in the way", async () => {
  const lanes = new Lanes(() => "hdd");
  const told: string[] = [];
  const look = (others: string[] = [], sleeping?: string) =>
    told.push(explainWaiting({ driveIds: ["drv-a"], lanes: lanes.list(), others, sleeping }));

  look();
  {
    using _other = await lanes.acquire(["drv-a", "drv-b"], { priority: "scan" });
    using _elsewhere = await lanes.acquire(["drv-c"], { priority: "scan" });
    look(["probe:drv-a+drv-b"]);
    look();
  }
  {
    using _person = await lanes.acquire(["drv-a"], { priority: "interactive" });
    look(["probe:drv-a"]);
  }
  look([], "drv-a sleeps; waits until 02:00 or until it wakes");
  lanes.openStream(["drv-a"]);
  look(["probe:drv-a"]);

  deepStrictEqual(told, [
    "a turn on drv-a",
    "1 of 1 readers of drv-a is taken by job probe:drv-a+drv-b",
    "1 of 1 readers of drv-a is taken by this job's other files",
    "1 of 1 readers of drv-a is taken by interactive",
    "drv-a sleeps; waits until 02:00 or until it wakes",
    "playback on drv-a",
  ]);
});
