import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { hasShared } from "../../../../helpers/shared_fixtures.ts";
import { drives, edges, partitions, shown, told, toPlist, volumes } from "../views.ts";

const ignore = !hasShared;

const nvmeMac = [
  "EFI",
  "macOS – data",
  "Preboot",
  "Recovery",
  "VM",
  "macOS",
  "Update",
];

Deno.test({
  name: "an APFS Mac with a stick: one container on one partition, and a stick without partitions",
  ignore,
  fn() {
    const report = shown("diskutil/list-apfs-usb-stick.plist");

    deepStrictEqual(drives(report), ["disk0 unknown 512110190592", "disk2 unknown 15682240512"]);
    deepStrictEqual(partitions(report), [
      "disk0s1 on disk0 209715200",
      "disk0s2 on disk0 511900434432",
    ]);
    deepStrictEqual(volumes(report), [
      "disk0s1 on disk0 msdos 'EFI'",
      "disk1s1 on disk0 apfs 'macOS – data' /System/Volumes/Data",
      "disk1s2 on disk0 apfs 'Preboot' /System/Volumes/Preboot",
      "disk1s3 on disk0 apfs 'Recovery'",
      "disk1s4 on disk0 apfs 'VM' /System/Volumes/VM",
      "disk1s5 on disk0 apfs 'macOS' /",
      "disk1s6 on disk0 apfs 'Update' /System/Volumes/Update",
      "disk2 on disk2 ? 'NO NAME' /Volumes/NO NAME",
    ]);
    deepStrictEqual(report.volumes.map(({ label }) => label), [...nvmeMac, "NO NAME"]);
    deepStrictEqual(edges(report), [
      "disk0s1 → disk0",
      "disk0s2 → disk0",
      "disk1 (apfs container) → disk0s2",
      ...["1", "2", "3", "4", "5", "6"].map((n) => `disk1s${n} (apfs volume) → disk1`),
    ]);
  },
});

Deno.test({
  name: "the mounted snapshot of the system is its volume, under both names",
  ignore,
  fn() {
    const report = shown("diskutil/list-apfs-usb-stick.plist");

    const system = report.volumes.find(({ mountPoints }) => mountPoints.includes("/"));

    deepStrictEqual(system?.devices, ["disk1s5", "disk1s5s1"]);
    strictEqual(system?.uuid, "448C3194-12B4-443F-922F-B74C42ECC2BF");
    strictEqual(report.volumes.filter(({ label }) => label === "macOS").length, 1);
  },
});

Deno.test({
  name: "volumes of one container do not show its size each (systeminformation #430)",
  ignore,
  fn() {
    const report = shown(
      "diskutil/list-apfs-era.plist",
      "diskutil/apfs-list-filevault.plist",
      "diskutil/info-apfs-volume.plist",
    );
    const inContainer = report.volumes.filter(({ fileSystem }) => fileSystem === "apfs");

    deepStrictEqual(
      inContainer.map(({ name, sizeBytes, totalBytes, freeBytes }) => [
        name,
        sizeBytes,
        totalBytes,
        freeBytes,
      ]),
      [
        ["disk1s1", 97727180800, 97727180800 + 150363664384, 150363664384],
        ["disk1s2", 28352512, 28352512 + 150363664384, 150363664384],
        ["disk1s3", 506654720, 506654720 + 150363664384, 150363664384],
        ["disk1s4", 1370951680, 1370951680 + 150363664384, 150363664384],
      ],
    );
    const sum = inContainer.reduce((all, { sizeBytes }) => all + sizeBytes, 0);
    ok(sum + 150363664384 <= 250135076864, "what is used and what is free fit into the container");
    deepStrictEqual(drives(report), ["disk0 unknown 251000193024"]);
    strictEqual(report.volumes.find(({ name }) => name === "disk1s1")?.mountPoints.join(), "/");
  },
});

Deno.test({
  name: "macOS 10.13 does not tell what a container stands on: the partition of its size",
  ignore,
  fn() {
    const report = shown("diskutil/list-apfs-era.plist");

    deepStrictEqual(drives(report), ["disk0 unknown 251000193024"]);
    deepStrictEqual(partitions(report), [
      "disk0s1 on disk0 209715200",
      "disk0s2 on disk0 250135076864",
      "disk0s3 on disk0 655360000",
    ]);
    deepStrictEqual(volumes(report), [
      "disk0s1 on disk0 msdos 'EFI'",
      "disk1s1 on disk0 apfs 'Macintosh HD' /",
      "disk1s2 on disk0 apfs 'Preboot'",
      "disk1s3 on disk0 apfs 'Recovery'",
      "disk1s4 on disk0 apfs 'VM' /private/var/vm",
    ]);
    ok(edges(report).includes("disk1 (apfs container) → disk0s2"));
  },
});

Deno.test("where two partitions could be beneath a container, none is named", () => {
  const disk = (name: string) => ({
    DeviceIdentifier: name,
    Content: "GUID_partition_scheme",
    Size: 1000,
    Partitions: [{ DeviceIdentifier: `${name}s1`, Content: "Apple_APFS", Size: 900 }],
  });
  const container = {
    DeviceIdentifier: "disk2",
    Size: 900,
    APFSVolumes: [{ DeviceIdentifier: "disk2s1", VolumeName: "A", MountPoint: "/Volumes/A" }],
  };

  const report = told(
    toPlist({ AllDisksAndPartitions: [disk("disk0"), disk("disk1"), container] }),
  );

  deepStrictEqual(volumes(report), ["disk2s1 on disk2 apfs 'A' /Volumes/A"]);
  const unknown = report.drives.find(({ name }) => name === "disk2");
  match(unknown!.evidence, /the disk beneath disk2 \(apfs container\) is not visible/);
});

Deno.test({
  name: "disks with a partition table of a PC are read, from the whole list or of external disks",
  ignore,
  fn() {
    const all = shown("diskutil/list-apfs-usb-mbr.plist");
    const external = shown("diskutil/list-external-usb-mbr.plist");

    deepStrictEqual(drives(all), ["disk0 unknown 512110190592", "disk2 unknown 128035676160"]);
    deepStrictEqual(drives(external), ["disk2 unknown 128035676160"]);
    for (const report of [all, external]) {
      strictEqual(partitions(report).at(-1), "disk2s1 on disk2 12623921664");
      strictEqual(volumes(report).at(-1), "disk2s1 on disk2 msdos 'PC' /Volumes/PC");
      strictEqual(report.volumes.at(-1)?.uuid, "FEC77A02-D655-3A85-AD87-07E108AB01B3");
    }
    deepStrictEqual(external.drives[0]?.id, all.drives[1]?.id);
  },
});

Deno.test({
  name: "a synthesized disk is no drive, though it carries the model of one (systeminformation)",
  ignore,
  fn() {
    const alone = shown("diskutil/info-disk1-synthesized.plist");
    const both = shown(
      "diskutil/info-disk1-synthesized.plist",
      "diskutil/info-disk0-intel-nvme.plist",
    );

    deepStrictEqual(drives(alone), ["disk0 unknown 0"]);
    deepStrictEqual(drives(both), ["disk0 nvme 512110190592 INTEL SSDPEKNW512G8"]);
    for (const report of [alone, both]) {
      deepStrictEqual(edges(report), ["disk0s2 → disk0", "disk1 (apfs container) → disk0s2"]);
    }
  },
});

Deno.test({
  name: "one machine by all its tools, in any order, is one picture",
  ignore,
  fn() {
    const paths = [
      "diskutil/list-apfs-usb-mbr.plist",
      "diskutil/info-disk0-intel-nvme.plist",
      "diskutil/info-disk1-synthesized.plist",
      "diskutil/info-disk2-usb-adapter.plist",
    ];

    const report = shown(...paths);

    deepStrictEqual(drives(report), [
      "disk0 nvme 512110190592 INTEL SSDPEKNW512G8",
      "disk2 usb 128035676160 SAMSUNG: SSD PM830 mSATA",
    ]);
    deepStrictEqual(report.drives.map(({ removable }) => removable), [false, true]);
    strictEqual(report.volumes.length, 8);
    strictEqual(
      volumes(report).find((line) => line.endsWith(" /")),
      "disk1s5 on disk0 apfs 'macOS' /",
    );
    deepStrictEqual(shown(...paths.toReversed()), report);
  },
});

Deno.test({
  name: "a disk without a serial number keeps its id under another name",
  ignore,
  fn() {
    const list = shown("diskutil/list-apfs-usb-stick.plist");
    const { id, evidence } = list.drives[0]!;
    const renamed = told(toPlist({
      AllDisksAndPartitions: [{
        Content: "GUID_partition_scheme",
        DeviceIdentifier: "disk7",
        Size: 512110190592,
        Partitions: [{
          Content: "EFI",
          DeviceIdentifier: "disk7s1",
          DiskUUID: "62C7B982-3A3B-4A64-82E9-3674F6A6F39B",
        }],
      }],
    }));

    strictEqual(renamed.drives[0]?.id, id);
    match(evidence, /its partition table, model and size, for it tells no serial/);
  },
});

Deno.test({
  name: "one FAT volume on two disks with the UUID of its kind is two volumes",
  ignore,
  fn() {
    const uuid = "0E239BC6-F960-3107-89CF-1C97F78BB46B"; // on four of the recorded machines
    const report = told(toPlist({
      AllDisksAndPartitions: ["disk0", "disk2"].map((disk) => ({
        DeviceIdentifier: disk,
        Size: 1000,
        Partitions: [{
          Content: "EFI",
          DeviceIdentifier: `${disk}s1`,
          DiskUUID: `11111111-1111-4111-8111-00000000000${disk.at(-1)}`,
          VolumeUUID: uuid,
        }],
      })),
    }));

    const [one, other] = report.volumes;
    ok(one && other && one.id !== other.id);
    const ofAnother = shown("diskutil/list-apfs-era.plist").volumes[0];
    strictEqual(ofAnother?.uuid, uuid);
    ok(![one.id, other.id].includes(ofAnother.id));
  },
});

Deno.test({
  name: "a disk in a USB case is a USB drive, with the vendor that the registry tells",
  ignore,
  fn() {
    const report = shown("diskutil/info-disk2-usb-adapter.plist");

    deepStrictEqual(drives(report), ["disk2 usb 128035676160 SAMSUNG: SSD PM830 mSATA"]);
    match(report.drives[0]!.evidence, /its bus is usb/);
  },
});

Deno.test("a USB drive that is said to be solid state is one in evidence, and USB in kind", () => {
  const report = told(toPlist({
    DeviceIdentifier: "disk2",
    DeviceNode: "/dev/disk2",
    BusProtocol: "USB",
    MediaName: "Extreme SSD",
    Size: 1000204140544,
    SolidState: true,
    VirtualOrPhysical: "Physical",
    WholeDisk: true,
  }));

  strictEqual(report.drives[0]?.kind, "usb");
  match(report.drives[0]!.evidence, /its bus is usb, and it says that it does not rotate/);
});

Deno.test("two equal drives are kept apart", () => {
  const disk = (name: string) =>
    toPlist({
      DeviceIdentifier: name,
      DeviceNode: `/dev/${name}`,
      DeviceTreePath: "IODeviceTree:/PCI0@0/XHC1@14",
      BusProtocol: "USB",
      MediaName: "My Book",
      Size: 4000787030016,
      WholeDisk: true,
    });

  const report = told(disk("disk2"), disk("disk3"));

  strictEqual(new Set(report.drives.map(({ id }) => id)).size, 2);
  match(report.drives[0]!.evidence, /disk2, disk3 claim the same identity/);
});

Deno.test("an attached image is no drive, and what is in it no volume of one", () => {
  const report = told(
    toPlist({
      DeviceIdentifier: "disk4",
      DeviceNode: "/dev/disk4",
      BusProtocol: "Disk Image",
      MediaName: "Disk Image",
      VirtualOrPhysical: "Virtual",
      Size: 1000,
      WholeDisk: true,
    }),
    toPlist({
      AllDisksAndPartitions: [{
        DeviceIdentifier: "disk4",
        Size: 1000,
        Partitions: [{
          DeviceIdentifier: "disk4s1",
          Content: "Apple_HFS",
          MountPoint: "/Volumes/Installer",
        }],
      }],
    }),
  );

  deepStrictEqual([report.drives, report.volumes, report.partitions], [[], [], []]);
});

Deno.test({
  name: "an APFS volume alone stands on one disk that nobody shows",
  ignore,
  fn() {
    const report = shown("diskutil/info-apfs-volume.plist");

    deepStrictEqual(volumes(report), ["disk1s1 on disk1 apfs 'Macintosh HD' /"]);
    deepStrictEqual(drives(report), ["disk1 unknown 0"]);
    match(report.drives[0]!.evidence, /is not visible/);
    strictEqual(report.volumes[0]?.sizeBytes, 0, "its container's size is not its own");
  },
});

Deno.test({
  name: "`diskutil apfs list` alone names container, partition and disk",
  ignore,
  fn() {
    for (const path of ["apfs-list-filevault", "apfs-list-unencrypted"]) {
      const report = shown(`diskutil/${path}.plist`);

      deepStrictEqual(partitions(report), ["disk0s2 on disk0 250135076864"]);
      deepStrictEqual(report.partitions[0]?.uuid, "9B69F847-83D6-4CB5-A96E-A61B699B1269");
      deepStrictEqual(volumes(report), [
        "disk1s1 on disk0 apfs 'Macintosh HD'",
        "disk1s2 on disk0 apfs 'Preboot'",
        "disk1s3 on disk0 apfs 'Recovery'",
        "disk1s4 on disk0 apfs 'VM'",
      ]);
      ok(edges(report).includes("disk1 (apfs container) → disk0s2"));
    }
  },
});

Deno.test("a quota limits what is left of a volume", () => {
  const volume = (n: number, quota: number) => ({
    DeviceIdentifier: `disk3s${n}`,
    Name: `V${n}`,
    CapacityInUse: 300,
    CapacityQuota: quota,
  });

  const report = told(toPlist({
    Containers: [{
      ContainerReference: "disk3",
      CapacityCeiling: 10000,
      CapacityFree: 5000,
      PhysicalStores: [{ DeviceIdentifier: "disk0s2", Size: 10000 }],
      Volumes: [volume(1, 0), volume(2, 1000), volume(3, 200)],
    }],
  }));

  deepStrictEqual(report.volumes.map(({ totalBytes, freeBytes }) => [totalBytes, freeBytes]), [
    [5300, 5000],
    [1000, 700],
    [300, 0],
  ]);
});

Deno.test("a Fusion container stands on both of its disks", () => {
  const report = told(toPlist({
    Containers: [{
      ContainerReference: "disk2",
      Fusion: true,
      PhysicalStores: [{ DeviceIdentifier: "disk0s2" }, { DeviceIdentifier: "disk1s2" }],
      Volumes: [{ DeviceIdentifier: "disk2s1", Name: "Macintosh HD", CapacityInUse: 1 }],
    }],
  }));

  deepStrictEqual(volumes(report), ["disk2s1 on disk0+disk1 apfs 'Macintosh HD'"]);
  deepStrictEqual(edges(report), [
    "disk0s2 → disk0",
    "disk1s2 → disk1",
    "disk2 (fusion) → disk0s2",
    "disk2 (fusion) → disk1s2",
    "disk2s1 (apfs volume) → disk2",
  ]);
});
