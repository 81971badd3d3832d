import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { hasShared } from "../../../helpers/shared_fixtures.ts";
import { shared, told } from "./picture.ts";

const ignore = !hasShared;

Deno.test({
  name: "lsblk as a tree: all columns of an old version, with models of several words",
  ignore,
  fn() {
    const centos = shared("lsblk/tree-centos7-allcols.txt");
    deepStrictEqual(centos.drives, [
      "sda virtual 21474836480 VMware Virtual S / -",
      "sr0 optical 1073741824 VMware IDE CDR10 / 10000000000000000001",
    ]);
    deepStrictEqual(centos.volumes, [
      "centos-root xfs on sda at /",
      "sda1 xfs on sda at /boot",
    ]);
    // It names the disk as the parent of what stands on its second partition.
    deepStrictEqual(centos.edges, ["centos-root > sda2", "centos-swap > sda2"]);
    strictEqual(centos.report.volumes[0]?.uuid, "07d718ef-950c-4e5b-98e0-42a1147b77d9");

    const ubuntu = shared("lsblk/tree-ubuntu1804-allcols.txt");
    deepStrictEqual(ubuntu.drives, [
      "sda virtual 21474836480 VMware Virtual S / -",
      "sr0 optical 67947725 VMware SATA CD00 / 00000000000000000001",
      "sr1 optical 889192448 VMware SATA CD01 / 01000000000000000001",
    ]);
    deepStrictEqual(ubuntu.volumes, [
      "sda2 ext4 on sda at /",
      'sr0 iso9660 "CDROM" on sr0',
      'sr1 iso9660 "Ubuntu-Server 18.04.3 LTS amd64" on sr1',
    ]);
  },
});

Deno.test({
  name: "lsblk as a tree: lines set out of their columns, and md under both of its disks",
  ignore,
  fn() {
    const { drives, volumes, edges } = shared("lsblk/tree-mdraid1-lvm-virtio.txt");

    deepStrictEqual(drives, ["vda virtual 10737418240 - / -", "vdb virtual 10737418240 - / -"]);
    deepStrictEqual(volumes, [
      "md127 - on vda,vdb at /boot",
      "rhel-root - on vda,vdb at /",
    ]);
    deepStrictEqual(edges, [
      "md126 > vda2",
      "md126 > vdb2",
      "md127 > vda1",
      "md127 > vdb1",
      "rhel-root > md126",
      "rhel-swap > md126",
    ]);
  },
});

Deno.test({
  name: "lsblk as a tree: two paths are one drive, and a volume over three of them is on three",
  ignore,
  fn() {
    const { drives, report, volumes, partitions } = shared("lsblk/tree-multipath-lvm-dups.txt");

    deepStrictEqual(drives.map((line) => line.split(" ")[0]), ["sda", "sdb", "sdc", "sdd", "sr0"]);
    ok(report.drives[1]?.evidence.endsWith("paths: sdb, sde"));
    ok(report.drives[2]?.evidence.endsWith("paths: sdc, sdf"));
    ok(report.drives[3]?.evidence.endsWith("paths: sdd, sdg"));
    deepStrictEqual(volumes, [
      "appdg-app - on sdb,sdc,sdd at /splunk",
      "sda1 - on sda at /boot",
      "vg_root-lv_root - on sda at /",
    ]);
    deepStrictEqual(partitions, [
      "mpathap1 on sdc",
      "mpathbp1 on sdb",
      "mpathcp1 on sdd",
      "sda1 on sda",
      "sda2 on sda",
      "sda3 on sda",
    ]);
    deepStrictEqual(report.volumes[0]?.devices, ["dm-7", "appdg-app"]);
  },
});

Deno.test({
  name: "lsblk as a tree: columns without types, and three tables of one machine make one picture",
  ignore,
  fn() {
    const all = ["basic", "topo", "vendor"].map((one) =>
      `lsblk/tree-utillinux-simple-lvm-${one}.txt`
    );
    const together = shared(...all);
    deepStrictEqual(together.drives, [
      "nvme0n1 nvme 240088671846 KINGSTON SKC1000240G / -",
      "sda unknown 240088671846 KINGSTON SH103S3 / -",
      "sdb unknown 79993765888 WDC WD800JD-00MS / -",
    ]);
    // The volume of LVM stands on four loop devices: on no drive.
    deepStrictEqual(together.volumes, [
      "nvme0n1p2 - on nvme0n1 at /home",
      "nvme0n1p3 - on nvme0n1 at /home/test",
      "sda1 - on sda at /boot/efi",
      "sda2 - on sda at /boot",
      "sda4 - on sda at /",
      "sdb1 - on sdb at /home/archive",
    ]);

    for (const path of all.slice(1)) {
      const { report, partitions } = shared(path);
      deepStrictEqual(report.drives.map(({ name }) => name), ["nvme0n1", "sda", "sdb"], path);
      strictEqual(partitions.length, 10, path);
    }
    const basic = shared("lsblk/tree-utillinux-simple-nvme-basic.txt");
    ok(basic.volumes.includes("sda4 - on sda at /"));
  },
});

Deno.test("lsblk as a tree: a second mount point has a line of its own", () => {
  const { volumes } = told(`NAME        MAJ:MIN RM  SIZE RO TYPE  MOUNTPOINTS
sda           8:0    0   20G  0 disk
├─sda1        8:1    0   10G  0 part  /
│                                     /srv/my films
└─sda2        8:2    0   10G  0 part  [SWAP]
`);

  deepStrictEqual(volumes, ["sda1 - on sda at / /srv/my films"]);
});

Deno.test("lsblk as a table of signatures: containers on partitions, labels of several words", () => {
  const { volumes, edges } = told(
    `NAME          FSTYPE      FSVER LABEL     UUID                                 FSAVAIL FSUSE% MOUNTPOINTS
sda
├─sda1        vfat        FAT32 EFI       8F05-D915                             505.9M     1% /boot/efi
└─sda2        crypto_LUKS 2               315111a6-8d37-447a-8dbf-0c9026abc456
  └─cryptroot ext4        1.0   My films  d763b614-5eb3-45ac-8ac6-8f5aa5d0b74d   74.9G     6% /
zram0                                                                                         [SWAP]
`,
  );

  deepStrictEqual(volumes, [
    'cryptroot ext4 "My films" on sda at /',
    'sda1 vfat "EFI" on sda at /boot/efi',
  ]);
  deepStrictEqual(edges, ["cryptroot > sda2"]);
});

Deno.test("lsblk --raw is in the order of the tree; a list is not, and says nothing of parents", () => {
  const raw = told(
    "NAME MAJ:MIN RM SIZE RO TYPE MOUNTPOINTS\nsda 8:0 0 10G 0 disk \n" +
      "md0 9:0 0 10G 0 raid1 /my\\x20films\nsdb 8:16 0 10G 0 disk \n" +
      "md0 9:0 0 10G 0 raid1 /my\\x20films\n",
  );
  deepStrictEqual(raw.volumes, ["md0 - on sda,sdb at /my films"]);

  const list = `NAME    MAJ:MIN RM SIZE RO TYPE MOUNTPOINTS
sda       8:0    0  10G  0 disk
sda1      8:1    0  10G  0 part
sdb       8:16   0  10G  0 disk
vg-root 253:0    0  10G  0 lvm  /
`;
  const several = told(list);
  deepStrictEqual(several.volumes, ["vg-root - on  at /"]);
  deepStrictEqual(several.drives.length, 2);
  const one = told(list.replace(/^sdb.*\n/m, ""));
  deepStrictEqual(one.volumes, ["vg-root - on sda at /"]);
});

Deno.test("lsblk --inverse draws disks beneath what stands on them", () => {
  const { volumes, edges } = told(`NAME     MAJ:MIN RM  SIZE RO TYPE MOUNTPOINT
sda1       8:1    0  512M  0 part /boot
\`-sda      8:0    0  100G  0 disk
vg-root  253:0    0   50G  0 lvm  /
|-sda2     8:2    0   90G  0 part
| \`-sda    8:0    0  100G  0 disk
\`-sdb1     8:17   0   90G  0 part
  \`-sdb    8:16   0  100G  0 disk
`);

  deepStrictEqual(volumes, ["sda1 - on sda at /boot", "vg-root - on sda,sdb at /"]);
  deepStrictEqual(edges, ["vg-root > sda2", "vg-root > sdb1"]);
});

Deno.test("lsblk as a tree: NAME need not come first", () => {
  const { volumes, edges, drives } = told(
    ` MAJ:MIN KNAME MODEL    NAME        TYPE  SIZE MOUNTPOINTS
   8:0   sda   My Disk  sda         disk   20G
   8:1   sda1           ├─sda1      part   10G /boot
   8:2   sda2           └─sda2      part   10G
 253:0   dm-0             └─vg-root lvm    10G /
                                               /srv
`,
  );

  deepStrictEqual(drives, ["sda unknown 21474836480 My Disk / -"]);
  deepStrictEqual(volumes, ["sda1 - on sda at /boot", "vg-root - on sda at / /srv"]);
  deepStrictEqual(edges, ["vg-root > sda2"]);
});
