import { deepStrictEqual, fail, ok, strictEqual } from "node:assert/strict";
import { follow } from "../../../src/base/command.ts";
import { UnavailableError } from "../../../src/base/errors.ts";
import { silent } from "../../../src/base/log.ts";
import { untilAborted } from "../../../src/base/service.ts";
import type { Drive, DriveReport, Volume } from "../../../src/drives/drive.ts";
import { openMountTable } from "../../../src/drives/mounts/table.ts";
import { publishChanges } from "../../../src/drives/watch/changes.ts";
import { listDevices } from "../../../src/drives/watch/signs.ts";
import { watchDrives } from "../../../src/drives/watch/watch.ts";
import { canMount, makeImage, tool, unmountLater } from "../../helpers/mounts.ts";
import { tempDir } from "../../helpers/temp.ts";
import { until } from "../../helpers/wait.ts";

/** A watch whose world a test changes. */
function world(times = {}) {
  const stop = new AbortController();
  const state = { devices: "sda", mounts: "1 0 8:1 / / rw - ext4 /dev/sda1 rw", detections: 0 };
  let tell = () => {};
  let fail = false;
  const table = openMountTable({ read: () => Promise.resolve(state.mounts), freshMs: 0 });
  const ended = watchDrives({
    table,
    mounts: { look: async () => void await table.refresh() },
    detect: () => {
      state.detections++;
      return fail ? Promise.reject(new UnavailableError("nobody answers")) : Promise.resolve();
    },
    log: silent,
    devices: () => Promise.resolve(state.devices),
    events: (it) => (signal) => {
      tell = it;
      return untilAborted(signal);
    },
    times: { lookMs: 5, quietMs: 30, patienceMs: 100, ...times },
  })(stop.signal);
  return {
    state,
    tell: () => tell(),
    fail: () => fail = true,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("the watch detects at once, and again when devices or mounts change", async () => {
  await using it = world();
  await until("the first detection", () => it.state.detections === 1);

  it.state.devices = "sda sdb";
  await until("a detection for the device", () => it.state.detections === 2);
  it.state.mounts += "\n2 1 8:17 / /usb rw - vfat /dev/sdb1 rw";
  await until("a detection for the mount", () => it.state.detections === 3);
  it.state.mounts += "\n3 1 0:60 / /var/lib/c rw - overlay overlay rw";
  await wait(80);
  strictEqual(it.state.detections, 3, "a container is no drive");
});

Deno.test("the watch makes one detection of a burst, and does not wait for ever", async () => {
  await using it = world();
  await until("the first detection", () => it.state.detections === 1);

  for (let event = 0; event < 5; event++) {
    it.tell();
    await wait(5);
  }
  await until("one detection", () => it.state.detections === 2);
  await wait(60);
  strictEqual(it.state.detections, 2);

  const end = performance.now() + 400;
  while (performance.now() < end) {
    it.tell();
    await wait(5);
  }
  ok(it.state.detections >= 4, "signs that never end are answered all the same");
});

Deno.test("the watch goes on after a detection that failed, and looks now and then", async () => {
  await using it = world({ everyMs: 20, quietMs: 0 });
  it.fail();
  await until("more detections", () => it.state.detections >= 3);
});

Deno.test("publishChanges() tells what came and what went", () => {
  const drive = (id: string): Drive => ({
    id,
    name: id,
    sizeBytes: 1,
    kind: "hdd",
    evidence: "",
    removable: false,
  });
  const volume = (id: string, ...mountPoints: string[]): Volume => ({
    id,
    name: id,
    driveIds: [],
    mountPoints,
    sizeBytes: 1,
    devices: [],
  });
  const report = (drives: Drive[], volumes: Volume[]): DriveReport => ({
    drives,
    volumes,
    partitions: [],
    graph: { nodes: [], edges: [] },
  });
  const before = report([drive("a"), drive("b")], [volume("va", "/a"), volume("vb", "/b")]);
  const after = report([drive("a"), drive("c"), drive("unknown")], [volume("va", "/a", "/x")]);

  const told: string[][] = [];
  publishChanges(before, after, (type, { driveId, volumeId, mountPoint }) => {
    told.push([type, String(driveId ?? `${volumeId} ${mountPoint}`)]);
  });
  deepStrictEqual(told, [
    ["volume.unmounted", "vb /b"],
    ["drive.removed", "b"],
    ["drive.added", "c"],
    ["volume.mounted", "va /x"],
  ]);
  publishChanges(after, after, () => fail("nothing has changed"));
});

Deno.test({
  name: "a real image that is plugged in and mounted is seen in the kernel's lists within 2 s",
  ignore: !canMount,
  async fn() {
    await using dir = await tempDir();
    await makeImage(`${dir.path}/image`, "ext4");
    await Deno.mkdir(`${dir.path}/at`);
    const stop = new AbortController();
    let detections = 0;
    const table = openMountTable({ freshMs: 0 });
    const ended = watchDrives({
      table,
      mounts: { look: async () => void await table.refresh() },
      detect: () => Promise.resolve(void detections++),
      log: silent,
      times: { lookMs: 500 },
    })(stop.signal);
    await until("the first detection", () => detections === 1);
    const before = await listDevices();

    const started = performance.now();
    await tool("mount", "-o", "loop", `${dir.path}/image`, `${dir.path}/at`);
    {
      await using _mount = unmountLater(`${dir.path}/at`);
      await until("a detection", () => detections >= 2);
      ok(performance.now() - started < 2000);
      ok(await listDevices() !== before);
    }
    stop.abort();
    await ended;
  },
});

Deno.test("follow() yields lines as they come, and ends with its signal", async () => {
  const stop = new AbortController();
  const lines: string[] = [];
  const script = "console.log('one'); console.log('two'); setInterval(() => {}, 1000);";
  for await (const line of follow(Deno.execPath(), ["eval", script], { signal: stop.signal })) {
    lines.push(line);
    if (lines.length === 2) stop.abort();
  }
  deepStrictEqual(lines, ["one", "two"]);
});
