import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { run } from "../../../src/base/command.ts";
import type { DriveReport } from "../../../src/drives/drive.ts";
import { openLocator } from "../../../src/drives/locate/locator.ts";
import { NotAnsweringError } from "../../../src/drives/mounts/breaker.ts";
import { type MountState, openMounts } from "../../../src/drives/mounts/mounts.ts";
import { askSpace } from "../../../src/drives/mounts/probe.ts";
import { openMountTable } from "../../../src/drives/mounts/table.ts";
import { canMount, hasProgram, mountHanging } from "../../helpers/mounts.ts";
import { tempDir } from "../../helpers/temp.ts";
import { until, within } from "../../helpers/wait.ts";

const nothing: DriveReport = {
  drives: [],
  partitions: [],
  volumes: [],
  graph: { nodes: [], edges: [] },
};
const isLinux = Deno.build.os === "linux";

Deno.test({
  name: "a mount that hangs is left alone by everybody, and comes back by itself",
  ignore: !canMount || !hasProgram("bindfs"),
  async fn() {
    await using dir = await tempDir();
    await dir.file("source/film.mkv", "film");
    await Deno.mkdir(`${dir.path}/hung`);
    await using mount = await mountHanging(`${dir.path}/source`, `${dir.path}/hung`);
    const signal = AbortSignal.timeout(10_000);
    const changes: MountState[] = [];
    const table = openMountTable({ freshMs: 0 });
    using mounts = openMounts({
      table,
      report: () => nothing,
      run,
      platform: "linux",
      onChange: (state) => changes.push(state),
      limits: { askMs: 300, servedMs: 300, servedEveryMs: 0 },
    });
    const { locate } = openLocator({ report: () => nothing, table, mounts, platform: "linux" });
    const read = (name: string) =>
      mounts.touch(`${mount.at}/${name}`, () => Deno.readTextFile(`${mount.at}/${name}`));

    strictEqual(await read("film.mkv"), "film");
    await mounts.look();
    await until("its space", () => mounts.state(mount.at)?.totalBytes !== undefined);
    strictEqual(mounts.state(mount.at)?.answering, true);

    mount.hang();
    // Nobody has touched it: a question is what notices; the first may be answered still.
    while (mounts.state(mount.at)?.answering) {
      signal.throwIfAborted();
      await mounts.look();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await rejects(within("a refusal", read("film.mkv"), 1000), NotAnsweringError);
    const location = await within("an answer by name", locate(`${mount.at}/film.mkv`), 1000);
    strictEqual(location.mountPoint, mount.at);
    match(location.chain.map(({ text }) => text).join("\n"), /not answering since/);
    const other = await mounts.touch(`${dir.path}/source`, () => Deno.stat(`${dir.path}/source`));
    ok(other.isDirectory, "other mounts go on");
    ok(mounts.state(mount.at)!.totalBytes! > 0, "what was known of it stays known");

    mount.goOn();
    await until("it is back", () => mounts.state(mount.at)?.answering === true);
    strictEqual(await read("film.mkv"), "film");
    deepStrictEqual(changes.map(({ answering }) => answering), [false, true]);
  },
});

Deno.test({
  name: "a mount that hung before we came costs one program and no thread of ours",
  ignore: !canMount || !hasProgram("bindfs"),
  async fn() {
    await using dir = await tempDir();
    await Deno.mkdir(`${dir.path}/source`);
    await Deno.mkdir(`${dir.path}/hung`);
    await using mount = await mountHanging(`${dir.path}/source`, `${dir.path}/hung`);
    mount.hang();
    using mounts = openMounts({
      table: openMountTable(),
      report: () => nothing,
      run,
      platform: "linux",
      limits: { askMs: 200 },
    });
    let touched = 0;
    const touch = () =>
      mounts.touch(`${mount.at}/x`, () => {
        touched++;
        return Deno.stat(`${mount.at}/x`);
      });

    const all = await Promise.allSettled(Array.from({ length: 50 }, touch));
    ok(all.every((it) => it.status === "rejected" && it.reason instanceof NotAnsweringError));
    strictEqual(touched, 0);
    const programs = [...Deno.readDirSync("/proc")].filter(({ name }) => {
      try {
        const line = Deno.readTextFileSync(`/proc/${name}/cmdline`);
        return line.startsWith("stat\0") && line.includes(mount.at);
      } catch {
        return false;
      }
    });
    strictEqual(programs.length, 1);
    mount.goOn();
    await until("it is back", () => mounts.state(mount.at)?.answering === true);
  },
});

Deno.test({
  name: "a mount that begins to hang under a hundred calls leaves threads for all other files",
  ignore: !canMount || !hasProgram("bindfs"),
  async fn() {
    await using dir = await tempDir();
    await Deno.mkdir(`${dir.path}/source`);
    await Deno.mkdir(`${dir.path}/hung`);
    await using mount = await mountHanging(`${dir.path}/source`, `${dir.path}/hung`);
    using mounts = openMounts({
      table: openMountTable(),
      report: () => nothing,
      run,
      platform: "linux",
      limits: { servedMs: 500 },
    });
    let touched = 0;
    const touch = (_: unknown, at: number) =>
      mounts.touch(mount.at, () => {
        touched++;
        return Deno.lstat(`${mount.at}/${at}`);
      });
    await mounts.touch(mount.at, () => Deno.lstat(mount.at)); // it has proven that it answers

    mount.hang();
    const all = Promise.allSettled(Array.from({ length: 100 }, touch));
    const other = `${dir.path}/source`;
    ok((await within("another folder", Deno.lstat(other), 2000)).isDirectory);
    for (const one of await within("refusals", all, 5000)) {
      ok(one.status === "rejected" && one.reason instanceof NotAnsweringError);
    }
    ok(touched > 0 && touched < 10, `${touched} calls hang`);
    mount.goOn();
    await until("it is back", () => mounts.state(mount.at)?.answering === true);
  },
});

Deno.test({
  name: "a mount whose program has died does not answer, and says why",
  ignore: !canMount || !hasProgram("bindfs"),
  async fn() {
    await using dir = await tempDir();
    await Deno.mkdir(`${dir.path}/source`);
    await Deno.mkdir(`${dir.path}/dead`);
    await using mount = await mountHanging(`${dir.path}/source`, `${dir.path}/dead`);
    await mount.kill();

    const signal = AbortSignal.timeout(5000);
    const { dead } = await askSpace(mount.at, { run, platform: "linux", signal });
    match(dead ?? "", /not connected/);
  },
});

Deno.test({
  name: "askSpace() tells total and free bytes, and takes a refusal for an answer",
  ignore: !isLinux,
  async fn() {
    const signal = AbortSignal.timeout(5000);
    const { space } = await askSpace("/", { run, platform: "linux", signal });
    ok(space && space.totalBytes > space.freeBytes && space.freeBytes > 0);
    deepStrictEqual(await askSpace("/no/such/place", { run, platform: "linux", signal }), {});
    const df = "Filesystem 1024-blocks Used Available Capacity iused ifree %iused Mounted on\n" +
      "/dev/disk3s5 482797652 100000 300000 25% 1 2 0% /System/Volumes/Data\n";
    const mac = await askSpace("/", { run: () => Promise.resolve(df), platform: "darwin", signal });
    deepStrictEqual(mac.space, { totalBytes: 482797652 * 1024, freeBytes: 300000 * 1024 });
  },
});

Deno.test("a volume on a disk that the kernel sees stuck is not answering until that moves", async () => {
  let stat = "1 0 0 0 1 0 0 0 3 0 0\n";
  const report: DriveReport = {
    ...nothing,
    drives: [{ id: "d", name: "sdx", sizeBytes: 1, kind: "ssd", evidence: "", removable: false }],
    volumes: [{
      id: "v",
      name: "sdx1",
      driveIds: ["d"],
      mountPoints: ["/x"],
      sizeBytes: 1,
      deviceNumber: "8:225",
      devices: ["sdx1"],
    }],
  };
  using mounts = openMounts({
    table: openMountTable({
      read: () =>
        Promise.resolve(
          "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:225 / /x rw - ext4 /dev/sdx1 rw",
        ),
    }),
    report: () => report,
    run: () => Promise.resolve("4096 10 5"),
    platform: "linux",
    limits: { diskMs: 0 },
    readAttribute: (device, name) =>
      Promise.resolve(device === "sdx" && name === "stat" ? stat : undefined),
  });
  const never = Promise.withResolvers<void>();

  await mounts.look();
  const waiting = mounts.touch("/x/film", () => never.promise);
  strictEqual(mounts.state("v")?.answering, true);
  await mounts.look();
  match(mounts.state("v")?.reason ?? "", /sdx has 3 requests and answers none/);
  await rejects(waiting, NotAnsweringError);
  deepStrictEqual(mounts.state("v")?.freeBytes, 5 * 4096);
  strictEqual(mounts.state("/")?.answering, true);

  stat = "9 0 0 0 1 0 0 0 1 0 0\n";
  await mounts.look();
  strictEqual(mounts.state("v")?.answering, true);
  never.resolve();
});
