import { ok, strictEqual } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { watchEventLoop } from "../../src/base/event_loop.ts";
import type { Distribution } from "../../src/base/metrics.ts";

Deno.test("a main thread that was busy is told by how late its timer rings", async () => {
  const watch = watchEventLoop();
  const stop = new AbortController();
  const running = watch.service(stop.signal);
  const told = () => watch.metrics()[0]!.samples[0]!.value as Distribution;
  const count = () => told().counts.reduce((sum, it) => sum + it, 0);

  await sleep(200);
  const busyUntil = performance.now() + 300;
  while (performance.now() < busyUntil); // its timer is due in the middle of this
  while (count() === 0) await sleep(10);
  stop.abort();
  await running;

  strictEqual(count(), 1);
  ok(told().sum >= 0.2, `late by ${told().sum} s`);
  ok(told().bounds[told().counts.indexOf(1)]! >= 0.25);
});
