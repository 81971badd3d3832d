import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Finding } from "../../../src/drives/graph/block.ts";
import { byName, diskNameOf, mentionOf } from "../../../src/drives/graph/block.ts";
import { describe } from "../../../src/drives/graph/topology.ts";
import { toPicture } from "../readers/linux/picture.ts";

function picture(...tools: Finding[][]) {
  return toPicture(describe(tools.map((devices) => ({ devices }))));
}

const sda: Finding = { name: "sda", type: "disk", sizeBytes: 100, serial: "S1" };

Deno.test("a partition's name tells its disk, whatever the name of the disk ends in", () => {
  const cases = [
    ["sda1", "sda"],
    ["sdaa1", "sdaa"],
    ["sdag12", "sdag"],
    ["vda1", "vda"],
    ["nvme0n1p2", "nvme0n1"],
    ["nvme10n2p3", "nvme10n2"],
    ["mmcblk0p1", "mmcblk0"],
    ["md126p3", "md126"],
    ["nbd0p1", "nbd0"],
    ["bcache0p1", "bcache0"],
    ["cciss/c0d0p1", "cciss/c0d0"],
    ["dasda1", "dasda"],
  ] as const;
  for (const [name, disk] of cases) strictEqual(diskNameOf(name), disk);
  for (const name of ["sda", "sdag", "nvme0n1", "mmcblk0", "xvdb", "dasda"]) {
    deepStrictEqual(mentionOf(name).map((one) => [one.name, one.type]), [[name, "disk"]]);
  }
  deepStrictEqual(mentionOf("sdaa1").map(({ name, type }) => [name, type]), [
    ["sdaa", "disk"],
    ["sdaa1", "part"],
  ]);
  deepStrictEqual(mentionOf("mapper-thing"), []);
});

Deno.test("byName() puts sdaa after sdz, nvme10 after nvme2", () => {
  const names = ["sdaa", "nvme10n1", "sdb", "sda2", "sda10", "nvme2n1", "sdz", "sda"];
  deepStrictEqual(names.sort(byName), [
    "nvme2n1",
    "nvme10n1",
    "sda",
    "sda2",
    "sda10",
    "sdb",
    "sdz",
    "sdaa",
  ]);
});

Deno.test("the first word on a fact counts, lists are joined, and another name is no other device", () => {
  const { drives, report } = picture(
    [{ ...sda, model: "One" }, { name: "vg-a", mapperName: "vg-a", type: "lvm", parents: ["sda"] }],
    [
      { name: "sda", model: "Two", vendor: "V" },
      { name: "dm-0", mapperName: "vg-a", fileSystem: "ext4", mountPoints: ["/f"] },
    ],
  );

  deepStrictEqual(drives, ["sda unknown 100 One / S1"]);
  strictEqual(report.drives[0]?.vendor, "V");
  strictEqual(report.volumes.length, 1);
  deepStrictEqual(report.volumes[0]?.devices, ["vg-a", "dm-0"]);
});

Deno.test("a link that two devices share makes one of neither, and leads to the first", () => {
  const links = ["disk/by-id/wwn-0x5"];
  const { drives, edges } = picture([
    { name: "sda", type: "disk", serial: "A", links },
    { name: "sdb", type: "disk", serial: "B", links },
    { name: "zpool:t", type: "zpool", parents: ["/dev/disk/by-id/wwn-0x5"] },
  ]);

  strictEqual(drives.length, 2);
  deepStrictEqual(edges, ["zpool:t > sda"]);
});

Deno.test("names in other tools' lines are drives only where nobody lists the disks", () => {
  const array: Finding = { name: "md0", type: "raid1", parents: ["sda1", "sdz1"] };

  deepStrictEqual(picture([array]).drives, ["sda unknown 0 - / -", "sdz unknown 0 - / -"]);
  const part: Finding = { name: "sda1", type: "part", parents: ["sda"] };
  const known = picture([sda, part], [array]);
  deepStrictEqual(known.drives, ["sda unknown 100 - / S1"]);
  deepStrictEqual(known.edges, ["md0 > sda1"]);
});

Deno.test("what may lie beneath counts only where no tool says what does", () => {
  const disks: Finding[] = [sda, { name: "sdb", type: "disk", serial: "S2" }];
  const volume: Finding = { name: "vg-a", type: "lvm", anyOf: ["sda", "sdb"], fileSystem: "xfs" };

  deepStrictEqual(picture(disks, [volume]).volumes, ["vg-a xfs on sda,sdb"]);
  deepStrictEqual(picture(disks, [{ ...volume, parents: ["sdb"] }]).volumes, ["vg-a xfs on sdb"]);
});

Deno.test("a parent that another parent stands on is no parent, unless it has a role", () => {
  const part: Finding = { name: "sda1", type: "part", parents: ["sda"] };
  const { edges } = picture([
    sda,
    part,
    { name: "crypt", type: "crypt", parents: ["sda1", "sda"] },
    { name: "bcache0", type: "bcache", parents: ["crypt", "sda1"], roles: { sda1: "cache" } },
  ]);

  deepStrictEqual(edges, ["bcache0 > crypt", "bcache0 > sda1 (cache)", "crypt > sda1"]);
});

Deno.test("a spare holds nothing; a cache and a log are read", () => {
  const names = ["sda", "sdb", "sdc", "sdd"];
  const { volumes } = picture([
    ...names.map((name): Finding => ({ name, type: "disk", serial: name })),
    {
      name: "zpool:t",
      type: "zpool",
      label: "t",
      fileSystem: "zfs",
      parents: names,
      roles: { sdb: "cache", sdc: "log", sdd: "spare" },
    },
  ]);

  deepStrictEqual(volumes, ['t zfs "t" on sda,sdb,sdc']);
});

Deno.test("a snapshot is a volume of its own, with an id of its own, and its origin keeps its id", () => {
  const volume = (name: string, more: Partial<Finding> = {}): Finding => ({
    name,
    type: "lvm",
    fileSystem: "ext4",
    uuid: "cd4e7960-9887-4269-a8df-6438f8d9c7d7",
    parents: ["sda"],
    ...more,
  });
  const alone = picture([sda, volume("vg-films")]);
  const both = picture([
    sda,
    volume("vg-films", { parents: ["vg-films-real"] }),
    volume("vg-films-real"),
    volume("vg-snap", { parents: ["vg-films-real", "vg-snap-cow"] }),
    volume("vg-snap-cow", { fileSystem: "DM_snapshot_cow" }),
  ]);

  deepStrictEqual(both.volumes, ["vg-films ext4 on sda", "vg-snap ext4 on sda"]);
  strictEqual(both.report.volumes[0]?.id, alone.report.volumes[0]?.id);
  notStrictEqual(both.report.volumes[1]?.id, alone.report.volumes[0]?.id);
});

Deno.test("one file system seen by two paths is one volume, on one drive", () => {
  const path = (name: string): Finding[] => [
    { name, type: "disk", serial: "L", wwn: "0x6" },
    { name: `${name}1`, type: "part", parents: [name], fileSystem: "xfs", uuid: "u-1" },
  ];
  const { drives, volumes, partitions } = picture([
    ...path("sda"),
    ...path("sdb"),
    { name: "dm-0", mapperName: "mpatha", type: "mpath", parents: ["sda", "sdb"] },
    {
      name: "dm-1",
      mapperName: "mpatha1",
      type: "part",
      parents: ["dm-0"],
      fileSystem: "xfs",
      uuid: "u-1",
    },
  ]);

  strictEqual(drives.length, 1);
  deepStrictEqual(partitions, ["mpatha1 on sda"]);
  deepStrictEqual(volumes, ["mpatha1 xfs on sda"]);
});

Deno.test("the kind: what a drive says of itself, and never more", () => {
  const cases: [Partial<Finding> & { name: string }, kind: string][] = [
    [{ name: "sda", rotational: true }, "hdd"],
    [{ name: "sda", rotational: false }, "ssd"],
    [{ name: "sda" }, "unknown"],
    [{ name: "sda", rotationRpm: 5400 }, "hdd"],
    [{ name: "sda", model: "Samsung SSD 870 EVO" }, "ssd"],
    // A USB stick says that it rotates; a disk on USB is as slow as USB.
    [{ name: "sda", transport: "usb", rotational: true }, "usb"],
    // A hypervisor sets the flag to anything.
    [{ name: "sda", model: "QEMU HARDDISK", rotational: true }, "virtual"],
    [{ name: "sda", vendor: "VMware", model: "Virtual disk", rotational: false }, "virtual"],
    [{ name: "vda", rotational: true }, "virtual"],
    [{ name: "xvda" }, "virtual"],
    [{ name: "nvme0n1", rotational: false }, "nvme"],
    [{ name: "mmcblk0", rotational: false }, "sd"],
    [{ name: "sr0", type: "rom", rotational: true }, "optical"],
    [{ name: "sda", transport: "iscsi", rotational: true }, "network"],
    [{ name: "sda", transport: "fc" }, "network"],
    [{ name: "nbd0" }, "network"],
    [{ name: "dasda", rotational: false }, "virtual"],
  ];
  for (const [facts, kind] of cases) {
    const { report } = picture([{ type: "disk", sizeBytes: 10, ...facts }]);
    strictEqual(report.drives[0]?.kind, kind, JSON.stringify(facts));
    ok(report.drives[0]?.evidence.length! > 10);
  }
});

Deno.test("memory, loops, empty slots, idle floppies and boot flash are no drives", () => {
  const { drives, volumes } = picture([
    sda,
    { name: "zram0", type: "disk", sizeBytes: 10 },
    { name: "ram0", type: "disk", sizeBytes: 10 },
    { name: "loop0", type: "loop", sizeBytes: 10, fileSystem: "squashfs", mountPoints: ["/snap"] },
    { name: "sdb", type: "disk", sizeBytes: 0 },
    { name: "fd0", type: "disk", sizeBytes: 4096 },
    { name: "mtdblock0", type: "disk", sizeBytes: 4096 },
    { name: "mtdblock5", type: "disk", sizeBytes: 4096, fileSystem: "jffs2", mountPoints: ["/o"] },
    { name: "sr0", type: "rom", sizeBytes: 0 },
  ]);

  deepStrictEqual(drives.map((line) => line.split(" ")[0]), ["mtdblock5", "sda", "sr0"]);
  deepStrictEqual(volumes, ["mtdblock5 jffs2 on mtdblock5 at /o"]);
});

Deno.test("twins of one model are told apart by serials, even if these are one digit long", () => {
  const twin = (name: string, serial?: string): Finding => ({
    name,
    type: "disk",
    model: "QEMU HARDDISK",
    sizeBytes: 5,
    serial,
    address: `0:0:0:${name}`,
  });
  const ids = (list: Finding[]) => picture(list).report.drives.map(({ id }) => id);
  const [first, second] = ids([twin("sda", "1"), twin("sdb", "2")]);

  notStrictEqual(first, second);
  // Plugged in the other way round, they are the same two.
  deepStrictEqual(ids([twin("sda", "2"), twin("sdb", "1")]), [second, first]);
  strictEqual(new Set(ids([twin("sda"), twin("sdb")])).size, 2);
});

Deno.test("a volume of ZFS is no drive beside the disks of its pool", () => {
  const member = (name: string, label: string): Finding => ({
    name,
    type: "disk",
    serial: name,
    fileSystem: "zfs_member",
    label,
    uuid: label,
  });
  const zvol: Finding[] = [
    { name: "zd0", type: "disk", sizeBytes: 10 },
    { name: "zd0p1", type: "part", parents: ["zd0"], fileSystem: "ext4", uuid: "u" },
  ];
  const one = picture([member("sda", "tank"), member("sdb", "tank"), ...zvol]);
  strictEqual(one.drives.length, 2);
  deepStrictEqual(one.volumes.filter((line) => line.startsWith("zd")), ["zd0p1 ext4 on sda,sdb"]);

  const two = picture([member("sda", "tank"), member("sdb", "pond"), ...zvol]);
  strictEqual(two.drives.length, 2);
  deepStrictEqual(two.volumes.filter((line) => line.startsWith("zd")), ["zd0p1 ext4 on "]);
});
