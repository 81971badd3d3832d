import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { parseDailyWindow } from "../../../src/config/mod.ts";
import type { PowerState } from "../../../src/drives/mod.ts";
import { Lanes, openSleepGate, openWakeStore } from "../../../src/pool/mod.ts";
import { settle } from "../../helpers/wait.ts";

/** Two drives that sleep, a clock that stands at 01:00, and no window. */
function openRig({ window = "", states = {} as Record<string, PowerState> } = {}) {
  const timers = new Map<number, { at: number; then: () => void }>();
  let ms = 0;
  let last = 0;
  const state = new Map<string, PowerState>([["a", "asleep"], ["b", "asleep"]]);
  for (const [id, it] of Object.entries(states)) state.set(id, it);
  const rig = {
    window,
    asked: [] as string[],
    woken: [] as string[],
    activity: new Map<string, number>([["a", 100], ["b", 100]]),
    state,
    timers,
    /** The time goes on, and all that is due happens. */
    async pass(minutes: number) {
      await settle();
      const end = ms + minutes * 60_000;
      while (true) {
        const due = [...timers].filter(([, { at }]) => at <= end)
          .sort(([, one], [, other]) => one.at - other.at)[0];
        if (!due) break;
        timers.delete(due[0]);
        ms = due[1].at;
        due[1].then();
        // Nothing here waits for anything but promises.
        for (let step = 0; step < 20; step++) await undefined;
      }
      ms = end;
      await settle();
    },
  };
  const gate = openSleepGate({
    powerStateOf: (id) => {
      rig.asked.push(id);
      return Promise.resolve(state.get(id) ?? "unknown");
    },
    window: () => parseDailyWindow(rig.window),
    diskActivity: (id) => Promise.resolve(rig.activity.get(id)),
    onWake: (id) => {
      rig.woken.push(id);
      state.set(id, "active");
    },
    now: () => new Date(2026, 10, 21, 1, 0, 0, ms),
    clock: {
      now: () => ms,
      after: (wait, then) => {
        const id = ++last;
        timers.set(id, { at: ms + wait, then });
        return () => void timers.delete(id);
      },
    },
  });
  return { ...rig, rig, gate };
}

/** Whether `pass` has let go; a refusal is thrown. */
function watched(promise: Promise<void>) {
  const seen = { passed: false, promise };
  void promise.then(() => seen.passed = true, () => {});
  return seen;
}

Deno.test("the gate lets work pass at once where nothing sleeps or nobody can tell", async () => {
  const { gate, rig } = openRig({ states: { a: "active", b: "unknown" } });

  await gate.pass(["a", "b", "net:nas"], "hash");

  strictEqual(gate.waitingFor(["a", "b"]), undefined);
  deepStrictEqual(rig.woken, []);
});

Deno.test("the gate asks no drive that it knows to be awake", async () => {
  const { gate, rig, pass } = openRig({ states: { a: "active" } });

  for (let file = 0; file < 50; file++) {
    await gate.pass(["a"], "hash");
    await pass(0.5);
  }
  deepStrictEqual(rig.asked, ["a"]);

  // It has had time to fall asleep.
  await pass(2);
  await gate.pass(["a"], "scan");
  deepStrictEqual(rig.asked, ["a", "a"]);
});

Deno.test("background work waits for ever for a drive that sleeps, asked once a minute", async () => {
  const { gate, rig, pass } = openRig();
  const scan = watched(gate.pass(["a"], "scan"));
  const hash = watched(gate.pass(["a"], "hash"));

  await pass(60 * 24);

  deepStrictEqual([scan.passed, hash.passed, rig.woken], [false, false, []]);
  strictEqual(rig.asked.length, 60 * 24 + 1);
  strictEqual(
    gate.waitingFor(["a"]),
    "a sleeps; waits until it wakes, for BACKGROUND_WINDOW is empty",
  );
  deepStrictEqual(gate.list(), [{ driveId: "a", waiting: 2 }]);
});

Deno.test("a film wakes the drive for all that waits, and waits for nothing itself", async () => {
  const { gate, rig, pass } = openRig();
  const scan = watched(gate.pass(["a"], "scan"));
  const other = watched(gate.pass(["b"], "scan"));
  await pass(5);

  await gate.pass(["a"], "playback");
  await pass(0);

  deepStrictEqual([scan.passed, other.passed], [true, false]);
  deepStrictEqual(rig.woken, [], "the film did");
});

Deno.test("what waits goes on when smartctl finds the drive awake", async () => {
  const { gate, rig, pass } = openRig();
  const scan = watched(gate.pass(["a"], "housekeeping"));
  await pass(5);

  rig.state.set("a", "idle");
  await pass(1.1);

  strictEqual(scan.passed, true);
  deepStrictEqual(rig.woken, []);
});

Deno.test("what waits goes on when another program has read from the drive", async () => {
  const { gate, rig, pass } = openRig();
  const scan = watched(gate.pass(["a"], "scan"));
  await pass(0.5);
  const asked = rig.asked.length;

  rig.activity.set("a", 101);
  await pass(0.1);

  strictEqual(scan.passed, true);
  strictEqual(rig.asked.length, asked, "the counters told it");
});

Deno.test("in its window all that waits for a drive runs, and one wake is counted", async () => {
  const { gate, rig, pass } = openRig({ window: "02:00-05:00" });
  const waiting = [1, 2, 3].map(() => watched(gate.pass(["a"], "hash")));
  await pass(59);
  deepStrictEqual(waiting.map(({ passed }) => passed), [false, false, false]);
  strictEqual(gate.waitingFor(["a"]), "a sleeps; waits until 02:00 or until it wakes");

  await pass(1.2);

  deepStrictEqual(waiting.map(({ passed }) => passed), [true, true, true]);
  deepStrictEqual(rig.woken, ["a"]);
  strictEqual(gate.waitingFor(["a"]), undefined);
});

Deno.test("a window over midnight holds before and after it", async () => {
  const { gate, rig } = openRig({ window: "22:00-06:00" });

  await gate.pass(["a"], "scan");

  deepStrictEqual(rig.woken, ["a"]);
});

Deno.test("a window that is set while work waits holds at once", async () => {
  const { gate, rig, pass } = openRig();
  const scan = watched(gate.pass(["a"], "scan"));
  await pass(1);

  rig.window = "00:30-03:00";
  await pass(0.1);

  strictEqual(scan.passed, true);
});

Deno.test("work on several drives waits for the last of them", async () => {
  const { gate, rig, pass } = openRig();
  const raid = watched(gate.pass(["a", "b"], "hash"));
  await pass(0);
  strictEqual(
    gate.waitingFor(["a", "b"]),
    "a, b sleep; waits until they wake, for BACKGROUND_WINDOW is empty",
  );

  rig.state.set("a", "active");
  await pass(2);
  strictEqual(raid.passed, false);
  rig.state.set("b", "active");
  await pass(2);

  strictEqual(raid.passed, true);
});

Deno.test("who gives up waiting leaves nothing behind that runs", async () => {
  const { gate, timers, pass } = openRig();
  const stop = new AbortController();
  const scan = gate.pass(["a"], "scan", stop.signal);
  await pass(3);

  stop.abort(new Error("enough"));
  await rejects(scan, /enough/);
  await pass(10);

  strictEqual(timers.size, 0);
  deepStrictEqual(gate.list(), [{ driveId: "a", waiting: 0 }]);
  await rejects(gate.pass(["a"], "scan", stop.signal), /enough/);
});

Deno.test("a question that fails or takes long counts as awake, and can be given up", async () => {
  const stop = new AbortController();
  const gate = openSleepGate({
    powerStateOf: (id) => id === "slow" ? new Promise(() => {}) : Promise.reject(new Error("no")),
    window: () => undefined,
  });

  await gate.pass(["broken"], "scan");
  const slow = gate.pass(["slow"], "scan", stop.signal);
  stop.abort(new Error("enough"));

  await rejects(slow, /enough/);
});

Deno.test("mayPass() answers at once, for work that need not wait", async () => {
  const { gate, rig } = openRig();

  strictEqual(await gate.mayPass(["a", "b"]), false);
  gate.touch(["a"]);
  strictEqual(await gate.mayPass(["a"]), true);
  strictEqual(await gate.mayPass(["a", "b"]), false);
  rig.window = "00:30-03:00";
  strictEqual(await gate.mayPass(["a", "b"]), true);

  deepStrictEqual(rig.woken, ["b"]);
});

Deno.test("lanes hold background work back before it takes anything, and tell of films", async () => {
  const { gate, rig, pass } = openRig();
  const lanes = new Lanes(() => "hdd", { gate });
  const kept: Disposable[] = [];
  const take = async (priority: "scan" | "playback") => {
    kept.push(await lanes.acquire(["a"], { priority }));
  };

  const scan = watched(take("scan"));
  await pass(3);
  deepStrictEqual([scan.passed, lanes.list().length], [false, 0]);

  await take("playback");
  kept.pop()![Symbol.dispose]();
  await pass(0.1);
  strictEqual(gate.waitingFor(["a"]), undefined);
  deepStrictEqual(rig.woken, []);
  // Who was asked before does not wait with a worker in its hands.
  using _lease = await lanes.acquire(["b"], { priority: "hash", hasPassed: true });
  for (const it of kept) it[Symbol.dispose]();
});

Deno.test("opening a film wakes its drive for all that waits", async () => {
  const { gate, pass } = openRig();
  const lanes = new Lanes(() => "hdd", { gate });
  const scan = watched(gate.pass(["a"], "scan"));
  await pass(1);

  lanes.openStream(["a"], { isRead: true });
  await pass(0.1);
  strictEqual(scan.passed, false, "it was read from memory");
  lanes.openStream(["a"]);
  await pass(0.1);

  strictEqual(scan.passed, true);
});

Deno.test("wakes are counted for each drive, and kept", () => {
  using db = openDatabase(":memory:", migrations.library);
  const store = openWakeStore(db);

  store.add("a", new Date(0));
  store.add("a", new Date(1000));
  store.add("b", new Date(2000));

  const again = openWakeStore(db);
  deepStrictEqual([again.count("a"), again.count("b"), again.count("c")], [2, 1, 0]);
});
