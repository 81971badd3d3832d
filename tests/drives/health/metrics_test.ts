import { deepStrictEqual } from "node:assert/strict";
import { toExposition } from "../../../src/base/metrics.ts";
import { healthMetrics } from "../../../src/drives/health/mod.ts";

Deno.test("healthMetrics() tells verdict, sleep, temperature and wakes of each drive", () => {
  const metrics = healthMetrics([{
    driveId: "drv-a",
    name: "sda",
    health: {
      verdict: "warning",
      reasons: [],
      powerState: "asleep",
      values: { temperatureC: 31 },
    },
    wakes: 2,
  }, {
    driveId: "drv-b",
    name: "vda",
    health: { verdict: "unknown", reasons: [], powerState: "unknown", values: {} },
    wakes: 0,
  }]);

  const lines = toExposition(metrics).split("\n").filter((line) => line && !line.startsWith("#"));
  deepStrictEqual(lines, [
    'giggityflix_drive_health{drive="drv-a",name="sda",verdict="good"} 0',
    'giggityflix_drive_health{drive="drv-a",name="sda",verdict="warning"} 1',
    'giggityflix_drive_health{drive="drv-a",name="sda",verdict="failing"} 0',
    'giggityflix_drive_health{drive="drv-a",name="sda",verdict="unknown"} 0',
    'giggityflix_drive_health{drive="drv-b",name="vda",verdict="good"} 0',
    'giggityflix_drive_health{drive="drv-b",name="vda",verdict="warning"} 0',
    'giggityflix_drive_health{drive="drv-b",name="vda",verdict="failing"} 0',
    'giggityflix_drive_health{drive="drv-b",name="vda",verdict="unknown"} 1',
    'giggityflix_drive_asleep{drive="drv-a",name="sda"} 1',
    'giggityflix_drive_asleep{drive="drv-b",name="vda"} 0',
    'giggityflix_drive_temperature_celsius{drive="drv-a",name="sda"} 31',
    'giggityflix_drive_wakes_total{drive="drv-a",name="sda"} 2',
    'giggityflix_drive_wakes_total{drive="drv-b",name="vda"} 0',
  ]);
});
