/** The peer's part, with a drive that a fake smartctl answers for. @module */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { openDriveHealth } from "../../../src/app/parts/drive_health.ts";
import { silent } from "../../../src/base/log.ts";
import { Configuration } from "../../../src/config/mod.ts";
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { openDriveStore } from "../../../src/drives/mod.ts";
import { fakeSmartctl, healthy, standby } from "../../drives/health/fake_smartctl.ts";
import { settle, until, within } from "../../helpers/wait.ts";

const ignore = Deno.build.os !== "linux";

/** No kernel has a disk of this name, so that only smartctl speaks for it. */
const NAME = "sdfake";
const DEVICE = `/dev/${NAME}`;

async function openRig() {
  const smartctl = await fakeSmartctl();
  const db = openDatabase(":memory:", migrations.library);
  const store = openDriveStore(db);
  store.save({
    drives: [{
      id: "drv-a",
      name: NAME,
      sizeBytes: 1000,
      kind: "hdd",
      bus: "sata",
      evidence: "it says so",
      removable: false,
    }],
    partitions: [],
    volumes: [],
    graph: { nodes: [], edges: [] },
  });
  const config = new Configuration(db, { environment: {}, flag: {} });
  const events: Record<string, unknown>[] = [];
  const part = openDriveHealth({
    db,
    store,
    config,
    publish: (type, data) => void events.push({ type, ...data }),
    log: silent,
    watched: Promise.resolve(),
  });
  return {
    smartctl,
    config,
    events,
    part,
    drive: store.findDrive("drv-a")!,
    async [Symbol.asyncDispose]() {
      db[Symbol.dispose]();
      await smartctl[Symbol.asyncDispose]();
    },
  };
}

/** The hour that it is now, and the next. */
function windowNow(): string {
  const hour = new Date().getHours();
  const two = (hour: number) => String(hour % 24).padStart(2, "0");
  return `${two(hour)}:00-${two(hour + 2)}:00`;
}

Deno.test({
  name: "background work leaves a sleeping drive asleep until its window, and the wake is counted",
  ignore,
  async fn() {
    await using rig = await openRig();
    const { part, drive, smartctl, config, events } = rig;
    await smartctl.answers(DEVICE, healthy(DEVICE));
    await part.checkHealth(drive, AbortSignal.timeout(5000));
    await smartctl.answers(DEVICE, standby(DEVICE));
    const stop = new AbortController();

    const waiting = part.gate.pass(["drv-a"], "scan", stop.signal);
    waiting.catch(() => {});
    await until("the question", () => part.gate.waitingFor(["drv-a"]) !== undefined);

    match(part.gate.waitingFor(["drv-a"])!, /^drv-a sleeps; waits until it wakes/);
    const { verdict, powerState } = part.healthOf(drive);
    deepStrictEqual([verdict, powerState], ["good", "asleep"]);
    deepStrictEqual(events.map((it) => [it.type, it.power_state]), [
      ["drive.health", "active"],
      ["drive.health", "asleep"],
    ]);
    stop.abort(new Error("enough"));
    await settle();

    config.set("background_window", windowNow());
    await within("its window", part.gate.pass(["drv-a"], "hash"));
    strictEqual(part.wakesOf("drv-a"), 1);
    const calls = await smartctl.calls();
    strictEqual(calls.every((args) => args[1] === "-n" && args[2] === "standby,3"), true);
  },
});

Deno.test({
  name: "watchHealth() asks the drives at start, and begins anew when the interval is changed",
  ignore,
  async fn() {
    await using rig = await openRig();
    const { part, drive, smartctl, config } = rig;
    await smartctl.answers(DEVICE, healthy(DEVICE, 3));
    const stop = new AbortController();

    const watching = part.watchHealth(stop.signal);
    await until("the first answer", () => part.healthOf(drive).verdict === "warning");
    await smartctl.answers(DEVICE, healthy(DEVICE));
    config.set("health_interval_minutes", 60);
    await until("the second answer", () => part.healthOf(drive).verdict === "good");
    stop.abort();
    await within("its end", watching);

    strictEqual(part.healthHistory("drv-a").length, 2);
  },
});
