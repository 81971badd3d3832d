import { deepStrictEqual, ok } from "node:assert/strict";
import { readers } from "../../../../src/drives/readers/mod.ts";
import { told } from "./picture.ts";

/** The one reader that takes this text. */
function claimedBy(text: string): string[] {
  return readers.filter((one) => one.recognise(text)).map(({ name }) => name);
}

Deno.test("lsblk warns of devices that came and went, and then answers", () => {
  const pairs = 'lsblk: dm-7: failed to get device path\nNAME="sda" SIZE="1T" TYPE="disk"\n';
  deepStrictEqual(told(pairs).drives, ["sda unknown 1099511627776 - / -"]);
  const table = "/usr/bin/lsblk: sdz: failed to get sysfs name\nNAME SIZE TYPE\nsda    1T disk\n";
  deepStrictEqual(told(table).drives, ["sda unknown 1099511627776 - / -"]);
});

Deno.test("lsblk without the column TYPE: a name tells a partition whose disk is listed", () => {
  const rows = ["/dev/sdm", "/dev/sdm1", "/dev/sdn", "/dev/md0"].map((path) => ({ path }));
  const { drives, partitions } = told(JSON.stringify({ blockdevices: rows }));
  deepStrictEqual(drives.map((line) => line.split(" ")[0]), ["sdm", "sdn"]);
  deepStrictEqual(partitions, ["sdm1 on sdm"]);
});

Deno.test("lsblk asked for KNAME and not for NAME", () => {
  const { drives, partitions } = told("KNAME TYPE SIZE\nvda   disk  10G\nvda1  part   9G\n");
  deepStrictEqual(drives, ["vda virtual 10737418240 - / -"]);
  deepStrictEqual(partitions, ["vda1 on vda"]);
});

Deno.test("multipath: a name with blanks is a map of its own, and so is one without paths", () => {
  const { drives, edges } = told(
    "mpatha (36001405aaaaaaaaaaaaaaaaaaaaaaaaa) dm-2 LIO-ORG,films\n" +
      "size=2.0G features='0' hwhandler='0' wp=rw\n" +
      "`-+- policy='service-time 0' prio=1 status=active\n" +
      "  |- 3:0:0:0 sda 8:0 active ready running\n" +
      "  `- 4:0:0:0 sdb 8:16 active ready running\n" +
      "1IET     00080001 dm-3 IET,VIRTUAL-DISK\n" +
      "size=1.0G features='0' hwhandler='0' wp=rw\n" +
      "`-+- policy='service-time 0' prio=1 status=active\n" +
      "  `- 3:0:0:1 sdc 8:32 active ready running\n" +
      "mpathz (36001405bbbbbbbbbbbbbbbbbbbbbbbbb) dm-4 \n" +
      "size=1.0G features='0' hwhandler='0' wp=rw\n",
  );
  deepStrictEqual(drives.map((line) => line.split(" ", 3).join(" ")), [
    "sda unknown 2147483648",
    "sdc unknown 1073741824",
  ]);
  deepStrictEqual(edges, ["1IET     00080001 > sdc (path)", "mpatha > sda (path)"]);
});

Deno.test("blkid -o export: a paragraph for each device", () => {
  const text = "DEVNAME=/dev/sdb2\nUUID=0e0b-11\nTYPE=LVM2_member\nUSAGE=raid\n" +
    "PART_ENTRY_NUMBER=2\nPART_ENTRY_SIZE=4096\n\n" +
    "DEVNAME=/dev/sdb1\nLABEL=My\\ Films\nUUID=aa11\nTYPE=xfs\nPARTUUID=33-01\n";
  deepStrictEqual(claimedBy(text), ["blkid"]);
  const { report, partitions, volumes } = told(text);
  deepStrictEqual(partitions, ["sdb1 on sdb", "sdb2 on sdb"]);
  deepStrictEqual(volumes, ['sdb1 xfs "My Films" on sdb']);
  deepStrictEqual(report.partitions.map(({ sizeBytes }) => sizeBytes), [0, 2097152]);
});

Deno.test("a disc that only a mount tells of is in an optical drive", () => {
  const { drives, volumes } = told("/dev/sr0 on /media/film type udf (ro,relatime)\n");
  deepStrictEqual(drives, ["sr0 optical 0 - / -"]);
  deepStrictEqual(volumes, ["sr0 udf on sr0 at /media/film"]);
});

Deno.test("a journal apart from its file system is nothing to open", () => {
  const { volumes, partitions } = told(
    '/dev/sda3: UUID="a4" LOGUUID="a4" TYPE="jbd"\n/dev/sda4: TYPE="xfs_external_log"\n' +
      '/dev/sdb1: UUID="7d" EXT_JOURNAL="a4" TYPE="ext4"\n',
  );
  deepStrictEqual(volumes, ["sdb1 ext4 on sdb"]);
  ok(partitions.length === 3);
});

Deno.test("parted for people: sizes in thousands, in sectors, and in GiB", () => {
  const text = "Model: ATA ACME HD (scsi)\nDisk /dev/sda: 2000s\n" +
    "Sector size (logical/physical): 4096B/4096B\nPartition Table: gpt\nDisk Flags: \n\n" +
    "Number  Start  End    Size   File system  Name           Flags\n" +
    " 1      6s     999s   994s   fat32        EFI partition  boot, esp\n" +
    " 2      1000s  1999s  1000s                              lvm\n\n\n" +
    "Error: /dev/sdb: unrecognised disk label\nModel: ACME SD (scsi)\nDisk /dev/sdb: 1,5GiB\n" +
    "Sector size (logical/physical): 512B/512B\nPartition Table: unknown\nDisk Flags: \n\n" +
    "Model: Linux device-mapper (linear) (dm)\nDisk /dev/mapper/vg-films: 10GB\n" +
    "Sector size (logical/physical): 512B/512B\nPartition Table: loop\nDisk Flags: \n\n" +
    "Number  Start  End   Size  File system  Flags\n 1      0.00B  10GB  10GB  xfs\n";
  deepStrictEqual(claimedBy(text), ["parted"]);
  const { report, drives, volumes } = told(text);
  deepStrictEqual(drives, [
    "sda unknown 8192000 ACME HD / -",
    "sdb unknown 1610612736 ACME SD / -",
  ]);
  deepStrictEqual(
    report.partitions.map(({ name, sizeBytes, label }) => [name, sizeBytes, label]),
    [["sda1", 994 * 4096, "EFI partition"], ["sda2", 1000 * 4096, undefined]],
  );
  deepStrictEqual(volumes, ["sda1 vfat on sda", "vg-films xfs on "]);
});

Deno.test("df: blocks of any size, names on lines of their own, blanks in folders, servers", () => {
  const text = "df: /gone: No such file or directory\n" +
    "Filesystem           1K-blocks  Used Available Use% Mounted on\n" +
    "udev                       100     0       100   0% /dev\n" +
    "/dev/mapper/group-a-very-long-name\n                      1000   400       500  45% /\n" +
    "/dev/sda1                 2000   500      1500  25% /My Films\n" +
    "nas:/export               4000  1000      3000  25% /nas\n" +
    "systemd-1                    -     -         -    - /proc/sys/fs/binfmt_misc\n";
  deepStrictEqual(claimedBy(text), ["df"]);
  const { report, drives, volumes } = told(text);
  deepStrictEqual(drives, ["net:nas network 0 - / -", "sda unknown 0 - / -"]);
  deepStrictEqual(volumes, [
    "group-a-very-long-name - on  at /",
    "nas:/export - on net:nas at /nas",
    "sda1 - on sda at /My Films",
  ]);
  const space = report.volumes.map(({ totalBytes, freeBytes }) => [totalBytes, freeBytes]);
  deepStrictEqual(space, [[1024000, 512000], [4096000, 3072000], [2048000, 1536000]]);
});

Deno.test("df -h in another language, df -T, df in megabytes; df -i counts no bytes", () => {
  const total = (text: string) => {
    deepStrictEqual(claimedBy(text), ["df"], text);
    const [volume] = told(text).report.volumes;
    return [volume?.fileSystem, volume?.totalBytes, volume?.freeBytes];
  };
  const german = "Dateisystem    Größe Benutzt Verf. Verw% Eingehängt auf\n" +
    "/dev/sda1       1,5T    500G    1T   34% /films\n";
  deepStrictEqual(total(german), [undefined, 1.5 * 1024 ** 4, 1024 ** 4]);
  const typed = "Filesystem Type 2MB-blocks Used Available Use% Mounted on\n" +
    "/dev/sda1  xfs          10    4         6  40% /films\n";
  deepStrictEqual(total(typed), ["xfs", 20_000_000, 12_000_000]);
  const inodes = "Filesystem Inodes IUsed IFree IUse% Mounted on\n" +
    "/dev/sda1    1000   400   600   40% /films\n";
  deepStrictEqual(total(inodes), [undefined, undefined, undefined]);
});

Deno.test("LVM's tables come after warnings", () => {
  const text = "  WARNING: Locking disabled. Be careful!\n  No PV label found on /dev/loop0.\n" +
    "  LV    VG   Attr       LSize Pool Devices\n" +
    "  films data -wi-ao---- 5.00g      /dev/sdc2(0)\n  Reloading config files\n";
  deepStrictEqual(claimedBy(text), ["lvs, pvs, vgs"]);
  deepStrictEqual(told(text).edges, ["data-films > sdc2"]);
});

Deno.test("dmsetup: names by numbers, in three forms; its status is no table", () => {
  const disk = JSON.stringify({
    blockdevices: [{ name: "sda", "maj:min": "8:0", type: "disk", size: 4096 }],
  });
  const table = "vg-films: 0 8 linear 8:0 2048\nvg-top: 0 8 linear 253:7 0\n";
  for (
    const names of [
      "Name     Maj Min Stat Open Targ Event  UUID\nvg-films 253   7 L--w    1    1      0 LVM-x\n",
      "vg-films\t(253:7)\n",
      "vg-films\t(253, 7)\n",
    ]
  ) {
    deepStrictEqual(claimedBy(names), ["dmsetup info"], names);
    deepStrictEqual(told(disk, table, names).edges, ["vg-films > sda", "vg-top > vg-films"]);
  }
  deepStrictEqual(claimedBy("vg-films: 0 8 linear \nvg-cow: 0 8 snapshot 16/80 8\n"), []);
});

Deno.test("a RAID of the board's firmware: its disks show its partitions too, and they are its own", () => {
  const sets = "isw_aa_Films:2048:128:mirror:ok:0:2:0\n" +
    "/dev/sdb:isw:isw_aa_Films:mirror:ok:2048:0\n/dev/sdc:isw:isw_aa_Films:mirror:ok:2048:0\n";
  deepStrictEqual(claimedBy(sets), ["dmraid --sets"]);
  const record = (path: string, lines: string[]) =>
    `P: /devices/${path}\nE: SUBSYSTEM=block\n${lines.map((line) => `E: ${line}\n`).join("")}\n`;
  const content = ["ID_FS_TYPE=xfs", "ID_FS_UUID=aa-11", "ID_PART_ENTRY_SIZE=1024"];
  const udev = ["sdb", "sdc"].map((name) =>
    record(`pci/block/${name}`, ["DEVTYPE=disk"]) +
    record(`pci/block/${name}/${name}1`, ["DEVTYPE=partition", ...content])
  ).join("") +
    record("virtual/block/dm-0", ["DM_NAME=isw_aa_Films", "DM_UUID=DMRAID-isw_aa_Films"]) +
    record("virtual/block/dm-1", [
      "DM_NAME=isw_aa_Films-part1",
      "DM_UUID=part1-DMRAID-isw_aa_Films",
      ...content,
    ]);
  const { report, drives, partitions, volumes } = told(udev, sets);
  deepStrictEqual(drives.length, 2);
  deepStrictEqual(partitions, ["isw_aa_Films-part1 on sdb,sdc"]);
  deepStrictEqual(report.partitions[0]?.sizeBytes, 524288);
  deepStrictEqual(volumes, ["isw_aa_Films-part1 xfs on sdb,sdc"]);
});

Deno.test("df with columns that somebody chose", () => {
  const text = "Filesystem         Mounted on Type Avail 1B-blocks\n" +
    "tmpfs              /run       tmpfs  100       100\n" +
    "/dev/mapper/a-root /          xfs      7        10\n" +
    "/dev/sda1          /My Films  ext4     -        20\n";
  deepStrictEqual(claimedBy(text), ["df"]);
  const { report, volumes } = told(text);
  deepStrictEqual(volumes, ["a-root xfs on  at /", "sda1 ext4 on sda at /My Films"]);
  const space = report.volumes.map(({ totalBytes, freeBytes }) => [totalBytes, freeBytes]);
  deepStrictEqual(space, [[10, 7], [20, undefined]]);
});

Deno.test("bcache in a capture: a volume of the set alone lies on the cache", () => {
  const file = ([name, line]: [string, string]) =>
    `<File><name>${name}</name><content>${line}</content></File>`;
  const files: [string, string][] = [
    ["/sys/devices/pci0/block/sdf/dev", "8:80"],
    ["/sys/devices/pci0/block/sdf/size", "2048"],
    ["/sys/devices/virtual/block/bcache5/dev", "254:5"],
    ["/sys/devices/virtual/block/bcache5/size", "1024"],
    ["/sys/fs/bcache/0a-1b/cache0/../dev", "8:80"],
    ["/sys/fs/bcache/0a-1b/volume0/../dev", "254:5"],
  ];
  const capture = `<Mockup><Commands><Command><name>/usr/sbin/blkid -c /dev/null</name>
<stdout>/dev/bcache5: UUID="1-2" TYPE="ext4"</stdout></Command></Commands>
<Files>${files.map(file).join("")}</Files></Mockup>`;
  const { drives, edges } = told(capture);
  deepStrictEqual(drives.map((line) => line.split(" ")[0]), ["sdf"]);
  deepStrictEqual(edges, ["bcache5 > sdf"]);
});
