import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import type { DriveKind } from "../../src/drives/mod.ts";
import { untilAborted } from "../../src/base/service.ts";
import { aside, type Clock, type LaneFacts, Lanes } from "../../src/pool/mod.ts";
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

Deno.test("whoever waits for a film is never forgotten, whatever the time does meanwhile", async () => {
  for (let early = 0; early < 1; early += 0.01) {
    // Each look at the clock takes a while, and the timer rings a little before its time.
    let now = 0;
    let ring: { at: number; then: () => void } | undefined;
    const clock: Clock = {
      now: () => now += 0.03,
      after: (ms, then) => {
        const mine = ring = { at: now + ms, then };
        return () => void (ring === mine && (ring = undefined));
      },
    };
    const lanes = new Lanes((id) => kinds.get(id), { clock });
    (await lanes.acquire(["disk1"], { priority: "playback" }))[Symbol.dispose]();
    let isGranted = false;
    const waiting = lanes.acquire(["disk1"]).then((lease) => {
      isGranted = true;
      lease[Symbol.dispose]();
    });

    for (let rings = 0; ring && rings < 50; rings++) {
      const { at, then } = ring;
      ring = undefined;
      now = Math.max(now, at - early);
      then();
      await settle();
      if (isGranted) break;
    }

    strictEqual(isGranted, true, `the timer rang ${early} ms before its time`);
    await waiting;
  }
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

Deno.test("a lease that is given back while it stands aside never comes back", async () => {
  const lanes = create();
  const scan = await lanes.acquire(["disk1"]);
  const film = lanes.acquire(["disk1"], { priority: "playback" });
  const turn = scan.yield();
  (await film)[Symbol.dispose]();

  scan[Symbol.dispose]();

  await rejects(within("the turn", turn), { name: "UnavailableError" });
  deepStrictEqual([...held(lanes), ...waiting(lanes)], [0, 0]);
});

Deno.test("a film that is opened asks background work aside on its drives, and on no other", async () => {
  const lanes = create();
  using one = await lanes.acquire(["disk1"], { priority: "hash" });
  using two = await lanes.acquire(["disk2"], { priority: "hash" });
  using person = await lanes.acquire(["nvme"], { priority: "interactive" });
  deepStrictEqual([one.shouldYield(), one.asked.aborted], [false, false]);
  const { asked } = one;

  lanes.openStream(["disk1", "nvme"]);

  const leases = [one, two, person];
  deepStrictEqual(leases.map((lease) => lease.shouldYield()), [true, false, false]);
  deepStrictEqual(leases.map((lease) => lease.asked.aborted), [true, false, false]);
  strictEqual(asked.aborted, true);
  deepStrictEqual(lanes.list().map(({ streaming }) => streaming), [true, false, true, true]);
});

Deno.test("work that cannot step aside is ended for a film, and begun anew after it", async () => {
  const lanes = create();
  const stop = new AbortController();
  using lease = await lanes.acquire(["disk1"], { priority: "interactive", signal: stop.signal });
  let begun = 0;
  const working = aside(lease, stop.signal, async (signal) => {
    if (++begun === 2) return "done";
    await untilAborted(signal);
    throw new Error("killed");
  });

  const film = await within("the film", lanes.acquire(["disk1"], { priority: "playback" }));
  strictEqual(begun, 1);
  film[Symbol.dispose]();

  strictEqual(await within("the work", working), "done");
});

Deno.test("aside() passes on what the work throws by itself, and the signal's reason", async () => {
  const lanes = create();
  const stop = new AbortController();
  using lease = await lanes.acquire(["disk1"], { signal: stop.signal });

  await rejects(aside(lease, stop.signal, () => Promise.reject(new Error("broken"))), {
    message: "broken",
  });
  const working = aside(lease, stop.signal, async (signal) => {
    await untilAborted(signal);
    signal.throwIfAborted();
  });
  stop.abort(new Error("enough"));
  await rejects(working, { message: "enough" });
});

Deno.test("what is read is counted by lane: bytes, times, and waits by priority", async () => {
  const lanes = create();
  const scan = await lanes.acquire(["disk1", "disk2"], { priority: "scan" });
  const film = lanes.acquire(["disk2"], { priority: "playback" });
  scan.count(1000, 0.3);
  scan.count(2000, 7);
  scan[Symbol.dispose]();
  (await film)[Symbol.dispose]();

  const [both, one] = lanes.list();

  deepStrictEqual([both?.driveIds, one?.driveIds], [["disk1", "disk2"], ["disk2"]]);
  deepStrictEqual([both?.bytesRead, both?.readMs.count, both?.readMs.sumMs], [3000, 2, 7.3]);
  deepStrictEqual(both?.readMs.counts.flatMap((count, bucket) => count ? [bucket] : []), [1, 5]);
  deepStrictEqual([both?.waitMs.scan.count, one?.waitMs.playback.count], [1, 1]);
});
