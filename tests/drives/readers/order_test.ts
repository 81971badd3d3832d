import { deepStrictEqual, ok } from "node:assert/strict";
import { pictureOf } from "../../../src/drives/readers/mod.ts";
import { hasShared, sharedText } from "../../helpers/shared_fixtures.ts";

/** Recordings of one machine each, below the folder of their system. */
const machines: [folder: string, ...paths: string[]][] = [
  [
    "linux",
    "lsblk/pairs-dgx-md-raid0-three-disks.txt",
    "udevadm/export-db-dgx-md-raid0.txt",
  ],
  ["linux", "lsblk/pairs-emmc-main-drive.txt", "udevadm/export-db-emmc.txt"],
  [
    "linux",
    "lvm/lvs-lvm-snapshot1.json",
    "lvm/pvs-lvm-snapshot1.json",
    "lvm/vgs-lvm-snapshot1.json",
    "host-capture/lvm-snapshot1.xml",
  ],
  ["linux", "lvm/lvs-lvm-cache+thin1.json", "host-capture/lvm-cache+thin1.xml"],
  [
    "linux",
    "lsblk/tree-utillinux-simple-nvme-basic.txt",
    "lsblk/tree-utillinux-simple-nvme-topo.txt",
    "lsblk/tree-utillinux-simple-nvme-vendor.txt",
    "lsblk-derived/json-allcols-utillinux-simple-nvme.json",
  ],
  [
    "macos/diskutil",
    "list-apfs-usb-mbr.plist",
    "info-disk0-intel-nvme.plist",
    "info-disk1-synthesized.plist",
    "info-disk2-usb-adapter.plist",
  ],
  [
    "macos/diskutil",
    "list-apfs-era.plist",
    "apfs-list-unencrypted.plist",
    "info-apfs-volume.plist",
  ],
  ["macos/mount", "df-10.14.txt", "mount-10.14.txt"],
  [
    "windows/wmic",
    "DiskDrive-utf16.csv",
    "DiskDriveToDiskPartition-unescaped-quotes.csv",
    "LogicalDiskToPartition.csv",
  ],
  [
    "windows/wmi-list",
    "win10-crypt-Win32_DiskDrive.txt",
    "win10-crypt-Win32_EncryptableVolume.txt",
    "win10-crypt-Win32_LogicalDisk.txt",
    "win10-crypt-Win32_Volume.txt",
  ],
];

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first, at) =>
    permutations(list.toSpliced(at, 1)).map((rest) => [first, ...rest])
  );
}

function isSameInEveryOrder(recordings: { text: string; name: string }[]): void {
  const expected = pictureOf(recordings);
  for (const order of permutations(recordings)) {
    deepStrictEqual(pictureOf(order), expected, order.map(({ name }) => name).join(", "));
  }
}

Deno.test({
  name: "recordings of one machine give the same picture in every order",
  ignore: !hasShared,
  fn() {
    for (const [folder, ...paths] of machines) {
      isSameInEveryOrder(
        paths.map((name) => ({ name, text: sharedText(`${folder}/${name}`) })),
      );
    }
    ok(machines.length >= 10);
  },
});

Deno.test("two answers of one tool that contradict each other are taken in one order", () => {
  const answer = (size: number) =>
    JSON.stringify({ blockdevices: [{ name: "sda", type: "disk", size, model: `M${size}` }] });
  isSameInEveryOrder([
    { name: "before.json", text: answer(1000) },
    { name: "after.json", text: answer(2000) },
    { name: "mounts", text: "/dev/sda / ext4 rw 0 0\n" },
    {
      name: "df.txt",
      text: "Filesystem 1K-blocks Used Available Use% Mounted on\n" +
        "/dev/sda 10 4 6 40% /\n",
    },
  ]);
});

Deno.test("a partition stands on the disk that it names, though a list of disks lacks that", () => {
  const listed =
    "DeviceID=\\\\.\\PHYSICALDRIVE2\r\nIndex=2\r\nInterfaceType=USB\r\nModel=Stick\r\n";
  const linked =
    "Node,Antecedent,Dependent\r\nPC,\\\\PC\\root\\cimv2:Win32_DiskPartition.DeviceID=" +
    '"Disk #0, Partition #1",\\\\PC\\root\\cimv2:Win32_LogicalDisk.DeviceID="C:"\r\n';
  const { drives, volumes } = pictureOf([{ text: listed }, { text: linked }]);
  deepStrictEqual(drives.map(({ name, kind }) => [name, kind]), [
    ["PhysicalDrive0", "unknown"],
    ["PhysicalDrive2", "usb"],
  ]);
  deepStrictEqual(volumes.map(({ name, driveIds }) => [name, driveIds]), [
    ["C:", [drives[0]!.id]],
  ]);
});
