import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { UnavailableError } from "../../../src/base/errors.ts";
import { collectMountInfo, collectSysfs, whenUdevIsDone } from "../../../src/drives/read_sysfs.ts";
import { pictureOf } from "../../../src/drives/readers/mod.ts";
import { hasShared, sharedText } from "../../helpers/shared_fixtures.ts";

const shared = new URL("../../../../shared/fixtures/linux/", import.meta.url);
const signal = new AbortController().signal;

Deno.test("collectSysfs() says so where there is no /sys", async () => {
  const root = await Deno.makeTempDir();

  await rejects(collectSysfs({ signal, root }), UnavailableError);

  await Deno.remove(root, { recursive: true });
});

Deno.test("without udev the serial number of a SCSI or SATA disk is the one that it told the kernel", async () => {
  const root = await Deno.makeTempDir();
  const disk = `${root}/sys/block/sda`;
  await Deno.mkdir(`${disk}/device`, { recursive: true });
  await Deno.writeTextFile(`${disk}/dev`, "8:0\n");
  await Deno.writeTextFile(`${disk}/size`, "2048\n");
  await Deno.writeTextFile(`${disk}/device/model`, "ST4000VN008     \n");
  await Deno.writeTextFile(`${disk}/device/wwid`, "naa.5000c500a1b2c3d4\n");
  const page = [0, 0x80, 0, 20, ...new TextEncoder().encode("            ZDH0ABCD")];
  await Deno.writeFile(`${disk}/device/vpd_pg80`, new Uint8Array(page));

  const record = await collectSysfs({ signal, root });
  const [bare] = pictureOf([{ tool: "sysfs", text: JSON.stringify(record) }]).drives;
  record.blocks["sda"]!.udev = "E:ID_SERIAL_SHORT=ZDH0ABCD\nE:ID_MODEL=ST4000VN008\n";
  const [noted] = pictureOf([{ tool: "sysfs", text: JSON.stringify(record) }]).drives;

  deepStrictEqual([bare?.serial, bare?.id], ["ZDH0ABCD", noted?.id]);
  await Deno.remove(root, { recursive: true });
});

Deno.test("detection waits for udev, and not for ever", async () => {
  const root = await Deno.makeTempDir();
  await whenUdevIsDone({ signal, root });
  await Deno.mkdir(`${root}/run/udev`, { recursive: true });
  await Deno.writeTextFile(`${root}/run/udev/queue`, "");
  let isDone = false;
  const waiting = whenUdevIsDone({ signal, root }).then(() => isDone = true);
  await whenUdevIsDone({ signal, root, limitMs: 120 });
  strictEqual(isDone, false);

  await Deno.remove(`${root}/run/udev/queue`);
  strictEqual(await waiting, true);
  await Deno.remove(root, { recursive: true });
});

/** Snapshots of /sys of other machines; what is mounted stands beside it, and no udev. */
const snapshots: [file: string, drives: string[]][] = [
  ["ghw-amd64-415ee03b8c4d1c4f07ae2e9d8b3d3d6d", ["nvme0n1 nvme 1024209543168"]],
  ["ghw-amd64-61797caf7c0b6bca1725ad7975ed4773", [
    "sda ssd 256060514304",
    "sdb hdd 1000204886016",
    "sdc ssd 500107862016",
  ]],
  ["ghw-amd64-8581cf3a529e5d8b97ea876eade2f60d", [
    "sda hdd 499558383616",
    "sr0 optical 1073741312",
  ]],
  ["ghw-amd64-accel", ["sr0 optical 2048", "vda virtual 21474836480"]],
  ["ghw-arm64-c288e0776090cd558ef793b2a4e61939", ["nvme0n1 nvme 8589934592"]],
];
for (const [file, expected] of snapshots) {
  Deno.test({
    name: `sysfs finds the drives of a snapshot without udev: ${file.slice(0, 12)}`,
    ignore: !hasShared,
    async fn() {
      const root = await Deno.makeTempDir();
      const archive = new URL(`sysfs/${file}.tar.gz`, shared).pathname;
      const tar = new Deno.Command("tar", { args: ["xzf", archive, "-C", root], stderr: "null" });
      await tar.output(); // it complains of owners that are not there

      const record = await collectSysfs({ signal, root });
      const { drives } = pictureOf([{ tool: "sysfs", text: JSON.stringify(record) }]);

      deepStrictEqual(
        drives.map(({ name, kind, sizeBytes }) => `${name} ${kind} ${sizeBytes}`),
        expected,
      );
      await Deno.remove(root, { recursive: true });
    },
  });
}

Deno.test("sysfs knows which of the disks beneath a bcache only caches for it", async () => {
  const root = await Deno.makeTempDir();
  const block = `${root}/sys/block`;
  const file = async (path: string, text: string) => {
    await Deno.mkdir(`${block}/${path}`.replace(/\/[^/]+$/, ""), { recursive: true });
    await Deno.writeTextFile(`${block}/${path}`, `${text}\n`);
  };
  for (const [name, dev] of [["sdb", "8:16"], ["nvme0n1", "259:0"], ["bcache0", "252:0"]]) {
    await file(`${name}/dev`, dev!);
    await file(`${name}/size`, "2048");
  }
  await file("nvme0n1/nvme0n1p1/partition", "1");
  await file("nvme0n1/nvme0n1p1/dev", "259:1");
  for (const name of ["sdb", "nvme0n1p1"]) await file(`bcache0/slaves/${name}/x`, "");
  await Deno.mkdir(`${block}/bcache0/bcache/cache`, { recursive: true });
  const set = `${block}/bcache0/bcache/cache`;
  await Deno.symlink("../../devices/pci0/nvme0n1/nvme0n1p1/bcache", `${set}/cache0`);
  await Deno.symlink("../../devices/virtual/block/bcache0/bcache", `${set}/bdev0`);

  const record = await collectSysfs({ signal, root });
  const { graph } = pictureOf([{ tool: "sysfs", text: JSON.stringify(record) }]);

  const names = new Map(graph.nodes.map(({ id, name }) => [id, name]));
  const beneath = graph.edges.filter(({ from }) => names.get(from) === "bcache0")
    .map(({ to, role }) => [names.get(to), role]);
  deepStrictEqual(beneath.sort(), [["nvme0n1p1", "cache"], ["sdb", undefined]]);
  await Deno.remove(root, { recursive: true });
});

for (const machine of ["simple-lvm", "simple-nvme"]) {
  const archive = new URL(`sysfs/utillinux-${machine}.tar.xz`, shared);
  Deno.test({
    name: `sysfs finds in a copy of another machine what lsblk finds there: ${machine}`,
    ignore: !hasShared,
    async fn() {
      const root = await Deno.makeTempDir();
      const tar = new Deno.Command("tar", { args: ["xJf", archive.pathname, "-C", root] });
      ok((await tar.output()).success);

      const record = await collectSysfs({ signal, root: `${root}/${machine}` });
      const one = pictureOf([
        { tool: "sysfs", text: JSON.stringify(record) },
        { tool: "mountinfo", text: await collectMountInfo(`${root}/${machine}`) },
      ]);
      const capture = `linux/lsblk-derived/json-allcols-utillinux-${machine}.json`;
      const other = pictureOf([{ text: sharedText(capture) }]);

      const picture = ({ drives, volumes }: typeof one) => ({
        drives: drives.map(({ name, kind, sizeBytes }) => [name, kind, sizeBytes]),
        volumes: volumes.map(({ name, mountPoints }) => [name, mountPoints]),
      });
      deepStrictEqual(picture(one), picture(other));
      strictEqual(one.drives.length, 3);
      await Deno.remove(root, { recursive: true });
    },
  });
}
