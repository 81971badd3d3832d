import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { Gauge, Lanes, Reader } from "../../../src/pool/mod.ts";
import { within } from "../../helpers/wait.ts";

Deno.test("a lane tells a reader with a gauge to stand still, for a film and no longer", async () => {
  const lanes = new Lanes(() => "hdd");
  using gauge = new Gauge();
  const reader = new Reader(gauge.cells);
  using lease = await lanes.acquire(["disk"], { priority: "hash", gauge });
  strictEqual(reader.mustAsk, false);

  // A sign of life of a reader that reads on changes nothing.
  const film = lanes.acquire(["disk"], { priority: "playback" });
  strictEqual(reader.mustAsk, true);
  await lease.yield();
  strictEqual(lanes.list()[0]?.held.hash, 1);

  reader.stand();
  const turn = lease.yield();
  (await within("the film", film))[Symbol.dispose]();
  await within("some quiet seconds", turn);
  deepStrictEqual([reader.mustAsk, lanes.list()[0]?.held.hash], [false, 1]);

  reader.count(4096, 1.5);
  reader.count(100_000, 3);
  const [lane] = lanes.list();
  deepStrictEqual([lane?.readMs.count, lane?.readMs.sumMs], [2, 4.5]);
  ok(Math.abs(lane!.bytesRead - 104_096) < 1024); // whole KiB; the rest comes with the next read
  gauge[Symbol.dispose]();
  throws(() => reader.mustAsk, { message: "Cannot read on: the job is over" });
});
