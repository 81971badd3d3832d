import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import type { DriveKind } from "../../src/drives/mod.ts";
import { type LaneFacts, Lanes } from "../../src/pool/mod.ts";
import { settle, within } from "../helpers/wait.ts";

const kinds = new Map<string, DriveKind>([["disk1", "hdd"], ["disk2", "hdd"], ["nvme", "nvme"]]);
const create = () => new Lanes((id) => kinds.get(id));

const sum = (counts: LaneFacts["held"]) =>
  Object.values(counts).reduce((total, count) => total + count, 0);
const held = (lanes: Lanes) => lanes.list().map((lane) => sum(lane.held));
const waiting = (lanes: Lanes) => lanes.list().map((lane) => sum(lane.waiting));

Deno.test("two folders on one spindle share its one reader", async () => {
  const lanes = create();
  const films = await lanes.acquire(["disk1"]);
  let series = false;
  const waiting = lanes.acquire(["disk1"]).then((lease) => {
    series = true;
    return lease;
  });
  await settle();
  strictEqual(series, false);

  films[Symbol.dispose]();

  (await within("the lane", waiting))[Symbol.dispose]();
});

Deno.test("the limit of a lane follows from its drive", async () => {
  const lanes = create();
  const cases = [
    ["disk1", 1],
    ["nvme", 2],
    ["net:server", 2],
    ["mem", 2],
    ["never seen", 1],
  ] as const;

  for (const [id] of cases) (await lanes.acquire([id]))[Symbol.dispose]();

  deepStrictEqual(lanes.list().map(({ driveIds: [id], limit }) => [id, limit]), cases);
});

Deno.test("leases of several drives never wait for each other in a circle", async () => {
  const lanes = create();
  let most = 0;
  let inside = 0;
  const read = async (ids: string[]) => {
    for (let round = 0; round < 50; round++) {
      using lease = await lanes.acquire(ids);
      most = Math.max(most, ++inside);
      await Promise.resolve();
      inside--;
      await lease.yield();
    }
  };

  const readers = [["disk1", "disk2"], ["disk2", "disk1"], ["disk2", "disk1", "disk2"]].map(read);
  await within("all readers", Promise.all(readers));

  strictEqual(most, 1);
  deepStrictEqual([...held(lanes), ...waiting(lanes)], [0, 0]);
});

Deno.test("a lease that cannot be had whole gives back what it took", async () => {
  const lanes = create();
  using _busy = await lanes.acquire(["disk2"]);
  const stop = new AbortController();
  const both = lanes.acquire(["disk1", "disk2"], { signal: stop.signal });
  await settle();

  stop.abort(new Error("enough"));

  await rejects(both, { message: "enough" });
  deepStrictEqual(held(lanes), [1, 0]);
  (await within("the other drive", lanes.acquire(["disk1"])))[Symbol.dispose]();
});

Deno.test("yield() lets playback go first, and then goes on", async () => {
  const lanes = create();
  const order: string[] = [];
  using scan = await lanes.acquire(["disk1"]);
  const play = async () => {
    using _lease = await lanes.acquire(["disk1"], { priority: "playback" });
    order.push("play");
    await settle();
    order.push("played");
  };

  const playing = play();
  await settle();
  await within("its turn", scan.yield());
  order.push("scan");
  await playing;

  deepStrictEqual(order, ["play", "played", "scan"]);
  deepStrictEqual(held(lanes), [1]);
});

Deno.test("yield() keeps the place when nobody waits", async () => {
  const lanes = create();
  using scan = await lanes.acquire(["disk1"]);

  await scan.yield();

  deepStrictEqual(held(lanes), [1]);
});

Deno.test("yield() that is aborted while it stands aside holds nothing any more", async () => {
  const lanes = create();
  const stop = new AbortController();
  const scan = await lanes.acquire(["disk1"], { signal: stop.signal });
  const playing = lanes.acquire(["disk1"], { priority: "playback" });

  const turn = scan.yield();
  stop.abort(new Error("enough"));
  await rejects(turn, { message: "enough" });
  scan[Symbol.dispose]();

  (await within("the lane", playing))[Symbol.dispose]();
  deepStrictEqual(held(lanes), [0]);
});

Deno.test("refresh() takes up new limits, and interrupts nobody", async () => {
  const found = new Map<string, DriveKind>();
  const lanes = new Lanes((id) => found.get(id));
  found.set("new", "ssd");
  const leases = [await lanes.acquire(["new"]), await lanes.acquire(["new"])];
  const third = lanes.acquire(["new"]);

  found.set("new", "hdd");
  lanes.refresh();
  leases[0]![Symbol.dispose]();
  await settle();
  deepStrictEqual([lanes.list()[0]?.limit, ...held(lanes), ...waiting(lanes)], [1, 1, 1]);

  found.set("new", "ssd");
  lanes.refresh();
  (await within("the lane", third))[Symbol.dispose]();
  leases[1]![Symbol.dispose]();
  deepStrictEqual(held(lanes), [0]);
});
