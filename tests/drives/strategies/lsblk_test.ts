import { deepStrictEqual, notStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { CommandError } from "../../../src/base/command.ts";
import { UnavailableError } from "../../../src/base/errors.ts";
import type { DriveReport } from "../../../src/drives/drive.ts";
import { columnsIn, lsblk } from "../../../src/drives/strategies/lsblk.ts";

const fixtures = new URL("../../fixtures/lsblk/", import.meta.url);
/** Captures of other people's machines, beside the project where they are to be had. */
const shared = new URL("../../../../shared/fixtures/linux/", import.meta.url);

Deno.test("lsblk finds the one disk of a virtual machine, and no zram", () => {
  const { drives, partitions } = parsed("recorded_virtio_zram.json");

  deepStrictEqual(drives.map(({ name, kind, bus }) => [name, kind, bus]), [
    ["vda", "virtual", "virtio"],
  ]);
  strictEqual(drives[0]?.vendor, undefined);
  strictEqual(drives[0]?.model, undefined);
  deepStrictEqual(partitions.map(({ name, mountPoints }) => [name, mountPoints]), [["vda", ["/"]]]);
  deepStrictEqual(partitions[0]?.driveIds, [drives[0]?.id]);
});

Deno.test("lsblk finds both disks beneath LVM on LUKS on md", () => {
  const { drives, partitions } = parsed("luks_lvm_md.json");

  deepStrictEqual(drives.map(({ name, kind, vendor }) => [name, kind, vendor]), [
    ["sda", "hdd", undefined],
    ["sdb", "hdd", undefined],
  ]);
  strictEqual(partitions.length, 1);
  const [films] = partitions;
  strictEqual(films?.name, "vg-films");
  deepStrictEqual(films?.driveIds, drives.map(({ id }) => id).sort());
  deepStrictEqual(films?.mountPoints, ["/export/films", "/srv/films"]);
  deepStrictEqual(films?.devices, ["dm-1", "vg-films"]);
  strictEqual(films?.deviceNumber, "253:1");
});

Deno.test("lsblk makes one partition of a btrfs over two disks, and one of a ZFS pool", () => {
  const { drives, partitions } = parsed("btrfs_two_disks.json");

  const [sdc, sdd, sde, sdf] = drives.map(({ id }) => id) as [string, string, string, string];
  const pools = new Map(partitions.map((one) => [one.fileSystem, one]));
  deepStrictEqual([...pools.keys()].sort(), ["btrfs", "zfs"]);
  deepStrictEqual(pools.get("btrfs")?.driveIds, [sdc, sdd].sort());
  deepStrictEqual(pools.get("btrfs")?.devices, ["sdc", "sdd"]);
  deepStrictEqual(pools.get("btrfs")?.mountPoints, ["/mnt/pool"]);
  strictEqual(pools.get("btrfs")?.sizeBytes, 3000);
  deepStrictEqual(pools.get("zfs")?.driveIds, [sde, sdf].sort());
  strictEqual(pools.get("zfs")?.label, "tank");
});

Deno.test("lsblk sees through bcache, and takes two paths to one disk for one drive", () => {
  const { drives, partitions } = parsed("bcache_multipath.json");

  const idOf = new Map(drives.map(({ name, id }) => [name, id]));
  deepStrictEqual([...idOf.keys()].sort(), ["nvme0n1", "sda", "sdb"]);
  ok(drives.find(({ name }) => name === "sdb")?.evidence.endsWith("paths: sdb, sdc"));
  const media = partitions.find(({ name }) => name === "bcache0");
  deepStrictEqual(media?.driveIds, [idOf.get("sda"), idOf.get("nvme0n1")].sort());
  const san = partitions.filter(({ uuid }) => uuid?.startsWith("c0000000"));
  deepStrictEqual(san.map(({ name, driveIds }) => [name, driveIds]), [
    ["mpatha1", [idOf.get("sdb")]],
  ]);
});

Deno.test("lsblk reads the strings of old versions, and tells drives that claim one identity apart", () => {
  const { drives, partitions } = parsed("old_strings_usb_emmc.json");

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
  strictEqual(new Set(partitions.map(({ id }) => id)).size, 3);
  const stick = partitions.find(({ name }) => name === "sda1");
  deepStrictEqual(stick?.mountPoints, ["/media/with space"]);
});

Deno.test("lsblk gives a drive and its partition the same ids under another name", () => {
  const before = parsed("luks_lvm_md.json");
  const after = lsblk.parse(read("luks_lvm_md.json").replaceAll("sda", "sdq"));

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
  const alone = lsblk.parse(JSON.stringify({ blockdevices: [original] }));
  const both = lsblk.parse(JSON.stringify({ blockdevices: [copy, original] }));

  strictEqual(both.partitions.length, 2);
  const kept = both.partitions.find(({ name }) => name === "sdb");
  strictEqual(kept?.id, alone.partitions[0]?.id);
});

Deno.test("lsblk refuses what is no answer of lsblk, by name", () => {
  for (const text of ["", "lsblk: not found", "[]", "null", '{"blockdevices": null}']) {
    throws(() => lsblk.parse(text), UnavailableError, text);
  }
  deepStrictEqual(lsblk.parse('{"blockdevices": []}'), { drives: [], partitions: [] });
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

  deepStrictEqual(lsblk.parse(text).partitions, []);
});

Deno.test("columnsIn() asks only for what this lsblk lists, and for all where it lists none", () => {
  const known = columnsIn(read("recorded_help_2.38.txt"));
  ok(known.includes("MOUNTPOINTS") && known.includes("MAJ:MIN") && known.includes("PARTUUID"));

  const old = columnsIn(read("recorded_help_2.38.txt").replace(/^.*MOUNTPOINTS.*$/m, ""));
  ok(!old.includes("MOUNTPOINTS") && old.includes("MOUNTPOINT"));

  ok(columnsIn("Usage:\n lsblk [options]\n").includes("MOUNTPOINTS"));
});

Deno.test("lsblk asks again for the basic columns when it is refused", async () => {
  const asked: string[] = [];
  const text = await lsblk.collect({
    signal: new AbortController().signal,
    run: (_, args) => {
      if (args[0] === "--help") return Promise.resolve("");
      asked.push(args.at(-1)!);
      if (asked.length > 1) return Promise.resolve('{"blockdevices": []}');
      return Promise.reject(new CommandError("unknown column: MOUNTPOINTS"));
    },
  });

  strictEqual(asked.length, 2);
  ok(asked[0]?.includes("MOUNTPOINTS") && !asked[1]?.includes("MOUNTPOINTS"));
  deepStrictEqual(lsblk.parse(text).drives, []);
});

Deno.test({
  name: "lsblk parses every shared capture in JSON, and never makes a drive of zram or loop",
  ignore: !isThere(shared),
  fn() {
    let captures = 0;
    for (const folder of [...Deno.readDirSync(shared)].map(({ name }) => name)) {
      if (!folder.startsWith("lsblk")) continue;
      for (const { name } of Deno.readDirSync(new URL(`${folder}/`, shared))) {
        if (!name.endsWith(".json")) continue;
        const { drives, partitions } = lsblk.parse(
          Deno.readTextFileSync(new URL(`${folder}/${name}`, shared)),
        );
        captures++;
        ok(drives.length > 0, name);
        strictEqual(new Set(drives.map(({ id }) => id)).size, drives.length, name);
        strictEqual(new Set(partitions.map(({ id }) => id)).size, partitions.length, name);
        for (const one of [...drives, ...partitions]) ok(!/^(z?ram|loop)\d/.test(one.name), name);
        for (const { driveIds } of partitions) {
          ok(driveIds.length > 0, name);
          ok(driveIds.every((id) => drives.some((drive) => drive.id === id)), name);
        }
      }
    }
    ok(captures >= 6);
  },
});

function ids({ drives, partitions }: DriveReport): string[] {
  return [...drives, ...partitions].map(({ id }) => id).sort();
}

function parsed(name: string): DriveReport {
  return lsblk.parse(read(name));
}

function read(name: string): string {
  return Deno.readTextFileSync(new URL(name, fixtures));
}

function isThere(url: URL): boolean {
  try {
    return Deno.statSync(url).isDirectory;
  } catch {
    return false;
  }
}
