import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { CommandError, type Run, run } from "../../../src/base/command.ts";
import { silent } from "../../../src/base/log.ts";
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { type HealthDrive, openHealth, openHealthStore } from "../../../src/drives/health/mod.ts";
import type { HealthDeps } from "../../../src/drives/health/mod.ts";
import { settle, within } from "../../helpers/wait.ts";
import { fakeSmartctl, healthy, standby } from "./fake_smartctl.ts";

const ignore = Deno.build.os === "windows";
const never = new AbortController().signal;

const disk: HealthDrive = { id: "drv-a", name: "sda", kind: "hdd", bus: "sata", serial: "SP-1" };

function openRig(
  { drives = [disk], ...deps }: Partial<Omit<HealthDeps, "drives">> & { drives?: HealthDrive[] } =
    {},
) {
  const db = openDatabase(":memory:", migrations.library);
  const clock = { now: new Date("2026-11-21T10:00:00Z") };
  const events: Record<string, unknown>[] = [];
  const store = openHealthStore(db);
  const health = openHealth({
    store,
    drives: () => drives,
    run,
    platform: "linux",
    publish: (type, data) => void events.push({ type, ...data }),
    log: silent,
    now: () => clock.now,
    limitMs: 5000,
    ...deps,
  });
  return { health, store, clock, events, [Symbol.dispose]: () => db[Symbol.dispose]() };
}

Deno.test({
  name: "every question to a drive forbids to wake it, and the next names its type",
  ignore,
  async fn() {
    await using smartctl = await fakeSmartctl();
    await smartctl.answers("/dev/sda", healthy("/dev/sda"));
    using rig = openRig();

    await rig.health.check(disk, never);
    await rig.health.check(disk, never);
    await rig.health.power(disk, never);

    const [first, second, third] = await smartctl.calls();
    deepStrictEqual(first, [
      ..."--json=c -n standby,3 -i -H -A -l error -l selftest /dev/sda".split(" "),
    ]);
    deepStrictEqual(second, [
      ..."--json=c -n standby,3 -d sat -i -H -A -l error -l selftest /dev/sda".split(" "),
    ]);
    deepStrictEqual(third, [..."--json=c -n standby,3 -d sat /dev/sda".split(" ")]);
  },
});

Deno.test({
  name: "a drive that falls asleep keeps what was known, with its time, until it is awake again",
  ignore,
  async fn() {
    await using smartctl = await fakeSmartctl();
    await smartctl.answers("/dev/sda", healthy("/dev/sda", 8));
    using rig = openRig();
    const first = await rig.health.check(disk, never);
    await smartctl.answers("/dev/sda", standby("/dev/sda"));

    rig.clock.now = new Date("2026-11-21T10:30:00Z");
    await rig.health.check(disk, never);
    rig.clock.now = new Date("2026-11-21T11:00:00Z");
    const asleep = await rig.health.check(disk, never);

    deepStrictEqual([first.verdict, first.powerState], ["warning", "active"]);
    strictEqual(asleep.verdict, "warning");
    strictEqual(asleep.powerState, "asleep");
    strictEqual(asleep.asleepSince, "2026-11-21T10:30:00.000Z");
    strictEqual(asleep.checkedAt, "2026-11-21T10:00:00.000Z");
    strictEqual(asleep.askedAt, "2026-11-21T11:00:00.000Z");
    deepStrictEqual(asleep.values, first.values);
    deepStrictEqual(asleep.reasons.map(({ code }) => code), ["reallocated", "asleep"]);
    strictEqual(rig.store.history("drv-a").length, 1);
    for (const call of await smartctl.calls()) {
      deepStrictEqual(call.slice(0, 3), ["--json=c", "-n", "standby,3"], "no other command ever");
    }

    await smartctl.answers("/dev/sda", healthy("/dev/sda", 8));
    const awake = await rig.health.check(disk, never);
    strictEqual(awake.asleepSince, undefined);
    deepStrictEqual(awake.reasons.map(({ code }) => code), ["reallocated"]);
    deepStrictEqual(rig.events.map(({ verdict, power_state }) => [verdict, power_state]), [
      ["warning", "active"],
      ["warning", "asleep"],
      ["warning", "active"],
    ]);
  },
});

Deno.test({
  name: "a drive that was never read and sleeps is unknown, not failing",
  ignore,
  async fn() {
    await using smartctl = await fakeSmartctl();
    await smartctl.answers("/dev/sda", standby("/dev/sda"));
    using rig = openRig();

    const { verdict, powerState, checkedAt } = await rig.health.check(disk, never);

    deepStrictEqual([verdict, powerState, checkedAt], ["unknown", "asleep", undefined]);
  },
});

Deno.test({
  name: "what the kernel has put to sleep is not even opened",
  ignore,
  async fn() {
    await using smartctl = await fakeSmartctl();
    using rig = openRig({ isSuspended: (name) => Promise.resolve(name === "sda") });

    const { powerState } = await rig.health.check(disk, never);

    strictEqual(powerState, "asleep");
    strictEqual(await rig.health.power(disk, never), "asleep");
    deepStrictEqual(await smartctl.calls(), []);
  },
});

Deno.test({
  name: "an exit status of 64 is an old error log, and no failure",
  ignore,
  async fn() {
    await using smartctl = await fakeSmartctl();
    await smartctl.answers("/dev/sda", healthy("/dev/sda", 0, 64));
    using rig = openRig();

    const { verdict, reasons } = await rig.health.check(disk, never);

    strictEqual(verdict, "good");
    deepStrictEqual(reasons.map(({ code, level }) => [code, level]), [["error_log", "info"]]);
  },
});

Deno.test({
  name:
    "a smartctl that hangs is killed, its drive keeps what was known, and the next drive is asked",
  ignore,
  async fn() {
    await using smartctl = await fakeSmartctl();
    const other = { ...disk, id: "drv-b", name: "sdb" };
    await smartctl.answers("/dev/sda", healthy("/dev/sda"));
    await smartctl.answers("/dev/sdb", healthy("/dev/sdb"));
    using rig = openRig({ drives: [disk, other], limitMs: 400 });
    await rig.health.check(disk, never);
    await smartctl.answers("/dev/sda", "hang");

    await within("both drives", rig.health.checkAll(never));

    const stuck = rig.health.known(disk);
    strictEqual(stuck.verdict, "good");
    deepStrictEqual(stuck.reasons.map(({ code }) => code), ["no_answer"]);
    match(stuck.reasons[0]!.text, /no answer in 400 ms/);
    strictEqual(rig.health.known(other).verdict, "good");
    const pid = await smartctl.hangingPid();
    await within("its end", rejects(signalled(pid)));
    // Nor is it asked at every poll from now on.
    const asked = (await smartctl.calls()).length;
    await rig.health.checkAll(never);
    strictEqual((await smartctl.calls()).length, asked + 1, "the other one only");
  },
});

/** Resolves never, rejects when there is no such process any more. */
async function signalled(pid: number): Promise<never> {
  while (true) {
    const state = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => undefined);
    if (state === undefined || state.includes(") Z ")) throw new Error("it has ended");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("while a killed smartctl is still there, its drive gets no other one", async () => {
  const ends: (() => void)[] = [];
  using rig = openRig({
    run: (_, __, options) => {
      ends.push(options!.onEnd!);
      return ends.length === 1
        ? Promise.reject(new CommandError('Cannot run "smartctl": no answer in 30000 ms'))
        : Promise.resolve(JSON.stringify(healthy("/dev/sda").json));
    },
  });

  await rig.health.check(disk, never);
  const second = await rig.health.check(disk, never);
  strictEqual(ends.length, 1);
  match(second.reasons[0]!.text, /hangs in the kernel/);
  strictEqual(await rig.health.power(disk, never), "unknown");

  ends[0]!();
  strictEqual((await rig.health.check(disk, never)).verdict, "good");
  strictEqual((await rig.health.check(disk, never)).verdict, "good");
});

Deno.test("a look at the power waits while the health is asked for, and the other way round", async () => {
  let running = 0;
  let most = 0;
  using rig = openRig({
    run: async () => {
      most = Math.max(most, ++running);
      await settle();
      running--;
      return JSON.stringify(healthy("/dev/sda").json);
    },
  });

  const [health, power, again] = await within(
    "all",
    Promise.all([
      rig.health.check(disk, never),
      rig.health.power(disk, never),
      rig.health.power(disk, never),
    ]),
  );

  deepStrictEqual([health.verdict, power, again, most], ["good", "active", "active", 1]);
});

Deno.test("without smartctl it says how to install it, on each platform", async () => {
  const missing: Run = (program) =>
    Promise.reject(new CommandError(`Cannot run "${program}": not installed`, { missing: true }));
  const expected = {
    linux: /apt install smartmontools/,
    darwin: /brew install smartmontools/,
    windows: /winget install smartmontools/,
  };

  for (const platform of ["linux", "darwin", "windows"] as const) {
    using rig = openRig({ run: missing, platform });
    const { verdict, missing: what } = await rig.health.check({ ...disk, name: "disk0" }, never);
    deepStrictEqual([verdict, what?.what], ["unknown", "smartctl"]);
    match(what!.how, expected[platform]);
  }
});

Deno.test("without rights it says which, and takes no refusal for sleep", async () => {
  const answers = ["permission_denied_exit2", "refused_sleep_exit3"];

  for (const name of answers) {
    const text = await Deno.readTextFile(
      new URL(`../../fixtures/smartctl/${name}.json`, import.meta.url),
    );
    using rig = openRig({ run: () => Promise.resolve(text), isPrivileged: false });
    const { verdict, powerState, missing } = await rig.health.check(disk, never);

    deepStrictEqual([verdict, powerState, missing?.what], ["unknown", "unknown", "rights"], name);
    match(missing!.how, /CAP_SYS_RAWIO.*CAP_SYS_ADMIN/);
    strictEqual(await rig.health.power(disk, never), "unknown", name);
  }
});

Deno.test("recorded refusals are unknown with their reasons", async () => {
  const expected = [
    ["virtio_exit1", "no_smart"],
    ["gone_exit2", "gone"],
    ["scsi_silent_exit2", "not_opened"],
    ["refused_sleep_exit3", "no_answer"],
  ] as const;
  for (const [name, code] of expected) {
    const text = await Deno.readTextFile(
      new URL(`../../fixtures/smartctl/${name}.json`, import.meta.url),
    );
    using rig = openRig({ run: () => Promise.resolve(text) });
    const { verdict, reasons } = await rig.health.check(disk, never);
    deepStrictEqual([verdict, reasons.map((it) => it.code)], ["unknown", [code]], name);
  }
});

Deno.test("a USB bridge that smartctl does not know is tried as SAT once, and remembered", async () => {
  const calls: string[][] = [];
  const bridge = "/dev/sdc: Unknown USB bridge [0x152d:0x0578 (0x3210)]";
  using rig = openRig({
    run: (_, args) => {
      calls.push(args);
      return Promise.resolve(JSON.stringify(
        args.includes("-d") ? healthy("/dev/sdc").json : {
          smartctl: { exit_status: 1, messages: [{ string: bridge, severity: "error" }] },
        },
      ));
    },
  });
  const box = { id: "drv-c", name: "sdc", kind: "usb", bus: "usb", serial: "BOX1" } as const;

  const { verdict } = await rig.health.check(box, never);
  await rig.health.check(box, never);

  strictEqual(verdict, "good");
  deepStrictEqual(calls.map((args) => args.includes("sat")), [false, true, true]);
  ok(calls.every((args) => args[2] === "standby,3"));
});

Deno.test("a USB bridge that passes nothing on is no drive that sleeps", async () => {
  const refused = await Deno.readTextFile(
    new URL("../../fixtures/smartctl/refused_sleep_exit3.json", import.meta.url),
  );
  const bridge = "/dev/sdc: Unknown USB bridge [0x46f4:0x0001 (0x000)]";
  let asked = 0;
  const box = { id: "drv-c", name: "sdc", kind: "usb", bus: "usb" } as const;
  using rig = openRig({
    drives: [box],
    run: (_, args) => {
      asked++;
      return Promise.resolve(
        args.includes("-d") ? refused : JSON.stringify({
          smartctl: { exit_status: 1, messages: [{ string: bridge, severity: "error" }] },
        }),
      );
    },
  });

  await rig.health.checkAll(never);
  const { verdict, powerState, reasons } = rig.health.known(box);
  deepStrictEqual([verdict, powerState, reasons.map(({ code }) => code)], [
    "unknown",
    "unknown",
    ["usb_bridge"],
  ]);
  strictEqual(await rig.health.power(box, never), "unknown");
  const before = asked;
  await rig.health.checkAll(never);
  strictEqual(asked, before, "it is not tried at every poll");
});

Deno.test("a drive behind a RAID controller is judged by its worst member", async () => {
  const calls: string[][] = [];
  const hint = "Smartctl open device: /dev/sda failed: DELL or MegaRaid controller, " +
    "please try adding '-d megaraid,N'";
  using rig = openRig({
    run: (_, args) => {
      calls.push(args);
      const member = args.includes("megaraid,1")
        ? healthy("/dev/bus/0", 40).json
        : args.includes("megaraid,0")
        ? healthy("/dev/bus/0").json
        : args.includes("--scan-open")
        ? {
          smartctl: {},
          devices: ["scsi", "megaraid,0", "megaraid,1"].map((type) => ({
            name: type === "scsi" ? "/dev/sda" : "/dev/bus/0",
            type,
          })),
        }
        : { smartctl: { exit_status: 2, messages: [{ string: hint }] } };
      return Promise.resolve(JSON.stringify(member));
    },
  });

  const { verdict, reasons, values } = await rig.health.check(disk, never);

  strictEqual(verdict, "warning");
  match(reasons[0]!.text, /^Disk SP-1 behind its controller: 40 sectors/);
  strictEqual(values.reallocated, 40);
  ok(
    calls.filter((args) => !args.includes("--scan-open")).every((args) => args[2] === "standby,3"),
  );
});

Deno.test("another drive under the same name is not taken for this one", async () => {
  using rig = openRig({
    run: () => Promise.resolve(JSON.stringify(healthy("/dev/sda").json)),
  });

  const { verdict, reasons } = await rig.health.check({ ...disk, serial: "OTHER" }, never);

  deepStrictEqual([verdict, reasons[0]!.code], ["unknown", "another"]);
});

Deno.test("drives that have no SMART are not asked, and say why", async () => {
  using rig = openRig({ run: () => Promise.reject(new Error("nobody should be asked")) });
  const cases = [
    { kind: "network" },
    { kind: "optical", bus: "sata" },
    { kind: "sd", bus: "mmc" },
    { kind: "virtual", bus: "virtio" },
  ] as const;

  for (const more of cases) {
    const { verdict, reasons } = await rig.health.check({ ...disk, ...more }, never);
    deepStrictEqual([verdict, reasons[0]!.code], ["unknown", "skipped"], more.kind);
  }
});

Deno.test("growth since a week ago is told, and history keeps what changed", async () => {
  let sectors = 8;
  using rig = openRig({
    run: () => Promise.resolve(JSON.stringify(healthy("/dev/sda", sectors).json)),
  });
  const at = async (day: number) => {
    rig.clock.now = new Date(Date.UTC(2026, 10, day, 10));
    return await rig.health.check(disk, never);
  };

  await at(1);
  await at(1);
  sectors = 20;
  const grown = await at(2);
  const old = await at(20);

  strictEqual(grown.verdict, "failing");
  match(grown.reasons[0]!.text, /20 sectors .*; 12 more since 2026-11-01/);
  strictEqual(old.verdict, "warning");
  deepStrictEqual(
    rig.store.history("drv-a").map(({ checkedAt, verdict, values }) => [
      checkedAt.slice(0, 10),
      verdict,
      values.reallocated,
    ]),
    [["2026-11-20", "warning", 20], ["2026-11-02", "failing", 20], ["2026-11-01", "warning", 8]],
  );
});

Deno.test("history is bounded: the oldest records go", () => {
  using rig = openRig();

  for (let hour = 0; hour < 410; hour++) {
    rig.store.record("drv-a", {
      checkedAt: new Date(Date.UTC(2026, 0, 1, hour)).toISOString(),
      verdict: "good",
      values: { reallocated: hour },
    });
  }

  const kept = rig.store.history("drv-a");
  strictEqual(kept.length, 400);
  deepStrictEqual([kept[0]!.values.reallocated, kept.at(-1)!.values.reallocated], [409, 10]);
});

Deno.test("watch() asks at once and stops when told; an interval of 0 asks nobody", async () => {
  let asked = 0;
  using rig = openRig({
    run: () => {
      asked++;
      return Promise.resolve(JSON.stringify(healthy("/dev/sda").json));
    },
  });
  const stop = new AbortController();

  const idle = rig.health.watch(0, stop.signal);
  const busy = rig.health.watch(30, stop.signal);
  await within(
    "the first question",
    (async () => {
      while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    })(),
  );
  stop.abort();
  await within("their end", Promise.all([idle, busy]));

  strictEqual(asked, 1);
});
