/** What is in other people's recordings of Windows, written down by reading them. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { hasShared } from "../../../helpers/shared_fixtures.ts";
import { drivesIn, edgesIn, pictureOfShared, volumesIn } from "./show.ts";

const ignore = !hasShared;

function test(name: string, fn: () => void): void {
  Deno.test({ name, ignore, fn });
}

test("Get-PhysicalDisk | Format-List: NVMe with its EUI for a serial", () => {
  const picture = pictureOfShared("powershell/Get-PhysicalDisk-fl-surface.txt");

  deepStrictEqual(drivesIn(picture), [
    ["PhysicalDrive0", "nvme", "SAMSUNG MZFLV256HCHP-000MV", "S245NXCH108281", 256060514304],
  ]);
  strictEqual(picture.drives[0]?.wwn, "eui.0025384161b6798a");
  strictEqual(picture.drives[0]?.removable, false);
});

test("Get-PhysicalDisk | Select UniqueId: nine drives of which no kind is known", () => {
  const { drives, volumes } = pictureOfShared("powershell/Get-PhysicalDisk-uniqueid-table.txt");

  strictEqual(drives.length, 9);
  deepStrictEqual([...new Set(drives.map(({ kind }) => kind))], ["unknown"]);
  deepStrictEqual(drives.flatMap(({ wwn }) => wwn ?? []).sort(), [
    "0x5000c5007a75e216",
    "0x50014ee20d887d66",
    "0x500a07510f1a545c",
    "eui.0025384161b6798a",
  ]);
  deepStrictEqual(drives.flatMap(({ serial, model }) => serial ? [[model, serial]] : []), [
    ["LITEONIT LMT-256M6M mSATA 256GB", "TW0XXM305508532M0705"],
  ]);
  deepStrictEqual(volumes, []);
});

test("16 VMware disks of one model are 16 drives, in French", () => {
  const picture = pictureOfShared("wmi-list/2008-Enterprise-Win32_DiskDrive.txt");

  strictEqual(picture.drives.length, 16);
  strictEqual(new Set(picture.drives.map(({ id }) => id)).size, 16);
  deepStrictEqual(picture.drives.map(({ name }) => name), [
    ...Array.from({ length: 16 }, (_, index) => `PhysicalDrive${index}`),
  ]);
  ok(picture.drives.every(({ kind, vendor }) => kind === "virtual" && vendor === "VMware"));
  const serials = drivesIn(picture).map(([name, , , serial, size]) => [name, serial, size]);
  deepStrictEqual(serials[1], [
    "PhysicalDrive1",
    "6177c38465431cc70afd3be80ab1d98a",
    16105098240,
  ]);
  deepStrictEqual(serials[10], [
    "PhysicalDrive10",
    "6177c38882b0dcfec9dc3525ae711228",
    5362882560,
  ]);
  deepStrictEqual(serials[13]?.[2], 5362882650);
});

test("letters in French: two fixed, a disc drive, three folders of two servers, no floppy disk", () => {
  const picture = pictureOfShared("wmi-list/2008-Enterprise-Win32_LogicalDisk.txt");

  deepStrictEqual(picture.drives.map(({ id, name, kind }) => [id.slice(0, 4), name, kind]), [
    ["drv-", "E:", "optical"],
    ["net:", "net:172.27.0.252", "network"],
    ["net:", "net:srv", "network"],
  ]);
  const volumes = volumesIn(picture);
  deepStrictEqual(volumes.map((volume) => volume.slice(1)).sort(), [
    ["NTFS", "GLPI", "D:\\", ""],
    ["NTFS", "System", "C:\\", ""],
    ["NTFS", "jumping", "J:\\", "net:172.27.0.252"],
    ["NTFS", "jumping", "Z:\\", "net:172.27.0.252"],
    ["NTFS", "srv", "L:\\", "net:srv"],
  ]);
  const system = picture.volumes.find(({ label }) => label === "System");
  deepStrictEqual([system?.uuid, system?.totalBytes, system?.freeBytes], [
    "110D-E6FB",
    42949668864,
    21440266240,
  ]);
});

test("disks and letters without what links them: no letter is put on a disk", () => {
  const picture = pictureOfShared(
    "wmi-list/2008-Enterprise-Win32_LogicalDisk.txt",
    "wmi-list/2008-Enterprise-Win32_DiskDrive.txt",
  );

  strictEqual(picture.drives.length, 16 + 3);
  const local = picture.volumes.filter(({ name }) => /^[CD]:$/.test(name));
  deepStrictEqual(local.map(({ driveIds }) => driveIds), [[], []]);
});

test("a BitLocker laptop in four files: one NVMe drive, three volumes, one of them C:", () => {
  const files = ["DiskDrive", "LogicalDisk", "Volume", "EncryptableVolume"];
  const picture = pictureOfShared(...files.map((name) => `wmi-list/win10-crypt-Win32_${name}.txt`));

  deepStrictEqual(drivesIn(picture), [
    ["PhysicalDrive0", "nvme", "KXG50ZNV512G NVMe TOSHIBA 512GB", undefined, 512105932800],
  ]);
  strictEqual(picture.drives[0]?.wwn, "eui.0000a5b00000001000080e020037e465");
  deepStrictEqual(volumesIn(picture).map(([, ...told]) => told), [
    ["NTFS", "Windows", "C:\\", ""],
    ["FAT32", "BOOT", "", ""],
    ["NTFS", undefined, "", ""],
  ]);
  deepStrictEqual(picture.volumes.map(({ totalBytes }) => totalBytes), [
    510462619648,
    519045120,
    986705920,
  ]);
});

test("Windows 7 in VMware: the host's shared folders are a network drive without a server", () => {
  const picture = pictureOfShared("wmi-list/win7-sp1-x64-Win32_LogicalDisk.txt");

  deepStrictEqual(picture.drives.map(({ name, kind }) => [name, kind]), [
    ["D:", "optical"],
    ["net:hgfs", "network"],
  ]);
  deepStrictEqual(volumesIn(picture), [
    ["C:", "NTFS", undefined, "C:\\", ""],
    ["Z:", "HGFS", "Shared Folders", "Z:\\", "net:hgfs"],
  ]);
});

test("NVMe behind Intel VMD: two queries and a list of volumes are of one drive", () => {
  const [both, first, second] = [
    ["MSFT_PhysicalDisk-nvme-vmd", "Win32_DiskDrive-nvme-vmd", "MSFT_Volume-no-letters"],
    ["MSFT_PhysicalDisk-nvme-vmd"],
    ["Win32_DiskDrive-nvme-vmd"],
  ].map((names) => pictureOfShared(...names.map((name) => `wmi-query/${name}.csv`)));

  const model = "PM9B1 NVMe Samsung 512GB";
  deepStrictEqual(drivesIn(both!), [["PhysicalDrive0", "nvme", model, undefined, 512110190592]]);
  deepStrictEqual(drivesIn(first!), drivesIn(both!));
  deepStrictEqual(second!.drives.map(({ name, kind, wwn }) => [name, kind, wwn]), [
    ["PhysicalDrive0", "nvme", "eui.002538e331d953c0"],
  ]);
  strictEqual(first!.drives[0]?.wwn, "eui.002538e331d953c0");
  deepStrictEqual(volumesIn(both!).map(([, ...told]) => told), [
    ["NTFS", "OS", "C:\\", ""],
    ["NTFS", "DELLSUPPORT", "", ""],
    ["FAT32", "ESP", "", ""],
    ["NTFS", "WINRETOOLS", "", ""],
  ]);
});

test("a server's disk in IDE mode: nothing tells its kind, and its firmware is no serial", () => {
  const picture = pictureOfShared(
    "wmi-query/FailurePredictStatus.csv",
    "wmi-query/Win32_DiskDrive-ide-server.csv",
  );

  deepStrictEqual(drivesIn(picture), [
    ["PhysicalDrive0", "unknown", "HGST HUS726020ALE614", undefined, 2000396321280],
  ]);
  deepStrictEqual(
    drivesIn(pictureOfShared("wmi-query/FailurePredictStatus.csv")).map(([, ...told]) => told),
    [["unknown", "HGST HUS726020ALE614", undefined, 0]],
  );
});

test("what tells of controllers tells of no drive", () => {
  for (const name of ["CIM_Controller", "CIM_ControlledBy"]) {
    deepStrictEqual(pictureOfShared(`wmi-query/${name}.csv`).drives, []);
  }
});

test("wmic in UTF-16: a USB stick with the serial of its plug, and a disk without a name", () => {
  const { drives } = pictureOfShared("wmic/DiskDrive-utf16.csv");

  const facts = drives.map((one) => [one.name, one.kind, one.vendor, one.model, one.serial]);
  deepStrictEqual(facts, [
    ["PhysicalDrive2", "usb", "SanDisk'", "Cruzer Fit", "00022622120421003520"],
    ["PhysicalDrive3", "unknown", undefined, undefined, undefined],
  ]);
  deepStrictEqual(drives.map(({ sizeBytes, removable }) => [sizeBytes, removable]), [
    [15677383680, true],
    [120031511040, false],
  ]);
});

test("wmic's associations: disk 1 has three partitions, C: is on its last", () => {
  const picture = pictureOfShared(
    "wmic/LogicalDiskToPartition.csv",
    "wmic/DiskDriveToDiskPartition-unescaped-quotes.csv",
  );

  deepStrictEqual(picture.drives.map(({ name, kind }) => [name, kind]), [
    ["PhysicalDrive0", "unknown"],
    ["PhysicalDrive1", "unknown"],
  ]);
  deepStrictEqual(edgesIn(picture).sort(), [
    "partition Disk #0, Partition #0 → drive PhysicalDrive0",
    "partition Disk #1, Partition #0 → drive PhysicalDrive1",
    "partition Disk #1, Partition #1 → drive PhysicalDrive1",
    "partition Disk #1, Partition #2 → drive PhysicalDrive1",
    "volume C: → partition Disk #1, Partition #2",
    "volume D: → partition Disk #0, Partition #0",
  ]);
});

test("Win32 volume API, Windows 11: one NVMe drive and C:", () => {
  const picture = pictureOfShared("win32-volume-api/Win11.xml");

  deepStrictEqual(drivesIn(picture), [
    ["PhysicalDrive0", "nvme", "SAMSUNG MZFLV512HCJH-000MV", undefined, 512110190592],
  ]);
  deepStrictEqual(volumesIn(picture), [["C:", "NTFS", undefined, "C:\\", "PhysicalDrive0"]]);
  deepStrictEqual(
    picture.partitions.map(({ name, uuid, label, sizeBytes, volumeId }) => [
      name,
      uuid,
      label,
      sizeBytes,
      volumeId,
    ]),
    [[
      "Harddisk0Partition3",
      "16ae967d-e57e-4ad5-90ea-16e21a37b1e5",
      "Basic data partition",
      511390515200,
      picture.volumes[0]?.id,
    ]],
  );
});

test("Win32 volume API, Windows 10: a floppy is not disk 0, SUBST and memory are no drives", () => {
  const picture = pictureOfShared("win32-volume-api/Win10v2004.xml");

  deepStrictEqual(drivesIn(picture), [
    ["Floppy0", "unknown", "FD-05PUB", undefined, 1457664],
    ["net:localhost", "network", undefined, undefined, 0],
    ["PhysicalDrive0", "nvme", "SAMSUNG MZFLV512HCJH-000MV", undefined, 512110190592],
    ["PhysicalDrive1", "sd", "SD Card", undefined, 64021856256],
    ["PhysicalDrive2", "usb", "Cruzer Glide 3.0", "4C530001120606116282", 63043141632],
    ["PhysicalDrive3", "usb", "U3 Cruzer Micro", "43202207CA531669", 4051697152],
  ]);
  deepStrictEqual(volumesIn(picture).map((told) => told.slice(1)), [
    ["NTFS", "Local Disk", "M:\\", "net:localhost"],
    ["NTFS", "Local Disk", "C:\\", "PhysicalDrive0"],
    ["exFAT", "Samsung64GB", "D:\\", "PhysicalDrive1"],
    ["NTFS", "USB", "E:\\", "PhysicalDrive2"],
    ["NTFS", undefined, "F:\\", "PhysicalDrive3"],
    ["FAT", undefined, "A:\\", "Floppy0"],
    ["FAT32", "SYSTEM", "", "PhysicalDrive0"],
  ]);
  const edges = edgesIn(picture);
  for (
    const edge of [
      "subst N: → volume C:",
      "subst O: → volume D:",
      "subst P: → subst N:",
      "volume C: → partition Harddisk0Partition3",
      "partition Harddisk1Partition1 → drive PhysicalDrive1",
    ]
  ) ok(edges.includes(edge), edge);
  // The same drive as in the recording of Windows 11, two years later.
  strictEqual(
    picture.drives.find(({ kind }) => kind === "nvme")?.id,
    pictureOfShared("win32-volume-api/Win11.xml").drives[0]?.id,
  );
});

test("Win32 volume API, Windows 7: serials in hexadecimal, Linux on it, two drives for discs", () => {
  const picture = pictureOfShared("win32-volume-api/Win7SP1.xml");

  deepStrictEqual(drivesIn(picture), [
    ["CdRom0", "optical", "HL-DT-ST DVDRAM GSA-U10N", undefined, 0],
    ["CdRom1", "optical", "CLONEDRIVE", undefined, 0],
    ["PhysicalDrive0", "hdd", "HGST HEJ423232H9E300", "F60000FNG03X8C", 320072933376],
    ["PhysicalDrive1", "usb", "3200AAJ External", undefined, 320072933376],
  ]);
  deepStrictEqual(volumesIn(picture).map((told) => told.slice(1)), [
    ["NTFS", undefined, "C:\\", "PhysicalDrive0"],
    ["NTFS", "WD320", "F:\\", "PhysicalDrive1"],
    ["NTFS", "System Reserved", "", "PhysicalDrive0"],
  ]);
  deepStrictEqual(picture.partitions.map(({ name, sizeBytes }) => [name, sizeBytes]), [
    ["Harddisk0Partition1", 104857600],
    ["Harddisk0Partition2", 251552333824],
    ["Harddisk0Partition3", 4225761280],
    ["Harddisk0Partition4", 64187531264],
    ["Harddisk1Partition1", 320070483968],
  ]);
});
