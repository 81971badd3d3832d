import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { parseSetting } from "../../../src/config/mod.ts";
import { type DriveKind, driveKinds } from "../../../src/drives/mod.ts";
import { Gauge, Lanes, type Lease, parseIoLimits, Reader } from "../../../src/pool/mod.ts";
import { limitByRoundTrip } from "../../../src/pool/lanes/limits.ts";
import { settle, within } from "../../helpers/wait.ts";

Deno.test("IO_LIMITS takes kinds and drive ids, and says what is wrong with the rest", () => {
  const items = parseSetting("ioLimits", "hdd=1, ssd = 4,drv-1f6c=2,net:my nas=3");

  const limits = [["hdd", 1], ["ssd", 4], ["drv-1f6c", 2], ["net:my nas", 3]];
  deepStrictEqual([...parseIoLimits(items)], limits);
  for (const wrong of ["hdd", "hdd=0", "hdd=-1", "hdd=two", "hdd=65", "=2", "hdd=1.5"]) {
    throws(() => parseSetting("ioLimits", wrong), {
      name: "InvalidError",
      message: /^Cannot set IO_LIMITS to ".*": expected kind=readers or drive id=readers/,
    });
  }
});

Deno.test("IO_LIMITS takes every kind of drive, and refuses a name that no drive can have", () => {
  for (const key of [...driveKinds, "mem", "drv-1f6c2a", "net:nas"]) {
    deepStrictEqual(parseSetting("ioLimits", `${key}=2`), [`${key}=2`]);
  }
  const kinds = driveKinds.join(", ");
  for (const wrong of ["hddd=1", "HDD=1", "ssd=2,disk=1", "drv-=1", "net:=1", "hdd=1=1"]) {
    throws(() => parseSetting("ioLimits", wrong), ({ name, message }: Error) => {
      strictEqual(name, "InvalidError");
      ok(message.includes(`expected a kind of drive (${kinds}) or a drive's id`), message);
      return true;
    });
  }
});

Deno.test("a drive's id goes before its kind, and a setting before all that is measured", async () => {
  const kinds = new Map<string, DriveKind>([["one", "hdd"], ["two", "hdd"], ["three", "nvme"]]);
  let limits = parseIoLimits([]);
  const lanes = new Lanes((id) => kinds.get(id), { limits: () => limits });
  const facts = () => lanes.list().map(({ limit, limitFrom }) => [limit, limitFrom]);
  for (const id of kinds.keys()) (await lanes.acquire([id]))[Symbol.dispose]();
  deepStrictEqual(facts(), [[1, "kind"], [1, "kind"], [2, "kind"]]);

  limits = parseIoLimits(["hdd=3", "two=2", "nvme=5"]);
  lanes.refresh();

  deepStrictEqual(facts(), [[3, "setting"], [2, "setting"], [5, "setting"]]);
});

Deno.test("a limit that is lowered lets readers finish; one that is raised lets others in at once", async () => {
  let limits = parseIoLimits(["disk=3"]);
  const lanes = new Lanes(() => "hdd", { limits: () => limits });
  const held: Lease[] = [];
  const take = () => lanes.acquire(["disk"]).then((lease) => held.push(lease));
  await Promise.all([take(), take(), take()]);
  const fourth = take();

  limits = parseIoLimits(["disk=1"]);
  lanes.refresh();
  for (let given = 0; given < 2; given++) {
    held[given]![Symbol.dispose]();
    await settle();
  }
  strictEqual(held.length, 3);
  limits = parseIoLimits(["disk=2"]);
  lanes.refresh();
  await within("the fourth", fourth);

  strictEqual(lanes.list()[0]?.held.housekeeping, 2);
  for (const lease of held) lease[Symbol.dispose]();
});

Deno.test("a server has as many readers as its way there and back is long", () => {
  const cases = [[0.5, 1.7, 2], [30, 31, 8], [0, 1.2, 1], [5, 25, 2], [10, 15, 3], [8, 1.2, 2]];

  for (const [rttMs, readMs, readers] of cases) {
    strictEqual(limitByRoundTrip(rttMs!, readMs!, 8), readers, `${rttMs} ms of ${readMs}`);
  }
});

Deno.test("lanes of drives that are gone are forgotten once they are idle", async () => {
  const kinds = new Map<string, DriveKind>([["one", "hdd"], ["two", "ssd"]]);
  const lanes = new Lanes((id) => kinds.get(id));
  const ids = () => lanes.list().map(({ driveIds }) => driveIds.join("+"));
  for (const set of [["one"], ["two"], ["one", "two"], ["net:server"]]) {
    (await lanes.acquire(set))[Symbol.dispose]();
  }

  const one = await lanes.acquire(["one"]);
  kinds.clear();
  lanes.refresh();
  deepStrictEqual(ids(), ["one", "net:server"]);
  one[Symbol.dispose]();
  lanes.refresh();

  deepStrictEqual(ids(), ["net:server"]);
});

Deno.test("the readers of an SSD become more while that helps, and its lane tells so", async () => {
  const lanes = new Lanes(() => "ssd");
  const stop = performance.now() + 8000;
  // Three readers are quicker than two; a fourth only makes all of them wait.
  const channels = 3;
  let reading = 0;
  const reader = async () => {
    while (performance.now() < stop && lanes.limitOf(["ssd"]) < channels) {
      using lease = await lanes.acquire(["ssd"]);
      reading++;
      const began = performance.now();
      await sleep(10 * Math.max(1, reading / channels));
      reading--;
      lease.count(128 * 1024, performance.now() - began);
    }
  };

  await Promise.all([reader(), reader(), reader(), reader()]);

  const [lane] = lanes.list();
  deepStrictEqual([lane?.limit, lane?.limitFrom], [3, "measured"]);
});

Deno.test("a server that answers slowly is given more readers, by what its reads take", async () => {
  const lanes = new Lanes(() => undefined);
  const read = async (smallMs: number) => {
    using gauge = new Gauge();
    using _lease = await lanes.acquire(["net:nas"], { gauge });
    const reader = new Reader(gauge.cells);
    reader.count(4096, smallMs);
    for (let piece = 0; piece < 20; piece++) reader.count(128 * 1024, smallMs + 1.2);
  };
  const limit = () => lanes.list().map((lane) => [lane.limit, lane.limitFrom])[0];

  for (let file = 0; file < 30; file++) await read(0.3);
  deepStrictEqual(limit(), [2, "measured"]);
  for (let file = 0; file < 100; file++) await read(8);

  deepStrictEqual(limit(), [8, "measured"]);
});
