import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { hasShared } from "../../../helpers/shared_fixtures.ts";
import { shared, told } from "./picture.ts";

const ignore = !hasShared;

Deno.test({
  name: "udevadm: three SSDs beneath md0, and a system disk of the same model",
  ignore,
  fn() {
    const { drives, volumes, edges, report } = shared("udevadm/export-db-dgx-md-raid0.txt");

    deepStrictEqual(drives, [
      "sda ssd 0 SAMSUNG MZ7LM1T9HMJP-00005 / S2TVNX0J501748",
      "sdb ssd 0 SAMSUNG MZ7LM1T9HMJP-00005 / S2TVNX0J501751",
      "sdc ssd 0 SAMSUNG MZ7LM1T9HMJP-00005 / S2TVNX0J501750",
      "sdd ssd 0 SAMSUNG MZ7LM1T9HMJP-00005 / S2TVNX0J501747",
    ]);
    deepStrictEqual(volumes, [
      "md0 ext4 on sdb,sdc,sdd",
      "sda1 vfat on sda",
      "sda2 ext4 on sda",
    ]);
    deepStrictEqual(edges, ["md0 > sdb", "md0 > sdc", "md0 > sdd"]);
    strictEqual(report.drives[1]?.wwn, "0x5002538c405e883e");
    // 3749748736 sectors of 512 bytes.
    strictEqual(report.partitions.find(({ name }) => name === "sda2")?.sizeBytes, 1919871352832);
  },
});

Deno.test({
  name: "udevadm: an opened LUKS container stands on the partition whose UUID it bears",
  ignore,
  fn() {
    const { drives, volumes, edges } = shared("udevadm/export-db-desktop-usb-disk.txt");

    deepStrictEqual(drives, [
      "sda ssd 0 CT500MX500SSD1 / 1825E144B4BB",
      "sdb usb 0 STORAGE DEVICE / 000000000208",
      "sdc usb 0 - / General_-0:0",
    ]);
    deepStrictEqual(edges, ["writable > sda3"]);
    ok(volumes.includes('writable ext4 "writable" on sda'));
    ok(volumes.includes('sdc1 vfat "STORAGE" on sdc'));
  },
});

Deno.test({
  name: "udevadm: NVMe, an eMMC, a virtio disk, a RAID volume; an empty reader is no drive",
  ignore,
  fn() {
    const reader = shared("udevadm/export-db-card-reader-nvme.txt");
    deepStrictEqual(reader.drives, [
      "nvme0n1 nvme 0 - / -",
      "sda hdd 0 ST500LM021-1KJ152 / W626H0GD",
    ]);
    strictEqual(reader.report.drives[1]?.rotationRpm, 7200);
    ok(reader.volumes.includes('nvme0n1p2 vfat "OS" on nvme0n1'));

    const emmc = shared("udevadm/export-db-emmc.txt");
    deepStrictEqual(emmc.drives, ["mmcblk0 sd 0 - / 0xb7223e1a"]);
    strictEqual(emmc.report.drives[0]?.removable, false);
    deepStrictEqual(emmc.volumes, [
      "mmcblk0p1 vfat on mmcblk0",
      'mmcblk0p2 vfat "OS" on mmcblk0',
      "mmcblk0p3 ext4 on mmcblk0",
    ]);

    const laptop = shared("udevadm/export-db-laptop-nvme.txt");
    deepStrictEqual(laptop.drives, ["nvme0n1 nvme 0 - / -"]);
    ok(laptop.volumes.includes('nvme0n1p3 ext4 "UBUNTU" on nvme0n1'));

    const guest = shared("udevadm/export-db-qemu-virtio.txt");
    deepStrictEqual(guest.drives, ["vda virtual 0 - / -"]);
    deepStrictEqual(guest.volumes, ['vda1 ext4 "DOROOT" on vda']);

    const server = shared("udevadm/export-db-server-perc-nvme.txt");
    deepStrictEqual(server.drives.map((line) => line.split(" / ")[0]), [
      "nvme0n1 nvme 0 -",
      "nvme1n1 nvme 0 -",
      "sda unknown 0 PERC H710",
      "sr0 optical 0 PLDS DVD+/-RW DS-8A8SH",
    ]);
    strictEqual(server.volumes.length, 6);
  },
});

Deno.test({
  name: "udevadm: single records, as properties, as a file of its database, or with quotes",
  ignore,
  fn() {
    const file = shared("udevadm/info-ssd.txt");
    deepStrictEqual(file.drives, ["sda ssd 0 SAMSUNG SSD PM800 TM 128GB / DFW1W11002SE002B3117"]);

    // Only a partition was asked for: its record repeats what its disk said of itself.
    const quoted = shared("udevadm/info-usb-sandisk-cruzer.txt");
    deepStrictEqual(quoted.drives, ["sdc usb 0 Cruzer Fit / 4C530000140118216265"]);
    deepStrictEqual(quoted.volumes, ['sdc1 iso9660 "Ubuntu-Server 20.04 LTS amd64" on sdc']);

    const stick = shared("udevadm/excerpt-usb-stick-rpi.txt");
    deepStrictEqual(stick.drives, ["sda usb 0 TransMemory / 0022CFF6BD70C670E32160AA"]);
    deepStrictEqual(stick.volumes, ['sda1 vfat "KIOXIA" on sda']);

    const disc = shared("udevadm/excerpt-dvd-with-disc.txt");
    deepStrictEqual(disc.volumes, ['sr0 iso9660 "Data_disc_(10_Mar_26)" on sr0']);
  },
});

Deno.test({
  name: "udevadm and lsblk of one machine make one picture, each with what it knows",
  ignore,
  fn() {
    const striped = shared(
      "udevadm/export-db-dgx-md-raid0.txt",
      "lsblk/pairs-dgx-md-raid0-three-disks.txt",
    );
    deepStrictEqual(striped.drives[1], "sdb ssd 0 SAMSUNG MZ7LM1T9HMJP-00005 / S2TVNX0J501751");
    deepStrictEqual(striped.volumes, [
      "md0 ext4 on sdb,sdc,sdd at /raid",
      "sda1 vfat on sda at /boot/efi",
      "sda2 ext4 on sda at /",
    ]);

    const emmc = shared("udevadm/export-db-emmc.txt", "lsblk/pairs-emmc-main-drive.txt");
    strictEqual(emmc.drives.length, 1);
    ok(emmc.volumes.includes("mmcblk0p3 ext4 on mmcblk0 at /"));

    const disc = shared(
      "udevadm/excerpt-dvd-with-disc.txt",
      "lsblk/json-sr0-iso9660-inserted.json",
    );
    deepStrictEqual(disc.drives, [
      "sda unknown 1000204886016 - / -",
      "sr0 optical 1343488 hp HLDS  DVDRW  GUD1N / 7TNEBSAKKLY730",
    ]);
  },
});

Deno.test("udevadm: paths and partitions of multipath, by the number that both bear", () => {
  const record = (name: string, ...properties: string[]) =>
    [
      `P: /devices/x/block/${name}`,
      `N: ${name}`,
      `E: DEVNAME=/dev/${name}`,
      `E: DEVPATH=/devices/x/block/${name}`,
      "E: SUBSYSTEM=block",
      ...properties.map((one) => `E: ${one}`),
    ].join("\n");
  const id = "ID_SERIAL=3600a0b80000f";
  const { drives, edges, partitions } = told([
    record("sda", "DEVTYPE=disk", id, "ID_WWN=0x600a0b80000f", "ID_MODEL=LUN"),
    record("sdb", "DEVTYPE=disk", id, "ID_WWN=0x600a0b80000f", "ID_MODEL=LUN"),
    record("sda/sda1", "DEVTYPE=partition", id),
    record("dm-0", "DEVTYPE=disk", "DM_NAME=mpatha", "DM_UUID=mpath-3600a0b80000f"),
    record("dm-1", "DEVTYPE=disk", "DM_NAME=mpatha1", "DM_UUID=part1-mpath-3600a0b80000f"),
  ].join("\n\n"));

  deepStrictEqual(drives.map((line) => line.split(" ")[0]), ["sda"]);
  deepStrictEqual(partitions, ["mpatha1 on sda"]);
  ok(edges.includes("mpatha > sda"));
  ok(edges.includes("mpatha1 > mpatha"));
});

Deno.test("udevadm: NVMe with paths that the kernel joins, NVMe over a network, firmware RAID", () => {
  const record = (path: string, ...properties: string[]) =>
    [
      `P: ${path}`,
      `E: DEVPATH=${path}`,
      "E: SUBSYSTEM=block",
      ...properties.map((one) => `E: ${one}`),
    ]
      .join("\n");
  const { drives, partitions, edges } = told([
    record(
      "/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1",
      "DEVTYPE=disk",
      "ID_MODEL=PM1725a",
    ),
    record("/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p1", "DEVTYPE=partition"),
    record("/devices/virtual/nvme-fabrics/ctl/nvme1/nvme1n1", "DEVTYPE=disk", "ID_MODEL=Linux"),
    record("/devices/virtual/block/dm-0", "DM_NAME=isw_a", "DM_UUID=DMRAID-isw_a"),
    record("/devices/virtual/block/dm-1", "DM_NAME=isw_a1", "DM_UUID=part1-DMRAID-isw_a"),
  ].join("\n\n"));

  deepStrictEqual(drives, ["nvme0n1 nvme 0 PM1725a / -", "nvme1n1 network 0 Linux / -"]);
  deepStrictEqual(partitions, ["isw_a1 on ", "nvme0n1p1 on nvme0n1"]);
  deepStrictEqual(edges, ["isw_a1 > isw_a"]);
});
