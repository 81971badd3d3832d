import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { hasShared } from "../../../helpers/shared_fixtures.ts";
import { shared } from "./picture.ts";

const ignore = !hasShared;

Deno.test({
  name: "probert: bcache on a disk with its cache on NVMe, ZFS on a partition, nbd without a size",
  ignore,
  fn() {
    const { drives, volumes, edges, partitions, report } = shared("probert/bcache-zfs-nbd.json");

    deepStrictEqual(drives, [
      "nvme0n1 nvme 400088457216 INTEL SSDPEDME400G4 / CVMD4456000M400AGN",
      "sda unknown 1000204886016 MM1000GBKAL / 9XG8HR8X",
      "sdb unknown 1000204886016 MM1000GBKAL / 9XG4LCPR",
    ]);
    deepStrictEqual(volumes, [
      "bcache0 ext4 on nvme0n1,sda at /",
      'nvme0n1p2 ext4 "zfs-lxd" on nvme0n1 at /srv',
      "sda1 vfat on sda at /boot/efi",
      "sda2 ext4 on sda at /boot",
      'zfs-lxd zfs "zfs-lxd" on nvme0n1',
    ]);
    deepStrictEqual(edges, [
      "bcache0 > nvme0n1p1 (cache)",
      "bcache0 > sda3",
      "zpool:zfs-lxd > nvme0n1p3",
    ]);
    strictEqual(partitions.length, 6);
    // Its size stands there in sectors: 419430400 of 512 bytes.
    const p2 = report.partitions.find(({ name }) => name === "nvme0n1p2");
    strictEqual(p2?.sizeBytes, 214748364800);
  },
});

Deno.test({
  name: "probert: bcache on RAID5, a set of caches for two, a whole disk as cache",
  ignore,
  fn() {
    const { volumes, edges } = shared("probert/md-raid5-bcache.json");

    deepStrictEqual(edges, [
      "bcache0 > vda6 (cache)",
      "bcache0 > vda7",
      "bcache1 > vdc (cache)",
      "bcache1 > vdd1",
      "bcache2 > md0",
      "bcache2 > vda6 (cache)",
      "md0 > vde",
      "md0 > vdf",
      "md0 > vdg",
    ]);
    ok(volumes.includes("bcache0 ext4 on vda at /media/bcache_normal"));
    ok(volumes.includes("bcache1 ext4 on vdc,vdd at /media/bcachefoo_fulldiskascache_storage"));
    ok(volumes.includes("bcache2 ext4 on vda,vde,vdf,vdg at /media/data"));
  },
});

Deno.test({
  name: "probert: LUKS on LVM on four arrays; what is a spare holds nothing",
  ignore,
  fn() {
    const { drives, volumes, edges } = shared("probert/dmcrypt-on-lvm-on-md.json");

    strictEqual(drives.length, 7);
    ok(drives.includes("vdb virtual 10485760 - / output_disk.img"));
    ok(edges.includes("dmcrypt0 > vg1-lv3"));
    for (const array of ["md0", "md1", "md2", "md3"]) ok(edges.includes(`vg1-lv3 > ${array}`));
    ok(edges.includes("md0 > vda2"));
    ok(edges.includes("md0 > vde1 (spare)"));
    ok(edges.includes("md3 > vdd4"));
    ok(volumes.includes("dmcrypt0 xfs on vda,vdc,vdd,vde"));
    ok(volumes.includes("vg1-lv1 ext3 on vda,vdc,vdd,vde at /media/root-ro/srv/data"));
  },
});

Deno.test({
  name: "probert: an IMSM container over two NVMe holds a partitioned array",
  ignore,
  fn() {
    const { drives, volumes, edges, partitions } = shared("probert/imsm-nvme-partitioned.json");

    deepStrictEqual(drives, [
      "nvme0n1 nvme 4096805658624 PC SN820 NVMe WD 4096GB / 23114N440702",
      "nvme1n1 nvme 4096805658624 KXG80ZN84T09 NVMe KIOXIA 4096GB / 53DFC140F0KK",
    ]);
    deepStrictEqual(partitions, [
      "md126p1 on nvme0n1,nvme1n1",
      "md126p2 on nvme0n1,nvme1n1",
      "md126p3 on nvme0n1,nvme1n1",
    ]);
    deepStrictEqual(volumes, [
      "md126p1 vfat on nvme0n1,nvme1n1",
      "md126p2 vfat on nvme0n1,nvme1n1 at /cdrom",
      "md126p3 ext4 on nvme0n1,nvme1n1",
    ]);
    deepStrictEqual(edges, [
      "md126 > nvme0n1",
      "md126 > nvme1n1",
      "md126p1 > md126",
      "md126p2 > md126",
      "md126p3 > md126",
      "md127 > nvme0n1",
      "md127 > nvme1n1",
    ]);

    const other = shared("probert/subiquity-imsm-nvme-raid1.json");
    ok(other.drives.includes("sdc usb 15376318464 Ultra USB 3.0 / 4C530000021125101524"));
    ok(other.edges.includes("md126 > nvme1n1"));
    ok(other.volumes.includes('sda2 ext4 "root" on sda at /'));
  },
});

Deno.test({
  name: "probert: a volume group of two logical partitions, and one of which only udev speaks",
  ignore,
  fn() {
    const extended = shared("probert/lvm-extended-partition.json");
    deepStrictEqual(extended.edges, [
      "ubuntu--vg-my--storage > vdc1",
      "vg1-lv1 > vda5",
      "vg1-lv1 > vda6",
      "vg1-lv2 > vda5",
      "vg1-lv2 > vda6",
    ]);
    ok(extended.volumes.includes("vg1-lv2 ext3 on vda at /srv/backup"));

    // Two volumes want more than one of the two disks has.
    const spanning = shared("probert/subiquity-luks-plus-lvm-span.json");
    deepStrictEqual(spanning.edges, [
      "vg-lg1 > vdb1",
      "vg-lg1 > vdc1",
      "vg-lv2 > vdb1",
      "vg-lv2 > vdc1",
    ]);
    ok(spanning.volumes.includes("vda2 ext4 on vda"));
  },
});

Deno.test({
  name: "probert: two paths to one disk are one drive, with the partitions of the map",
  ignore,
  fn() {
    const { drives, partitions, volumes, edges, report } = shared(
      "probert/multipath-two-paths.json",
    );

    deepStrictEqual(drives, [
      "sda virtual 10737418240 QEMU HARDDISK / serial-a",
      "sr0 optical 2881486848 QEMU DVD-ROM / QM00003",
    ]);
    ok(report.drives[0]?.evidence.endsWith("paths: sda, sdb"));
    deepStrictEqual(partitions, ["mpatha-part1 on sda", "mpatha-part2 on sda"]);
    ok(volumes.includes("mpatha-part2 ext4 on sda"));
    ok(edges.includes("mpatha-part2 > mpatha"));
    ok(edges.includes("mpatha > sda (path)"));
  },
});

Deno.test({
  name: "probert: a desktop with four disks and an empty card reader, twins told apart",
  ignore,
  fn() {
    const { drives, volumes, report } = shared(
      "probert/subiquity-four-disks-five-os-cardreader.json",
    );

    deepStrictEqual(drives, [
      "nvme0n1 nvme 250059350016 KINGSTON SKC2000M8250G / 50026B72823D1475",
      "sda ssd 500107862016 CT500MX500SSD1 / 21122DB99114",
      "sdb ssd 500107862016 CT500MX500SSD1 / 21122DA80425",
      "sdc hdd 1000204886016 TOSHIBA DT01ACA100 / 37PYNGAFS",
      "sdd usb 157286400000 ProductCode / 1217911277454395617",
      "sr0 optical 1073741312 HL-DT-ST DVDRAM GH24NSD1 / K1FH5NB3843",
    ]);
    strictEqual(report.drives[3]?.rotationRpm, 7200);
    strictEqual(report.drives[4]?.removable, true);
    ok(volumes.includes('sdc1 ext4 "share1" on sdc at /media/ubuntu/share1'));
    ok(volumes.includes('sdd1 iso9660 "Ubuntu 22.10 amd64" on sdd at /cdrom'));
    ok(volumes.includes('nvme0n1p7 ext4 "n7 libero" on nvme0n1'));
    strictEqual(volumes.length, 21);
  },
});

Deno.test({
  name: "probert: BitLocker and LUKS are no file systems, DASDs are drives, an unformatted one not",
  ignore,
  fn() {
    const windows = shared("probert/win10-bitlocker.json");
    deepStrictEqual(windows.volumes, [
      "sda1 vfat on sda",
      "sda4 ntfs on sda",
      'sr0 iso9660 "Ubuntu custom" on sr0 at /cdrom',
    ]);
    strictEqual(windows.partitions.length, 4);
    const both = shared("probert/subiquity-dualboot-bitlocker.json");
    ok(both.volumes.includes("sda5 ext4 on sda"));
    ok(!both.volumes.some((line) => line.includes("BitLocker")));

    const mainframe = shared("probert/s390x-dasd-luks.json");
    deepStrictEqual(mainframe.drives.map((line) => line.split(" - ")[0]), [
      "dasda virtual 7385333760",
      "dasdb virtual 7385333760",
      "dasdc virtual 7385333760",
      "dasdd virtual 22156001280",
    ]);
    deepStrictEqual(mainframe.volumes, [
      'dasdb1 ext4 "dasd_root" on dasdb',
      'dasdc2 ext4 "dasd_boot" on dasdc',
      "dasdd1 ext4 on dasdd at /",
    ]);
  },
});

Deno.test({
  name: "probert: a ZFS root, a partitioned mirror, a live medium, an image on a whole disk",
  ignore,
  fn() {
    const zfs = shared("probert/zfs-root.json");
    ok(zfs.volumes.some((line) => line.startsWith('rpool zfs "rpool" on vda at / ')));
    deepStrictEqual(zfs.edges, ["zpool:rpool > vda1"]);
    strictEqual(
      zfs.report.volumes.find(({ name }) => name === "rpool")?.uuid,
      "12333633426595136968",
    );

    const mirror = shared("probert/md-partitioned-raid1.json");
    ok(mirror.volumes.includes("md1p1 ext4 on vdb,vdc at /target"));
    deepStrictEqual(mirror.edges, ["md1 > vdb1", "md1 > vdc1", "md1p1 > md1"]);

    const live = shared("probert/live-iso-blank-vm.json");
    deepStrictEqual(live.drives, [
      "sda virtual 10737418240 QEMU HARDDISK / QM00001",
      "sr0 optical 3141533696 QEMU DVD-ROM / QEMU_DVD-ROM_QM00003",
    ]);
    deepStrictEqual(live.volumes, ['sr0 iso9660 "Ubuntu custom amd64" on sr0 at /cdrom']);

    const image = shared("probert/subiquity-mixed-lvm-md.json");
    ok(image.volumes.includes('vda iso9660 "Ubuntu custom amd64" on vda at /cdrom'));
    ok(image.volumes.includes('md127 ext4 "data" on vdc,vdd'));
    ok(image.volumes.includes('amazing--vg-my--lv1 ext4 "lv" on vde'));
  },
});

Deno.test({
  name: "probert: sectors of 4096 bytes, and logical partitions in an extended one",
  ignore,
  fn() {
    const large = shared("probert/4k-native-sectors.json");
    deepStrictEqual(large.volumes, [
      "sda1 ext4 on sda",
      'sr0 iso9660 "Ubuntu 23.10 amd64" on sr0 at /cdrom',
    ]);
    strictEqual(large.report.partitions[0]?.sizeBytes, 5242880000);

    const logical = shared("probert/msdos-extended.json");
    ok(logical.volumes.includes("vdb5 ext4 on vdb"));
    const three = shared("probert/subiquity-msdos-three-ubuntus.json");
    ok(three.volumes.includes("sda6 ext4 on sda"));
    ok(three.drives.includes("sda virtual 161061273600 VBOX HARDDISK / VB0550ba60-f3975b58"));
  },
});
