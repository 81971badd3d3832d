import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { hasShared } from "../../../helpers/shared_fixtures.ts";
import { shared, told } from "./picture.ts";

const ignore = !hasShared;

Deno.test({
  name: "lsblk --pairs: sdag is a disk of its own, and its partitions are not sda's",
  ignore,
  fn() {
    const { drives, partitions, volumes } = shared(
      "lsblk/pairs-33-disks-sas-hba-sdag-root.txt",
    );

    // sda … sdah, one NVMe and a virtual CD-ROM on USB.
    strictEqual(drives.length, 36);
    deepStrictEqual(partitions, [
      "sdag1 on sdag",
      "sdag2 on sdag",
      "sdag3 on sdag",
      "sdag4 on sdag",
    ]);
    ok(drives.includes("sda unknown 10005555812762 WDC WD101EMAZ-11G7DA0 / VCGRX3EN"));
    ok(drives.includes("sdag ssd 120044335923 PNY CS900 120GB SSD / PNY0520228055010CFE7"));
    ok(drives.includes("nvme0n1 nvme 1000190509056 SHGP31-1000GM-2 / AS0BN60301030BE2O"));
    ok(volumes.includes('sdag4 btrfs "ROOT" on sdag'));
    ok(volumes.includes('sdag2 vfat "EFI" on sdag'));
    // btrfs over several disks: as many as carry its UUID.
    ok(volumes.includes('sda btrfs "JBOD" on sda,sdb,sde,sdj,sdk,sdl,sdm,sdn,sdo,sdp'));
    ok(volumes.includes('sdaf btrfs "SSDPool" on sdaf,sdah'));
    ok(volumes.includes('sdc btrfs "SASPool" on sdc,sdq,sdr,sds,sdw,sdz'));
    ok(volumes.includes('nvme0n1 btrfs "AppPool" on nvme0n1'));
    // One of its disks is not formatted.
    ok(!volumes.some((line) => line.includes("sdd")));
  },
});

Deno.test({
  name: "lsblk --pairs: 36 disks in any order, three pools, RAID volumes with serials of their own",
  ignore,
  fn() {
    const { drives, volumes } = shared("lsblk/pairs-36-disks-perc-h710-md1220.txt");

    strictEqual(drives.length, 36);
    ok(drives.includes("sdy unknown 1209462790554 HUC101212CSS600 / 5000cca01d2766c0"));
    ok(drives.includes("sdf unknown 8026434882765 PERC H710 / 6848f690e936450021a4585b05e46fcc"));
    ok(volumes.includes(
      'sdn btrfs "MD1220-DAS" on sdn,sdo,sdp,sdq,sdr,sds,sdt,sdu,sdv,sdy',
    ));
    ok(volumes.includes('sdc btrfs "BIGDATA" on sdc,sdf,sdg,sdi,sdk,sdm'));
    ok(volumes.includes('sdb btrfs "Test" on sdb,sdd,sde,sdh'));
    ok(volumes.includes('sda3 btrfs "rockstor_rockstor" on sda'));
  },
});

Deno.test({
  name:
    "lsblk --pairs: LVM in a flat list stands on the partition before it; an empty slot is none",
  ignore,
  fn() {
    const flat = shared("lsblk/pairs-centos-lvm-usb-no-partition-table.txt");

    deepStrictEqual(flat.drives, [
      "sda unknown 240065183744 - / -",
      "sdc unknown 31457280000 - / -",
    ]);
    deepStrictEqual(flat.volumes, [
      "centos-home - on sda at /home",
      "centos-root - on sda at /",
      "sda1 - on sda at /boot/efi",
      "sda2 - on sda at /boot",
      "sdc - on sdc at /run/media/DA2E4172/BUILD",
    ]);
    deepStrictEqual(flat.edges, [
      "centos-home > sda3",
      "centos-root > sda3",
      "centos-swap > sda3",
    ]);
    strictEqual(flat.report.drives[1]?.removable, true);

    const old = shared("lsblk/pairs-allcols-rhel6-lvm.txt");
    deepStrictEqual(old.drives, [
      "sda hdd 159987531776 WDC WD1600JS-75N / -",
      "sr0 optical 1073741824 DVD+-RW DVD8801 / -",
    ]);
    ok(old.volumes.includes("vg_trex-lv_root ext4 on sda at /"));
    ok(old.edges.includes("vg_trex-lv_home > sda2"));
    deepStrictEqual(
      old.report.volumes.find(({ name }) => name === "vg_trex-lv_root")?.devices,
      ["dm-0", "vg_trex-lv_root"],
    );
  },
});

Deno.test({
  name: "lsblk --pairs: an md array repeated under each of its members stands on all of them",
  ignore,
  fn() {
    const striped = shared("lsblk/pairs-dgx-md-raid0-three-disks.txt");
    deepStrictEqual(striped.volumes, [
      "md0 - on sdb,sdc,sdd at /raid",
      "sda1 - on sda at /boot/efi",
      "sda2 - on sda at /",
    ]);
    deepStrictEqual(striped.edges, ["md0 > sdb", "md0 > sdc", "md0 > sdd"]);

    const mirrored = shared("lsblk/pairs-mdraid1-system-boot-swap-root.txt");
    deepStrictEqual(mirrored.drives, [
      "sda virtual 8589934592 QEMU HARDDISK / md-serial-1",
      "sdb virtual 8589934592 QEMU HARDDISK / md-serial-2",
      "sr0 optical 829423616 QEMU DVD-ROM / QM00001",
    ]);
    deepStrictEqual(mirrored.volumes, [
      "md126 ext4 on sda,sdb",
      'md127 btrfs "rockstor_rockstor" on sda,sdb',
      'sr0 iso9660 "Rockstor 3 x86_64" on sr0',
    ]);
    deepStrictEqual(mirrored.edges, [
      "md125 > sda3",
      "md125 > sdb3",
      "md126 > sda2",
      "md126 > sdb2",
      "md127 > sda1",
      "md127 > sdb1",
    ]);

    const firmware = shared("lsblk/pairs-intel-imsm-raid1-system.txt");
    deepStrictEqual(firmware.partitions, [
      "md126p1 on sdb,sdc",
      "md126p2 on sdb,sdc",
      "md126p3 on sdb,sdc",
    ]);
    deepStrictEqual(firmware.volumes, [
      "md126p1 ext4 on sdb,sdc",
      'md126p3 btrfs "rockstor_rockstor00" on sdb,sdc',
    ]);
  },
});

Deno.test({
  name:
    'lsblk --pairs: LUKS on the partition before it; disks of one model told apart by "1" and "2"',
  ignore,
  fn() {
    const { drives, volumes, edges } = shared("lsblk/pairs-luks-system-disk.txt");

    deepStrictEqual(drives, [
      "sda virtual 5368709120 QEMU HARDDISK / 1",
      "sdb virtual 5368709120 QEMU HARDDISK / 2",
      "sdc virtual 8589934592 QEMU HARDDISK / QM00013",
      "sr0 optical 1073741824 QEMU DVD-ROM / QM00005",
    ]);
    deepStrictEqual(volumes, [
      'luks-315111a6-8d37-447a-8dbf-0c9026abc456 btrfs "rockstor_rockstor" on sdc',
      'sda btrfs "rock-pool" on sda,sdb',
      "sdc1 ext4 on sdc",
    ]);
    deepStrictEqual(edges, [
      "luks-315111a6-8d37-447a-8dbf-0c9026abc456 > sdc3",
      "luks-3efae1ba-dbdf-4102-8bdc-e607e3448a7d > sdc2",
    ]);
  },
});

Deno.test({
  name:
    "lsblk --pairs: an eMMC with its boot areas is one drive; RAM, loops, flash and floppies none",
  ignore,
  fn() {
    const emmc = shared("lsblk/pairs-emmc-main-drive.txt");
    deepStrictEqual(emmc.drives, ["mmcblk0 sd 0 - / -"]);
    strictEqual(emmc.report.drives[0]?.removable, false);
    deepStrictEqual(emmc.volumes, [
      "mmcblk0p1 - on mmcblk0 at /boot/efi",
      "mmcblk0p3 - on mmcblk0 at /",
    ]);
    ok(emmc.edges.includes("mmcblk0boot0 > mmcblk0"));

    const core = shared("lsblk/pairs-ubuntu-core-emmc-rpmb-boot-snaps.txt");
    deepStrictEqual(core.drives, ["mmcblk0 sd 0 - / -", "sda unknown 0 - / -"]);
    deepStrictEqual(core.volumes, [
      "mmcblk0p2 - on mmcblk0 at /boot/efi",
      "mmcblk0p4 - on mmcblk0 at /writable",
    ]);

    const board = shared("lsblk/pairs-xilinx-mtdblock-usb.txt");
    deepStrictEqual(board.drives, ["sda unknown 0 - / -", "sdb unknown 0 - / -"]);

    const ram = shared("lsblk/pairs-ubuntu1404-gpt-ramdisks.txt");
    deepStrictEqual(ram.drives, ["sda unknown 1024209543168 - / -"]);

    const floppy = shared("lsblk/pairs-ubuntu1404-vm-floppy-sr0-ram.txt");
    deepStrictEqual(floppy.drives, [
      "sda unknown 34359738368 - / -",
      "sr0 optical 1073741824 - / -",
    ]);
    deepStrictEqual(floppy.volumes, ["sda1 - on sda at /"]);
  },
});

Deno.test({
  name: "lsblk --pairs: NVMe says neither bus nor vendor, and virtio has a number for one",
  ignore,
  fn() {
    const nvme = shared("lsblk/pairs-nvme-root-two-10tb-btrfs.txt");
    ok(nvme.drives.includes("nvme0n1 nvme 127990025421 INTEL SSDPEKKW128G7 / BTPY72910KCW128A"));
    deepStrictEqual(nvme.volumes, [
      "nvme0n1p1 vfat on nvme0n1",
      "nvme0n1p2 ext4 on nvme0n1",
      'nvme0n1p4 btrfs "rockstor_rockstor00" on nvme0n1',
      'sda btrfs "Data" on sda,sdb',
    ]);

    const virtio = shared("lsblk/pairs-btrfs-in-partition-virtio.txt");
    ok(virtio.drives.includes("vda virtual 8589934592 - / -"));
    strictEqual(virtio.report.drives.find(({ name }) => name === "vda")?.vendor, undefined);
    ok(virtio.volumes.includes('vda2 btrfs "btrfs-in-partition" on vda'));
  },
});

Deno.test("lsblk --pairs undoes its escapes, and takes the names of --shell", () => {
  const { drives, volumes, report } = told(
    'NAME="sda" MAJ_MIN="8:0" SIZE="9,1T" TYPE="disk" MODEL="A\\x20\\"B\\"" MOUNTPOINTS="" RO="0"\n' +
      'NAME="sda1" MAJ_MIN="8:1" SIZE="1T" TYPE="part" MODEL="" RO="1" ' +
      'MOUNTPOINTS="/media/F\\xc3\\xa4den\\x0a/srv"\n',
  );

  deepStrictEqual(drives, ['sda unknown 10005555812762 A "B" / -']);
  deepStrictEqual(volumes, ["sda1 - on sda at /media/Fäden /srv"]);
  strictEqual(report.volumes[0]?.deviceNumber, "8:1");
  strictEqual(report.volumes[0]?.readOnly, true);
});

Deno.test("lsblk --pairs believes its own parents, and no order that somebody sorted", () => {
  const line = (name: string, type: string, more = "") =>
    `NAME="${name}" TYPE="${type}" SIZE="1G" ${more}MOUNTPOINT="${type === "lvm" ? "/f" : ""}"`;
  const parents = told([
    line("sda", "disk", 'PKNAME="" '),
    line("sdb", "disk", 'PKNAME="" '),
    line("vg-films", "lvm", 'PKNAME="sda" '),
  ].join("\n"));
  deepStrictEqual(parents.volumes, ["vg-films - on sda at /f"]);

  const sorted = told([
    line("sda", "disk"),
    line("sda1", "part"),
    line("sdb", "disk"),
    line("sdb1", "part"),
    line("vg-films", "lvm"),
  ].join("\n"));
  deepStrictEqual(sorted.edges, []);
  ok(!sorted.volumes.some((one) => one.includes("on sdb")));
});

Deno.test("lsblk --pairs: bcache, a disk to lsblk, stands on all under which it is repeated", () => {
  const line = (name: string, type: string, fstype: string, uuid = "") =>
    `NAME="/dev/${name}" SIZE="2G" TYPE="${type}" FSTYPE="${fstype}" LABEL="" UUID="${uuid}"`;
  const { drives, volumes, edges } = told([
    line("sdd", "disk", "bcache", "c1"),
    line("bcache0", "disk", "crypto_LUKS", "k1"),
    line("mapper/luks-k1", "crypt", "btrfs", "f1"),
    line("bcache16", "disk", "xfs", "f2"),
    line("sdb", "disk", "bcache", "b1"),
    line("bcache0", "disk", "crypto_LUKS", "k1"),
    line("mapper/luks-k1", "crypt", "btrfs", "f1"),
    line("sdc", "disk", "bcache", "b2"),
    line("bcache16", "disk", "xfs", "f2"),
  ].join("\n"));

  deepStrictEqual(drives.map((one) => one.split(" ")[0]), ["sdb", "sdc", "sdd"]);
  deepStrictEqual(volumes, ["bcache16 xfs on sdc,sdd", "luks-k1 btrfs on sdb,sdd"]);
  deepStrictEqual(edges, [
    "bcache0 > sdb",
    "bcache0 > sdd",
    "bcache16 > sdc",
    "bcache16 > sdd",
    "luks-k1 > bcache0",
  ]);
});
