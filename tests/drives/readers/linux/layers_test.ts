import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { hasShared } from "../../../helpers/shared_fixtures.ts";
import { shared, told } from "./picture.ts";

const ignore = !hasShared;

Deno.test({
  name: "/proc/mdstat alone: members by name; of a container's members none is a spare",
  ignore,
  fn() {
    const firmware = shared("md/mdstat-intel-rst.txt");
    deepStrictEqual(firmware.drives, ["sda unknown 0 - / -", "sdb unknown 0 - / -"]);
    deepStrictEqual(firmware.edges, ["md126 > sda", "md126 > sdb", "md127 > sda", "md127 > sdb"]);
    const array = firmware.report.graph.nodes.find(({ name }) => name === "md126");
    strictEqual(array?.sizeBytes, 500113408 * 1024);

    const mixed = shared("md/mdstat-raid1-raid5-cciss.txt");
    deepStrictEqual(mixed.edges, [
      "md_d0 > cciss/c0d0p1",
      "md_d0 > sdb1",
      "md_d0 > sdc1",
      "md_d0 > sdd1",
      "md_d0 > sde1",
      "md_d0 > sdf1",
    ]);
    ok(mixed.partitions.includes("cciss/c0d0p1 on cciss/c0d0"));
  },
});

Deno.test("/proc/mdstat: what has failed is read no more, a spare is not yet", () => {
  const { edges } = told(
    "Personalities : [raid1]\n" +
      "md0 : active (auto-read-only) raid1 sda1[0] sdb1[1](F) sdc1[2](S) sdd1[3](J)\n" +
      "      1000 blocks super 1.2 [2/1] [U_]\n",
  );

  deepStrictEqual(edges, ["md0 > sda1", "md0 > sdc1 (spare)", "md0 > sdd1 (log)"]);
});

Deno.test({
  name: "mdadm: several arrays between errors, a rebuilding member, a removed one, DDF and 0.90",
  ignore,
  fn() {
    const many = shared("md/mdadm-detail-multi-with-error.txt");
    deepStrictEqual(many.edges, [
      "md21 > dasdi1",
      "md21 > dasdn1",
      "md22 > dasdh1",
      "md22 > dasdj1",
    ]);
    deepStrictEqual(shared("md/mdadm-query-raid1-rebuild-failfast.txt").edges, [
      "md127 > vda1",
      "md127 > vda2",
    ]);
    deepStrictEqual(shared("md/mdadm-query-raid1-faulty-and-removed.txt").edges, ["md127 > vda1"]);
    deepStrictEqual(shared("md/mdadm-query-raid5-ok.txt").edges, [
      "md0 > vda1",
      "md0 > vda2",
      "md0 > vda3",
    ]);
    const striped = shared("md/mdadm-query-raid0-ok.txt");
    deepStrictEqual(striped.edges, ["md0 > vda1", "md0 > vda2"]);
    strictEqual(
      striped.report.graph.nodes.find(({ name }) => name === "md0")?.layer,
      "raid0",
    );
    deepStrictEqual(shared("md/mdadm-examine-container1.txt").drives, ["vda virtual 0 - / -"]);
    deepStrictEqual(shared("md/mdadm-examine-raid1-0-90-ok.txt").partitions, ["vda1 on vda"]);
  },
});

Deno.test({
  name: "multipath -ll: each map is one drive, with the number that is in its name",
  ignore,
  fn() {
    const shelves = shared("multipath/multipath-ll-sas-two-path-maps.txt");
    const drive = shelves.report.drives.find(({ name }) => name === "sdai");
    strictEqual(drive?.model, "DL1800MM0159");
    strictEqual(drive?.vendor, "SEAGATE");
    strictEqual(drive?.wwn, "0x5000c500ad9ae4b3");
    ok(drive?.evidence.endsWith("paths: sdai, sdbg"));
    ok(shelves.edges.includes("d11 > sdai (path)"));

    const many = shared("multipath/multipath-ll-many-maps.txt");
    const t2d6 = many.report.drives.find(({ wwn }) => wwn === "0x5000039ffac0e056");
    strictEqual(t2d6?.name, "sdi");
    strictEqual(t2d6?.model, "TOSHIBA DT01ACA2");
    strictEqual(t2d6?.vendor, undefined);
    // As many drives as maps: no path is a drive of its own.
    const maps = many.report.graph.nodes.filter(({ layer }) => layer === "mpath");
    strictEqual(many.drives.length, maps.length);
  },
});

Deno.test("multipath -ll reads the brackets of old versions, and a path that is gone", () => {
  const { drives, edges } = told(
    "mpath1 (3600d0230003228bc000339414edb8101) dm-2 IFT,A16F-R1211\n" +
      "[size=1.0T][features=0][hwhandler=0]\n" +
      "\\_ round-robin 0 [prio=1][active]\n" +
      " \\_ 2:0:0:6 sdb 8:16  [active][ready]\n" +
      " \\_ #:#:#:#  -  8:64  [failed][faulty]\n",
  );

  deepStrictEqual(drives, ["sdb unknown 1099511627776 A16F-R1211 / -"]);
  deepStrictEqual(edges, ["mpath1 > sdb (path)"]);
});

Deno.test({
  name: "nvme list: sizes that fell below zero, and controllers that name no disk",
  ignore,
  fn() {
    deepStrictEqual(shared("nvme/nvme-list-v2-laptop.json").drives, [
      "nvme0n1 nvme 512110190592 LENSE20512GMSP34MEAT2TA / 1142267006586",
    ]);
    deepStrictEqual(shared("nvme/nvme-list-subsys-1.json").drives, []);
    deepStrictEqual(shared("nvme/multipath-nvme-ll.txt").drives, ["nvme0n1 nvme 0 - / -"]);
  },
});

Deno.test("nvme list: the paths of native multipath are no disks, and the old layout", () => {
  const native = told(JSON.stringify({
    Devices: [{
      Subsystems: [{
        SubsystemNQN: "nqn.x",
        Controllers: [
          { Controller: "nvme0", SerialNumber: "S1", ModelNumber: "PM1725a", Namespaces: [] },
          { Controller: "nvme1", SerialNumber: "S1", ModelNumber: "PM1725a", Namespaces: [] },
        ],
        Namespaces: [{ NameSpace: "nvme0n1", MaximumLBA: 100, SectorSize: 4096 }],
      }],
    }],
  }));
  deepStrictEqual(native.drives, ["nvme0n1 nvme 409600 PM1725a / S1"]);

  const old = told(JSON.stringify({
    Devices: [{
      NameSpace: 1,
      DevicePath: "/dev/nvme1n1",
      ModelNumber: "WD",
      SerialNumber: "S2",
      PhysicalSize: 1000,
    }],
  }));
  deepStrictEqual(old.drives, ["nvme1n1 nvme 1000 WD / S2"]);

  const kernel = told(JSON.stringify({
    blockdevices: [
      { name: "nvme0n1", type: "disk", size: 10, serial: "S1" },
      { name: "nvme0c0n1", type: "disk", size: 10, serial: "S1" },
      { name: "nvme0c1n1", type: "disk", size: 10, serial: "S1" },
    ],
  }));
  deepStrictEqual(kernel.drives, ["nvme0n1 nvme 10 - / S1"]);
});

Deno.test({
  name: "zpool status: mirrors, spares, names that stay, names of other systems",
  ignore,
  fn() {
    const mirrors = shared("zpool/zpool-status-spares.txt");
    deepStrictEqual(mirrors.volumes, [
      'tank zfs "tank" on sdg,sdh,sdi,sdj,sdk,sdl,sdm,sdn',
    ]);
    ok(mirrors.edges.includes("zpool:tank > sdf (spare)"));
    ok(mirrors.drives.includes("sdf unknown 0 - / -"));

    const stable = shared("zpool/zpool-status-v4.txt");
    strictEqual(stable.drives.length, 4);
    ok(stable.report.drives.some(({ wwn }) => wwn === "0x5000c500c65ac66f"));

    const three = shared("zpool/zpool-status-v.txt");
    ok(three.volumes.includes('zint500 zfs "zint500" on ST3500418AS-5VMSTSSX'));
    deepStrictEqual(shared("zpool/zpool-status-v3.txt").volumes, [
      'tank zfs "tank" on c1t0d0,c1t1d0',
    ]);
  },
});

Deno.test("zpool status: its names are found again on the disks that another tool lists", () => {
  const disk = (name: string, facts: object, children: object[] = []) => ({
    name,
    type: "disk",
    size: 100,
    fstype: null,
    ...facts,
    children,
  });
  const member = { fstype: "zfs_member", label: "tank", uuid: "1234567890" };
  const lsblk = JSON.stringify({
    blockdevices: [
      disk("sda", { wwn: "0x5000c500c65ac66f" }, [{ name: "sda1", type: "part", ...member }]),
      disk("sdb", { model: "ST3500418AS", serial: "5VMSTSSX" }, [
        { name: "sdb5", type: "part", ...member },
      ]),
      disk("sdc", { model: "Samsung SSD 860", serial: "S3Z", ...member }),
      disk("nvme0n1", { model: "INTEL X", serial: "P1" }, [{ name: "nvme0n1p2", type: "part" }]),
      disk("sdd", { serial: "free" }),
    ],
  });
  const status = `  pool: tank
 state: DEGRADED
config:

	NAME                            STATE     READ WRITE CKSUM
	tank                            DEGRADED     0     0     0
	  raidz1-0                      DEGRADED     0     0     0
	    wwn-0x5000c500c65ac66f-part1  ONLINE     0     0     0
	    ST3500418AS-5VMSTSSX:5      ONLINE       0     0     0
	    ata-Samsung_SSD_860_S3Z     ONLINE       0     0     0
	    9464373629264373629         UNAVAIL      0     0     0  was /dev/sdz1
	logs
	  nvme-INTEL_X_P1-part2         ONLINE       0     0     0
	cache
	  /dev/disk/by-id/nvme-INTEL_X_P1-part3  ONLINE  0  0  0

errors: No known data errors
`;
  const { drives, volumes, edges, report } = told(status, lsblk);

  deepStrictEqual(drives.length, 5);
  deepStrictEqual(volumes, ['tank zfs "tank" on nvme0n1,sda,sdb,sdc']);
  deepStrictEqual(edges, [
    "zpool:tank > nvme0n1 (cache)",
    "zpool:tank > nvme0n1p2 (log)",
    "zpool:tank > sda1",
    "zpool:tank > sdb5",
    "zpool:tank > sdc",
  ]);
  strictEqual(report.volumes[0]?.uuid, "1234567890");

  const encrypted = told(
    "  pool: t\n state: ONLINE\nconfig:\n\tNAME STATE READ WRITE CKSUM\n" +
      "\tt ONLINE 0 0 0\n\t  /dev/mapper/sda_crypt ONLINE 0 0 0\n",
  );
  deepStrictEqual(encrypted.drives, []);
  deepStrictEqual(encrypted.volumes, ['t zfs "t" on ']);
});

Deno.test({
  name: "LVM alone: volumes of which the disks are not told stand on none; physical ones do",
  ignore,
  fn() {
    const report = shared("lvm/fullreport-rhel.json");
    deepStrictEqual(report.edges, ["rhel-root > vda2", "vg1-lvraid1 > vdb"]);

    const cached = shared("lvm/lvs-lvm-cache+thin1.json");
    deepStrictEqual(cached.drives, []);
    ok(cached.edges.includes("test-cache1_tdata > test-cache1--volume (cache)"));
    ok(cached.edges.includes("test-thin1 > test-cache1"));

    const raid = shared("lvm/lvs-lvm-raid1.json");
    ok(raid.edges.includes("test-data2 > test-data2_rimage_2"));
    ok(raid.edges.includes("test-data2 > test-data2_rmeta_2 (metadata)"));

    deepStrictEqual(shared("lvm/pvs-lvm-snapshot1.json").partitions, ["sdb1 on sdb"]);
    deepStrictEqual(shared("lvm/vgs-lvm-snapshot1.json").drives, []);

    // Together they know that all of the group is on one partition.
    const both = shared("lvm/lvs-lvm-snapshot1.json", "lvm/pvs-lvm-snapshot1.json");
    ok(both.edges.includes("test-thin2 > test-thin--pool"));
  },
});

Deno.test("LVM as tables: devices are told, a thin snapshot is not on its origin", () => {
  const { edges } = told(`  LV    VG  Attr       LSize   Pool Origin Data%  Meta%  Devices
  films vg  -wi-ao----   1.00t                           /dev/sda2(0)
  films vg  -wi-ao----   1.00t                           /dev/sdb1(0)
  pool  vg  twi-aotz-- 100.00g             10.00  5.00   pool_tdata(0)
  thin  vg  Vwi-aotz--  50.00g pool        1.00
  snap  vg  Vwi---tz-k  50.00g pool thin
`);
  deepStrictEqual(edges, [
    "vg-films > sda2",
    "vg-films > sdb1",
    "vg-snap > vg-pool",
    "vg-thin > vg-pool",
  ]);

  const physical = told(`  PV         VG     Fmt  Attr PSize   PFree
  /dev/sda2  centos lvm2 a--  <19.00g    0
  /dev/sdb          lvm2 ---   10.00g 10.00g
`);
  deepStrictEqual(physical.partitions, ["sda2 on sda"]);
});

Deno.test({
  name: "cryptsetup status: an open container, and a closed one that is nothing",
  ignore,
  fn() {
    deepStrictEqual(shared("cryptsetup/status-active-luks2.txt").edges, [
      "dm-crypto-luks2 > sdc2",
    ]);
    deepStrictEqual(shared("cryptsetup/status-inactive.txt").drives, []);
  },
});

Deno.test("dmsetup table: numbers are devices, and what is first in a cache is none of its content", () => {
  const lsblk = JSON.stringify({
    blockdevices: [
      { name: "sda", "maj:min": "8:0", type: "disk", size: 10 },
      { name: "sdb", "maj:min": "8:16", type: "disk", size: 10 },
      { name: "dm-0", "maj:min": "253:0", type: "lvm", size: 5 },
    ],
  });
  const { edges } = told(
    lsblk,
    "vg-films: 0 100 linear 8:0 2048\nvg-films: 100 100 linear 8:16 2048\n" +
      "vg-fast: 0 200 cache 8:16 8:16 8:0 128 1 writethrough smq 0\n" +
      "vg-away: 0 200 linear 8:99 0\n",
  );

  deepStrictEqual(edges, [
    "vg-fast > sda",
    "vg-fast > sdb (cache)",
    "vg-films > sda",
    "vg-films > sdb",
  ]);
});

Deno.test("btrfs filesystem show, blkid, parted and lsscsi add to what the disks say", () => {
  const uuid = "5b0f8a4e-1c9b-4f3a-9a5e-0f8d1c2b3a4d";
  const { drives, volumes, report } = told(
    JSON.stringify({
      blockdevices: [{ name: "sdb", type: "disk" }, { name: "sdc", type: "disk" }],
    }),
    `Label: 'pool'  uuid: ${uuid}\n\tTotal devices 2 FS bytes used 1.00GiB\n` +
      "\tdevid    1 size 8.00GiB used 1.00GiB path /dev/sdb\n" +
      "\tdevid    2 size 8.00GiB used 1.00GiB path /dev/sdc\n",
    '/dev/sdb: LABEL="pool" UUID="other" TYPE="btrfs"\n',
    "BYT;\n/dev/sdb:16777216s:scsi:512:512:loop:ATA X:;\n",
    "[1:0:0:0]    disk    usb:1-1:1.0                             /dev/sdb\n",
  );

  deepStrictEqual(drives, ["sdb usb 8589934592 - / -", "sdc unknown 0 - / -"]);
  deepStrictEqual(volumes, ['sdb btrfs "pool" on sdb,sdc']);
  strictEqual(report.volumes[0]?.uuid, uuid);
});

Deno.test("blkid alone tells of partitions, and makes no disk of a mapped device", () => {
  const { drives, partitions, volumes } = told(
    '/dev/sda1: UUID="1B-2C" TYPE="vfat"\n/dev/mapper/vg-root: UUID="x" TYPE="ext4"\n' +
      '/dev/loop0: TYPE="squashfs"\n',
  );

  deepStrictEqual(drives, ["sda unknown 0 - / -"]);
  deepStrictEqual(partitions, ["sda1 on sda"]);
  deepStrictEqual(volumes, ["sda1 vfat on sda", "vg-root ext4 on "]);
});

Deno.test("nvme list as a table: models of several words, below their dashes", () => {
  const { drives } = told(
    `Node             SN                   Model                                    Namespace Usage
---------------- -------------------- ---------------------------------------- --------- --------------------------
/dev/nvme0n1     S3X9NX0K123456       Samsung SSD 960 EVO 250GB                1         111.10  GB / 250.06  GB
/dev/nvme1n1                          WDC PC SN730                             1         512.11  GB / 512.11  GB
`,
  );

  deepStrictEqual(drives, [
    "nvme0n1 nvme 0 Samsung SSD 960 EVO 250GB / S3X9NX0K123456",
    "nvme1n1 nvme 0 WDC PC SN730 / -",
  ]);
});

Deno.test("LVM with prefixed names: every segment says on which disk it is", () => {
  const { edges } = told(
    "  LVM2_LV_NAME='root'|LVM2_VG_NAME='rhel'|LVM2_DEVICES='/dev/vda2(0)'|LVM2_LV_SIZE='9.00g'\n" +
      "  LVM2_LV_NAME='[lv_rimage_0]'|LVM2_VG_NAME='vg'|LVM2_DEVICES='/dev/vdb(1)'\n" +
      "  LVM2_LV_NAME='lv'|LVM2_VG_NAME='vg'|LVM2_DEVICES='lv_rimage_0(0)'\n",
  );

  deepStrictEqual(edges, ["rhel-root > vda2", "vg-lv > vg-lv_rimage_0", "vg-lv_rimage_0 > vdb"]);
});
