import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { toExposition } from "../../src/base/metrics.ts";
import { jobMetrics, laneMetrics, Lanes, workerMetrics } from "../../src/pool/mod.ts";
import { readExposition } from "../helpers/exposition.ts";
import { settle } from "../helpers/wait.ts";

Deno.test("lanes tell who reads, who waits, how long, and how much was read", async () => {
  const lanes = new Lanes(() => "hdd");
  const lease = await lanes.acquire(['drv-"a"', "drv-b"], { priority: "scan" });
  const waiting = lanes.acquire(["drv-b", 'drv-"a"'], { priority: "hash" });
  await settle();
  lease.count(1000, 20);

  const families = readExposition(toExposition(laneMetrics(lanes.list())));
  lease[Symbol.dispose]();
  (await waiting)[Symbol.dispose]();

  const valueOf = (name: string, priority?: string) =>
    families.flatMap(({ samples }) => samples).find((it) =>
      it.name === `giggityflix_lane_${name}` &&
      it.labels.drives === 'drv-"a",drv-b' && it.labels.priority === priority
    )?.value;
  deepStrictEqual(
    ["limit", "streaming", "read_bytes_total", "read_seconds_sum"].map((name) => valueOf(name)),
    [1, 0, 1000, 0.02],
  );
  deepStrictEqual([valueOf("held", "scan"), valueOf("waiting", "hash")], [1, 1]);
  deepStrictEqual([valueOf("held", "hash"), valueOf("wait_seconds_count", "scan")], [0, 1]);
});

Deno.test("workers and jobs tell every number, also those that are 0", () => {
  const counts = { size: 2, busy: 1, waiting: 5, open: 2, replaced: 3, retried: 1 };
  const text = toExposition([...workerMetrics(counts), ...jobMetrics({ running: 2 })]);

  const samples = readExposition(text).flatMap((it) => it.samples);

  ok(text.includes("giggityflix_workers_replaced_total 3\n"));
  strictEqual(samples.filter((it) => it.name === "giggityflix_jobs").length, 7);
  ok(text.includes('giggityflix_jobs{state="running"} 2\n'));
  ok(text.includes('giggityflix_jobs{state="failed"} 0\n'));
});
