/**
 * A whole machine as `drives --record` has kept it: the virtual one with disks of every kind, with
 * the stacks of tests/vm/stacks.sh. What is expected stands there, and in tests/rigs/vm/disks.ts.
 *
 * @module
 */
import { deepStrictEqual } from "node:assert/strict";
import { pictureOf, recordingsIn } from "../../../../src/drives/mod.ts";

const record = await Deno.readTextFile("tests/fixtures/records/real_disks.json");
const { drives, partitions, volumes, graph } = pictureOf(recordingsIn(record));
const serialsOf = (ids: string[]) =>
  ids.map((id) => drives.find((drive) => drive.id === id)?.serial ?? id).sort();

Deno.test("of a recorded machine with real disks every drive is told, with its kind", () => {
  deepStrictEqual(Object.fromEntries(drives.map(({ serial, kind }) => [serial, kind])), {
    VBLK0001: "virtual",
    NVME0001: "nvme",
    HDD0001: "hdd",
    SSD0001: "ssd",
    NAS0001: "hdd",
    ONE0001: "hdd",
    TWO0001: "hdd",
    MAP0001: "hdd",
    SATA0001: "hdd",
    SATA0002: "ssd",
    QM00017: "optical",
    USB0001: "usb",
    "0xdeadbeef": "sd",
  });
});

Deno.test("of a recorded machine with real disks every volume is on its disks", () => {
  const told = volumes.map((volume) => [
    volume.mountPoints.toSorted().join(" "),
    volume.fileSystem,
    ...serialsOf(volume.driveIds),
  ]);

  deepStrictEqual(told.sort(), [
    ["/mnt/bind /mnt/media", "ext4", "SATA0001", "SATA0002"],
    ["/mnt/cached", "xfs", "SSD0001", "VBLK0001"],
    ["/mnt/mapped", "ext4", "MAP0001"],
    ["/mnt/pulled", "ext4", "HDD0001"],
    ["/mnt/served", "ext4", "NAS0001"],
    ["/mnt/two", "btrfs", "ONE0001", "TWO0001"],
  ]);
  deepStrictEqual(partitions.map(({ driveIds }) => serialsOf(driveIds)), [["HDD0001"], [
    "HDD0001",
  ]]);
});

Deno.test("of a recorded machine with real disks every layer is told", () => {
  const names = new Map(
    graph.nodes.map(({ id, name, type }) => [id, type === "volume" ? "" : name]),
  );
  const told = graph.edges.map(({ from, to, role }) =>
    [names.get(from) || "a volume", "on", names.get(to), ...role ? [`as ${role}`] : []].join(" ")
  );
  const disk = (serial: string) => drives.find((drive) => drive.serial === serial)!.name;

  deepStrictEqual(
    told.filter((line) => !line.startsWith("a volume")).sort(),
    [
      `bcache0 on ${disk("SSD0001")} as cache`,
      `bcache0 on ${disk("VBLK0001")}`,
      "crypt0 on md0",
      `mapped on ${disk("MAP0001")}`,
      `md0 on ${disk("SATA0001")}`,
      `md0 on ${disk("SATA0002")}`,
      `${disk("HDD0001")}1 on ${disk("HDD0001")}`,
      `${disk("HDD0001")}2 on ${disk("HDD0001")}`,
      "vg0-media on crypt0",
    ].sort(),
  );
});

Deno.test("a btrfs that udev has not looked at is on the disks that the kernel tells", () => {
  const uuid = volumes.find(({ fileSystem }) => fileSystem === "btrfs")!.uuid!;
  const without = recordingsIn(record).map(({ text }) => {
    const it = JSON.parse(text.startsWith("{") ? text : "{}");
    if (it.identities) {
      return { text: JSON.stringify({ ...it, btrfs: { [uuid]: ["sdd", "sde"] } }) };
    }
    for (const disk of it.blockdevices ?? []) {
      if (disk.fstype === "btrfs") Object.assign(disk, { fstype: null, uuid: null });
    }
    return { text: it.blockdevices ? JSON.stringify(it) : text };
  });

  const picture = pictureOf(without);

  const onDisks = (report: typeof picture) =>
    report.volumes.find(({ mountPoints }) => mountPoints.includes("/mnt/two"));
  deepStrictEqual(onDisks(picture)?.driveIds, onDisks(pictureOf(recordingsIn(record)))!.driveIds);
  deepStrictEqual(picture.volumes.length, volumes.length);
});
