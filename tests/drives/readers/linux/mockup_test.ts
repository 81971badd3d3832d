import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { hasShared } from "../../../helpers/shared_fixtures.ts";
import { shared, told } from "./picture.ts";

const ignore = !hasShared;

Deno.test({
  name:
    "libstorage-ng: bcache on a disk, on a partition and on LVM, partitioned, one set of caches",
  ignore,
  fn() {
    const { volumes, edges, partitions } = shared("host-capture/bcache1.xml");

    deepStrictEqual(edges, [
      "bcache0 > vdb (cache)",
      "bcache0 > vdc",
      "bcache0p1 > bcache0",
      "bcache1 > vdb (cache)",
      "bcache1 > vdd3",
      "bcache2 > my_vg-bcache2",
      "bcache2 > vdb (cache)",
      "bcache2p1 > bcache2",
      "my_vg-bcache2 > vdd1",
    ]);
    ok(partitions.includes("bcache0p1 on vdb,vdc"));
    deepStrictEqual(volumes, [
      "bcache0p1 ext4 on vdb,vdc at /mnt",
      "bcache2p1 xfs on vdb,vdd at /mnt3",
      "vda2 xfs on vda at /",
      "vdd2 ext2 on vdd",
    ]);
  },
});

Deno.test({
  name: "libstorage-ng: cached thin pools, where LVM tells what its numbers do not",
  ignore,
  fn() {
    const { volumes, edges } = shared("host-capture/lvm-cache+thin1.xml");

    deepStrictEqual(volumes, [
      'sr0 iso9660 "openSUSE-Tumbleweed-DVD-x86_6422" on sr0',
      "test-thin1 xfs on sdb,sdc",
      "test-thin2 xfs on sdb,sdc",
    ]);
    for (
      const edge of [
        "test-thin1 > test-cache1",
        "test-cache1 > test-cache1_tdata",
        "test-cache1 > test-cache1_tmeta (metadata)",
        "test-cache1_tdata > test-cache1_tdata_corig",
        "test-cache1_tdata > test-cache1--volume (cache)",
        "test-cache1_tdata_corig > sdc1",
        "test-cache1--volume > sdb1",
        "test-cache2--pool > test-cache2--pool_cdata (cache)",
        "test-cache2--pool_cdata > sdb1",
      ]
    ) ok(edges.includes(edge), edge);
  },
});

Deno.test({
  name:
    "libstorage-ng: RAID of LVM is on the disks of its images; snapshots are volumes of their own",
  ignore,
  fn() {
    const raid = shared("host-capture/lvm-raid1.xml");
    ok(raid.volumes.includes("test-data1 ext4 on sdd,sde"));
    ok(raid.volumes.includes("test-data2 xfs on sdc,sdd,sde"));
    ok(raid.edges.includes("test-data1 > test-data1_rmeta_0 (metadata)"));
    ok(raid.edges.includes("test-data2_rimage_2 > sdc1"));

    const snapshots = shared("host-capture/lvm-snapshot1.xml");
    deepStrictEqual(snapshots.volumes.slice(1), [
      "test-linear1 ext4 on sdb",
      "test-linear1--snap1 ext4 on sdb",
      "test-linear1--snap2 ext4 on sdb",
      "test-linear3 ext4 on sdb",
      "test-linear3--snap1 ext4 on sdb",
      "test-linear3--snap2 ext4 on sdb",
      "test-thin2 ext4 on sdb",
      "test-thin2--snap1 ext4 on sdb",
    ]);
    ok(snapshots.edges.includes("test-linear1--snap1 > test-linear1"));
    ok(snapshots.edges.includes("test-thin2--snap1 > test-thin--pool"));
    ok(!snapshots.edges.includes("test-thin2--snap1 > test-thin2"));
  },
});

Deno.test({
  name: "libstorage-ng: LVM on LUKS, LUKS on LVM, and LUKS on dm-integrity",
  ignore,
  fn() {
    const lvmOnLuks = shared("host-capture/luks+lvm1.xml");
    deepStrictEqual(lvmOnLuks.edges, [
      "cr_sda2 > sda2",
      "system-home > cr_sda2",
      "system-root > cr_sda2",
      "system-swap > cr_sda2",
    ]);
    ok(lvmOnLuks.volumes.includes("system-root ext4 on sda at /"));

    const luksOnLvm = shared("host-capture/lvm+luks1.xml");
    deepStrictEqual(luksOnLvm.edges, [
      "cr_home > system-home",
      "system-home > sda2",
      "system-root > sda2",
      "system-swap > sda2",
    ]);
    ok(luksOnLvm.volumes.includes("cr_home xfs on sda at /home"));

    const integrity = shared("host-capture/integrity.xml");
    deepStrictEqual(integrity.edges, ["crypto > crypto_dif", "crypto_dif > sda3"]);
    ok(integrity.volumes.includes("crypto btrfs on sda"));
    // What runs from the live medium stands on memory and loops.
    ok(!integrity.volumes.some((line) => line.startsWith("live")));

    const plain = shared("host-capture/luks2.xml");
    ok(plain.edges.includes("cr-test3 > sdb3"));
    deepStrictEqual(plain.drives, [
      "sdb usb 3000558944256 My Passport 25E2 / 575842314436354C33384445",
    ]);
  },
});

Deno.test({
  name: "libstorage-ng: btrfs on four disks and with subvolumes",
  ignore,
  fn() {
    const pool = shared("host-capture/btrfs2.xml");
    ok(pool.volumes.includes("sdb1 btrfs on sdb,sdc,sdd,sde at /test /test/sub1"));
    strictEqual(pool.report.volumes.find(({ name }) => name === "sdb1")?.sizeBytes, 4 * 2145386496);

    const root = shared("host-capture/btrfs1.xml").report.volumes
      .find(({ name }) => name === "sda2");
    strictEqual(root?.mountPoints[0], "/");
    ok(root?.mountPoints.includes("/.snapshots"));
    ok(root?.mountPoints.includes("/srv"));
  },
});

Deno.test({
  name: "libstorage-ng: md with a spare, and an IMSM container with a member in two arrays",
  ignore,
  fn() {
    const md = shared("host-capture/md1.xml");
    deepStrictEqual(md.edges, ["md0 > sda", "md0 > sdb", "md0 > sdc", "md0 > sdd (spare)"]);

    const imsm = shared("host-capture/md-imsm1.xml");
    deepStrictEqual(imsm.edges, [
      "md125 > sdb",
      "md125 > sdc",
      "md126 > sdb",
      "md126 > sdd",
      "md127 > sdb",
      "md127 > sdc",
      "md127 > sdd",
    ]);
    ok(imsm.volumes.includes("md126 ext4 on sdb,sdd"));
  },
});

Deno.test({
  name: "libstorage-ng: multipath over Fibre Channel, DASDs, and a share that is its server's",
  ignore,
  fn() {
    const san = shared("host-capture/multipath1.xml");
    deepStrictEqual(san.drives, [
      "dasdb virtual 7385333760 - / 0X0150",
      "sda network 1073741824 2107900 / 75L237113B4",
      "sdb network 1073741824 2107900 / 75L237113B5",
    ]);
    ok(san.volumes.includes("36005076305ffc73a00000000000013b5 ext4 on sdb"));
    ok(san.volumes.includes("36005076305ffc73a00000000000013b4-part1 ext3 on sda"));
    ok(san.volumes.includes("dasdb3 ext4 on dasdb at /"));
    strictEqual(san.volumes.length, 4);

    const dasd = shared("host-capture/dasd1.xml");
    ok(dasd.volumes.includes("dasda3 ext4 on dasda at /"));
    ok(dasd.volumes.includes("loki:/real-home/aschnell nfs on net:loki at /suse/aschnell"));
    // 1498404 sectors of 4096 bytes, as parted counts them.
    strictEqual(dasd.report.partitions[2]?.sizeBytes, 6137462784);

    const nfs = shared("host-capture/nfs1.xml");
    deepStrictEqual(nfs.drives, ["net:server network 0 - / -"]);
    deepStrictEqual(nfs.volumes, [
      "server:/home/b nfs on net:server at /test2",
      "server:/home/c nfs on net:server at /test3",
    ]);
  },
});

Deno.test({
  name: "libstorage-ng: Xen's xvdc1 has no disk beneath it, and its CD is optical",
  ignore,
  fn() {
    const { drives, volumes } = shared("host-capture/xen1.xml");

    deepStrictEqual(drives, [
      "xvda optical 671088640 - / -",
      "xvdb virtual 64424509440 - / -",
      "xvdc1 virtual 64424509440 - / -",
    ]);
    ok(volumes.includes("xvdc1 xfs on xvdc1"));
    ok(volumes.includes("xvdb2 ext4 on xvdb"));
  },
});

Deno.test({
  name: "libstorage-ng: BitLocker is no file system; NTFS on USB; a zoned disk rotates",
  ignore,
  fn() {
    const windows = shared("host-capture/bitlocker1.xml");
    ok(windows.volumes.includes('sda1 ntfs "System-reserviert" on sda'));
    ok(!windows.volumes.some((line) => line.startsWith("sda2")));

    const ntfs = shared("host-capture/ntfs1.xml");
    deepStrictEqual(ntfs.volumes, [
      "sdc1 ntfs on sdc at /test1",
      "sdc2 ntfs on sdc at /test2",
      "sdc3 ntfs on sdc at /test3",
    ]);
    const zoned = shared("host-capture/disk-zoned1.xml");
    deepStrictEqual(zoned.drives, [
      "sda hdd 250059350016 ST3250620AS / 5QE2RQKV",
      "sdb hdd 14000519643136 HGST HSH721414ALE6M4 / VEG0JW4N",
    ]);
  },
});

Deno.test("libstorage-ng: what a tool says of itself is none of its answers", () => {
  const { drives } = told(`<?xml version="1.0"?>
<Mockup><Commands>
  <Command><name>/sbin/multipath -d -v 2 -ll</name><stderr>not found</stderr></Command>
  <Command><name>/usr/bin/udevadm info /dev/sda</name>
    <stdout>P: /devices/x/block/sda</stdout><stdout>N: sda</stdout>
    <stdout>E: ID_MODEL_ENC=A\\x20&amp;\\x20B</stdout></Command>
</Commands></Mockup>`);

  deepStrictEqual(drives, ["sda unknown 0 A & B / -"]);
});
