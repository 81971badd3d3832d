import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { hasShared, sharedText } from "../../../../helpers/shared_fixtures.ts";
import { drives, edges, partitions, shown, told, volumes } from "../views.ts";

const ignore = !hasShared;

Deno.test({
  name: "OS X 10.10 says no more of a disk than its name",
  ignore,
  fn() {
    const report = shown("diskutil/text-list-yosemite.txt");

    deepStrictEqual(drives(report), ["disk0 unknown 42900000000"]);
    deepStrictEqual(partitions(report), [
      "disk0s1 on disk0 209700000",
      "disk0s2 on disk0 42100000000",
      "disk0s3 on disk0 650000000",
    ]);
    deepStrictEqual(volumes(report), [
      "disk0s1 on disk0 msdos 'EFI'",
      "disk0s2 on disk0 hfs 'Macintosh HD'",
      "disk0s3 on disk0 ? 'Recovery HD'",
    ]);
  },
});

Deno.test({
  name: "the one RAID set of a list stands on the partitions for RAID",
  ignore,
  fn() {
    const report = shown("diskutil/text-list-apple-raid-set.txt");

    deepStrictEqual(drives(report), [
      "disk0 unknown 1000000000000",
      "disk2 unknown 1000000000000",
      "disk3 unknown 1000000000000",
    ]);
    deepStrictEqual(volumes(report), [
      "disk0s1 on disk0 msdos 'EFI'",
      "disk0s3 on disk0 ? 'Recovery HD'",
      "disk1 on disk0 ? 'Macintosh HD'",
      "disk2s1 on disk2 msdos 'EFI'",
      "disk2s3 on disk2 ? 'Boot OS X'",
      "disk3s1 on disk3 msdos 'EFI'",
      "disk3s3 on disk3 ? 'Boot OS X'",
      "disk4 on disk2+disk3 hfs 'Builds'",
    ]);
    const layers = edges(report).filter((edge) => edge.includes("("));
    deepStrictEqual(layers, [
      "disk1 (corestorage) → disk0s2",
      "disk4 (raid) → disk2s2",
      "disk4 (raid) → disk3s2",
    ]);
    strictEqual(report.partitions.length, 9);
  },
});

Deno.test({
  name: "where two sets could be meant, or the size does not fit, no member is named",
  ignore,
  fn() {
    const text = sharedText("macos/diskutil/text-list-apple-raid-set.txt");
    const another = text.slice(text.indexOf("/dev/disk4")).replaceAll("disk4", "disk5");
    const smaller = text.replace("+2.0 TB ", "+1.4 TB ");

    for (const report of [told(`${text}\n${another}`), told(smaller)]) {
      const set = report.drives.find(({ name }) => name === "disk4");
      match(set!.evidence, /the disk beneath disk4 \(virtual disk\) is not visible/);
    }
  },
});

Deno.test("a mirror has the size of one member", () => {
  const disk = (name: string) =>
    `/dev/${name} (external, physical):
   #:                       TYPE NAME                    SIZE       IDENTIFIER
   0:      GUID_partition_scheme                        *1.0 TB     ${name}
   1:                        EFI EFI                     209.7 MB   ${name}s1
   2:                 Apple_RAID                         999.9 GB   ${name}s2
`;
  const report = told(`${disk("disk2")}
${disk("disk3")}
/dev/disk4 (external, virtual):
   #:                       TYPE NAME                    SIZE       IDENTIFIER
   0:                  Apple_HFS Safe                   +999.9 GB   disk4
`);

  ok(edges(report).includes("disk4 (raid1) → disk2s2"));
  strictEqual(volumes(report).at(-1), "disk4 on disk2+disk3 hfs 'Safe'");
});

Deno.test({
  name: "attached images are no drives; the set and the external disks beside them are seen",
  ignore,
  fn() {
    const report = shown("diskutil/text-list-disk-images-my-passport.txt");

    deepStrictEqual(drives(report), [
      "disk0 unknown 751300000000",
      "disk4 unknown 2000000000000",
      "disk5 unknown 2000000000000",
      "disk6 unknown 1000000000000",
      "disk7 unknown 1000000000000",
    ]);
    deepStrictEqual(volumes(report).filter((line) => !line.includes(" msdos 'EFI'")), [
      "disk0s3 on disk0 ? 'Recovery HD'",
      "disk1 on disk0 hfs 'Macintosh HD'",
      // The type of its partition is also that of exFAT.
      "disk4s1 on disk4 ? 'My Passport'",
      "disk5s2 on disk5 hfs 'Builds'",
      "disk5s3 on disk5 hfs 'Source'",
      "disk6s3 on disk6 ? 'Boot OS X'",
      "disk7s3 on disk7 ? 'Boot OS X'",
      "disk8 on disk6+disk7 hfs 'RedBackup'",
    ]);
    deepStrictEqual(edges(report).filter((edge) => edge.includes("(")), [
      "disk1 (corestorage) → disk0s2",
      "disk8 (raid) → disk6s2",
      "disk8 (raid) → disk7s2",
    ]);
  },
});

// Written by hand in the form of macOS 11 and later, which marks the direction of names.
const apfsList = `/dev/disk0 (internal, physical):
   #:                       TYPE NAME                    SIZE       IDENTIFIER
   0:      GUID_partition_scheme                        *500.3 GB   disk0
   1:             Apple_APFS_ISC \u2068\u2069                        524.3 MB   disk0s1
   2:                 Apple_APFS \u2068Container disk3\u2069         494.4 GB   disk0s2

/dev/disk3 (synthesized):
   #:                       TYPE NAME                    SIZE       IDENTIFIER
   0:      APFS Container Scheme -                      +494.4 GB   disk3
                                 Physical Store disk0s2
   1:                APFS Volume \u2068Macintosh HD\u2069            8.9 GB     disk3s1
   2:              APFS Snapshot \u2068com.apple.os.update-...\u2069 8.9 GB     disk3s1s1
   3:                APFS Volume \u2068Data\u2069                    203.0 GB   disk3s5

/dev/disk4 (external, physical):
   #:                       TYPE NAME                    SIZE       IDENTIFIER
   0:     FDisk_partition_scheme                        *4.0 TB     disk4
   1:       Microsoft Basic Data \u2068Films 2 TB\u2069              4.0 TB     disk4s1
   2: 516E7CBA-6ECF-11D6-8FF8-00022D09712B ZFS Pool      10.0 GB    disk4s2

/dev/disk5 (disk image):
   #:                       TYPE NAME                    SIZE       IDENTIFIER
   0:      GUID_partition_scheme                        +17.4 GB    disk5
   1:                 Apple_APFS \u2068Container disk6\u2069         17.4 GB    disk5s1

/dev/disk6 (synthesized):
   #:                       TYPE NAME                    SIZE       IDENTIFIER
   0:      APFS Container Scheme -                      +17.4 GB    disk6
                                 Physical Store disk5s1
   1:                APFS Volume \u2068iOS Simulator\u2069           16.9 GB    disk6s1
`;

Deno.test("a list with APFS: containers stand on partitions, also on those of images", () => {
  const report = told(apfsList);

  deepStrictEqual(drives(report), ["disk0 unknown 500300000000", "disk4 unknown 4000000000000"]);
  deepStrictEqual(partitions(report), [
    "disk0s1 on disk0 524300000",
    "disk0s2 on disk0 494400000000",
    "disk4s1 on disk4 4000000000000",
    "disk4s2 on disk4 10000000000",
  ]);
  deepStrictEqual(volumes(report), [
    "disk3s1 on disk0 apfs 'Macintosh HD'",
    "disk3s5 on disk0 apfs 'Data'",
    "disk4s1 on disk4 ? 'Films 2 TB'",
    "disk4s2 on disk4 ? 'ZFS Pool'",
  ]);
  deepStrictEqual(report.volumes.map(({ sizeBytes }) => sizeBytes).slice(0, 2), [
    8900000000,
    203000000000,
  ]);
  deepStrictEqual(report.volumes[0]?.devices, ["disk3s1", "disk3s1s1"]);
});

Deno.test("a list of Mac OS X 10.4 has other columns and sizes in Gi", () => {
  const report = told(`/dev/disk0
   #:                   type name               size      identifier
   0: Apple_partition_scheme                    *74.5 GB  disk0
   1:    Apple_partition_map                    31.5 KB   disk0s1
   2:              Apple_HFS Macintosh HD       74.4 Gi   disk0s3
`);

  deepStrictEqual(drives(report), ["disk0 unknown 74500000000"]);
  deepStrictEqual(volumes(report), ["disk0s3 on disk0 hfs 'Macintosh HD'"]);
  strictEqual(report.volumes[0]?.sizeBytes, Math.round(74.4 * 2 ** 30));
});

Deno.test("an encrypted Fusion volume stands on both disks", () => {
  const report = told(`/dev/disk2 (internal, virtual):
   #:                       TYPE NAME                    SIZE       IDENTIFIER
   0:                  Apple_HFS Macintosh HD           +3.1 TB     disk2
                                 Logical Volume on disk0s2, disk1s2
                                 2F555A8B-D884-485F-985A-3B7ADF7BFCB5
                                 Unlocked Encrypted Fusion Drive
`);

  deepStrictEqual(volumes(report), ["disk2 on disk0+disk1 hfs 'Macintosh HD'"]);
  ok(edges(report).includes("disk2 (fusion) → disk1s2"));
});

const infos: [file: string, drive: string, bus: string][] = [
  [
    "external-hdd-generic",
    "disk5 hdd 2000179691520 G-DRIVE PRO Thunderbolt",
    "sata",
  ],
  ["fusion-hdd", "disk0 hdd 3000592982016 APPLE HDD ST3000DM001", "sata"],
  ["fusion-ssd", "disk0 ssd 121332826112 APPLE SSD SM0128G", "pci"],
  ["touchbar-ssd", "disk0 ssd 251000193024 APPLE SSD AP0256J", "pci-express"],
];
for (const [file, drive, bus] of infos) {
  Deno.test({
    name: `\`diskutil info\` of one disk tells model, size and medium: ${file}`,
    ignore,
    fn() {
      const report = shown(`diskutil/text-info-${file}.txt`);

      deepStrictEqual(drives(report), [drive]);
      strictEqual(report.drives[0]?.bus, bus);
      strictEqual(report.drives[0]?.removable, false);
      deepStrictEqual([report.partitions, report.volumes], [[], []]);
    },
  });
}

Deno.test({
  name: "a CoreStorage volume has the model of its disk, and is none",
  ignore,
  fn() {
    const report = shown("diskutil/text-info-corestorage-volume.txt");

    deepStrictEqual(drives(report), ["disk0 unknown 0"]);
    deepStrictEqual(volumes(report), ["disk1 on disk0 hfs 'Macintosh HD' /"]);
    const { uuid, sizeBytes, totalBytes, freeBytes, readOnly } = report.volumes[0]!;
    deepStrictEqual({ uuid, sizeBytes, totalBytes, freeBytes, readOnly }, {
      uuid: "BFDDBF0E-8AAC-30F3-9D51-FD9FB55A8324",
      sizeBytes: 249664372736,
      totalBytes: 249664372736,
      freeBytes: 55848755200,
      readOnly: false,
    });
    deepStrictEqual(edges(report), ["disk0s2 → disk0", "disk1 (corestorage) → disk0s2"]);
  },
});

Deno.test({
  name: "`diskutil info -all` is one picture of all its sections",
  ignore,
  fn() {
    const sections = ["text-info-touchbar-ssd", "text-info-corestorage-volume"]
      .map((name) => sharedText(`macos/diskutil/${name}.txt`));

    const report = told(`${sections.join("\n**********\n\n")}\n**********\n`);

    deepStrictEqual(drives(report), ["disk0 ssd 251000193024 APPLE SSD AP0256J"]);
    deepStrictEqual(volumes(report), ["disk1 on disk0 hfs 'Macintosh HD' /"]);
  },
});

// Written by hand in the form of macOS 11 and later.
Deno.test("`diskutil info` of an APFS volume and of its snapshot is one volume", () => {
  const section = (name: string, mountPoint: string, kind: string) =>
    `   Device Identifier:         ${name}
   Device Node:               /dev/${name}
   Whole:                     No
   Part of Whole:             disk3
   Volume Name:               Macintosh HD
   Mounted:                   Yes
   Mount Point:               ${mountPoint}
   Partition Type:            41504653-0000-11AA-AA11-00306543ECAC
   File System Personality:   APFS
   Type (Bundle):             apfs
   Protocol:                  Apple Fabric
   Volume UUID:               ${name.length > 7 ? "SNAPSHOT" : "VOLUME"}
   Disk Size:                 494.4 GB (494384795648 Bytes) (exactly 965595304 512-Byte-Units)
   Container Total Space:     494.4 GB (494384795648 Bytes) (exactly 965595304 512-Byte-Units)
   Container Free Space:      270.0 GB (270000000000 Bytes) (exactly 527343750 512-Byte-Units)
   Volume Used Space:         8.9 GB (8900000000 Bytes) (exactly 17382812 512-Byte-Units)
   Volume Read-Only:          Yes (read-only mount flag set)
   Device Location:           Internal
   Removable Media:           Fixed
   Solid State:               Yes

   This disk is an ${kind}.  APFS Information:
   APFS Container:            disk3
   APFS Physical Store:       disk0s2
   Fusion Drive:              No
`;
  const report = told([
    section("disk3s1", "/System/Volumes/Update/mnt1", "APFS Volume"),
    section("disk3s1s1", "/", "APFS Volume Snapshot"),
  ].join("**********\n"));

  strictEqual(report.volumes.length, 1);
  const [volume] = report.volumes;
  deepStrictEqual(volume?.mountPoints.toSorted(), ["/", "/System/Volumes/Update/mnt1"]);
  strictEqual(volume?.uuid, "VOLUME");
  strictEqual(volume?.sizeBytes, 8900000000);
  strictEqual(volume?.freeBytes, 270000000000);
  strictEqual(volume?.readOnly, true);
  deepStrictEqual(edges(report).slice(1), [
    "disk3 (apfs container) → disk0s2",
    "disk3s1 (apfs volume) → disk3",
  ]);
});
