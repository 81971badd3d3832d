import { deepStrictEqual, notStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { UnavailableError } from "../../../../src/base/errors.ts";
import type { DriveReport } from "../../../../src/drives/drive.ts";
import { pictureOf } from "../../../../src/drives/readers/mod.ts";
import { hasShared, sharedPaths, sharedText } from "../../../helpers/shared_fixtures.ts";

const fixtures = new URL("../../../fixtures/lsblk/", import.meta.url);

Deno.test("lsblk finds the one disk of a virtual machine, and no zram", () => {
  const { drives, volumes } = parsed("recorded_virtio_zram.json");

  deepStrictEqual(drives.map(({ name, kind, bus }) => [name, kind, bus]), [
    ["vda", "virtual", "virtio"],
  ]);
  strictEqual(drives[0]?.vendor, undefined);
  strictEqual(drives[0]?.model, undefined);
  deepStrictEqual(volumes.map(({ name, mountPoints }) => [name, mountPoints]), [["vda", ["/"]]]);
  deepStrictEqual(volumes[0]?.driveIds, [drives[0]?.id]);
});

Deno.test("lsblk finds both disks beneath LVM on LUKS on md", () => {
  const { drives, volumes } = parsed("luks_lvm_md.json");

  deepStrictEqual(drives.map(({ name, kind, vendor }) => [name, kind, vendor]), [
    ["sda", "hdd", undefined],
    ["sdb", "hdd", undefined],
  ]);
  strictEqual(volumes.length, 1);
  const [films] = volumes;
  strictEqual(films?.name, "vg-films");
  deepStrictEqual(films?.driveIds, drives.map(({ id }) => id).sort());
  deepStrictEqual(films?.mountPoints, ["/export/films", "/srv/films"]);
  deepStrictEqual(films?.devices, ["dm-1", "vg-films"]);
  strictEqual(films?.deviceNumber, "253:1");
});

Deno.test("lsblk makes one partition of a btrfs over two disks, and one of a ZFS pool", () => {
  const { drives, volumes } = parsed("btrfs_two_disks.json");

  const [sdc, sdd, sde, sdf] = drives.map(({ id }) => id) as [string, string, string, string];
  const pools = new Map(volumes.map((one) => [one.fileSystem, one]));
  deepStrictEqual([...pools.keys()].sort(), ["btrfs", "zfs"]);
  deepStrictEqual(pools.get("btrfs")?.driveIds, [sdc, sdd].sort());
  deepStrictEqual(pools.get("btrfs")?.devices, ["sdc", "sdd"]);
  deepStrictEqual(pools.get("btrfs")?.mountPoints, ["/mnt/pool"]);
  strictEqual(pools.get("btrfs")?.sizeBytes, 3000);
  deepStrictEqual(pools.get("zfs")?.driveIds, [sde, sdf].sort());
  strictEqual(pools.get("zfs")?.label, "tank");
});

Deno.test("lsblk sees through bcache, and takes two paths to one disk for one drive", () => {
  const { drives, volumes } = parsed("bcache_multipath.json");

  const idOf = new Map(drives.map(({ name, id }) => [name, id]));
  deepStrictEqual([...idOf.keys()].sort(), ["nvme0n1", "sda", "sdb"]);
  ok(drives.find(({ name }) => name === "sdb")?.evidence.endsWith("paths: sdb, sdc"));
  const media = volumes.find(({ name }) => name === "bcache0");
  deepStrictEqual(media?.driveIds, [idOf.get("sda"), idOf.get("nvme0n1")].sort());
  const san = volumes.filter(({ uuid }) => uuid?.startsWith("c0000000"));
  deepStrictEqual(san.map(({ name, driveIds }) => [name, driveIds]), [
    ["mpatha1", [idOf.get("sdb")]],
  ]);
});

Deno.test("lsblk reads the strings of old versions, and tells drives that claim one identity apart", () => {
  const { drives, volumes } = parsed("old_strings_usb_emmc.json");

  const told = drives.map(({ name, kind, removable }) => [name, kind, removable]);
  deepStrictEqual(told, [
    ["mmcblk0", "sd", false],
    ["mmcblk1", "sd", true],
    ["sda", "usb", true],
    ["sdb", "usb", true],
    ["sdc", "usb", true],
    ["sdd", "usb", true],
    ["sr0", "optical", true],
  ]);
  strictEqual(new Set(drives.map(({ id }) => id)).size, drives.length);
  const byName = new Map(drives.map((drive) => [drive.name, drive]));
  ok(byName.get("sda")?.evidence.includes("made up"));
  ok(byName.get("sdc")?.evidence.includes("sdc, sdd claim the same identity"));
  strictEqual(new Set(volumes.map(({ id }) => id)).size, 3);
  const stick = volumes.find(({ name }) => name === "sda1");
  deepStrictEqual(stick?.mountPoints, ["/media/with space"]);
});

Deno.test("lsblk gives a drive and its partition the same ids under another name", () => {
  const before = parsed("luks_lvm_md.json");
  const after = pictured(read("luks_lvm_md.json").replaceAll("sda", "sdq"));

  deepStrictEqual(ids(after), ids(before));
  notStrictEqual(after.drives[0]?.name, before.drives[0]?.name);
});

Deno.test("lsblk tells a copied disk from its original, which keeps its id", () => {
  const disk = (name: string, serial: string, mountpoint: string | null) => ({
    name,
    serial,
    type: "disk",
    size: 10,
    fstype: "ext4",
    uuid: "cd4e7960-9887-4269-a8df-6438f8d9c7d7",
    mountpoint,
  });
  const original = disk("sdb", "S1", "/films");
  const copy = disk("sda", "S2", null);
  const alone = pictured(JSON.stringify({ blockdevices: [original] }));
  const both = pictured(JSON.stringify({ blockdevices: [copy, original] }));

  strictEqual(both.volumes.length, 2);
  const kept = both.volumes.find(({ name }) => name === "sdb");
  strictEqual(kept?.id, alone.volumes[0]?.id);
});

Deno.test("lsblk refuses what is no answer of lsblk, by name", () => {
  for (const text of ["", "lsblk: not found", "[]", "null", '{"blockdevices": null}']) {
    throws(() => pictured(text), UnavailableError, text);
  }
  deepStrictEqual(pictured('{"blockdevices": []}'), {
    drives: [],
    partitions: [],
    volumes: [],
    graph: { nodes: [], edges: [] },
  });
});

Deno.test("lsblk survives a table that goes in a circle and fields of the wrong type", () => {
  const text = JSON.stringify({
    blockdevices: [
      { name: "sda", pkname: "sdb", type: "disk", size: {}, mountpoints: "no", children: [null] },
      { name: "sdb", pkname: "sda", type: 7, rota: "maybe", rm: null, children: {} },
      { size: 5 },
      "nonsense",
    ],
  });

  deepStrictEqual(pictured(text).volumes, []);
});

Deno.test({
  name: "lsblk parses every shared capture in JSON, and never makes a drive of zram or loop",
  ignore: !hasShared,
  fn() {
    let captures = 0;
    for (const path of sharedPaths("linux")) {
      if (!/^linux\/lsblk.*\.json$/.test(path)) continue;
      const { drives, volumes } = pictured(sharedText(path));
      captures++;
      ok(drives.length > 0, path);
      strictEqual(new Set(drives.map(({ id }) => id)).size, drives.length, path);
      strictEqual(new Set(volumes.map(({ id }) => id)).size, volumes.length, path);
      for (const one of [...drives, ...volumes]) ok(!/^(z?ram|loop)\d/.test(one.name), path);
      for (const { driveIds } of volumes) {
        ok(driveIds.length > 0, path);
        ok(driveIds.every((id) => drives.some((drive) => drive.id === id)), path);
      }
    }
    ok(captures >= 6);
  },
});

function ids({ drives, partitions, volumes }: DriveReport): string[] {
  return [...drives, ...partitions, ...volumes].map(({ id }) => id).sort();
}

function pictured(text: string): DriveReport {
  return pictureOf([{ tool: "lsblk --json", text }]);
}

function parsed(name: string): DriveReport {
  return pictured(read(name));
}

function read(name: string): string {
  return Deno.readTextFileSync(new URL(name, fixtures));
}
