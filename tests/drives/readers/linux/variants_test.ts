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
