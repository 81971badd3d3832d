/** The forms in which people record what Windows tells. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { InvalidError } from "../../../../src/base/errors.ts";
import { pictureOf } from "../../../../src/drives/readers/mod.ts";
import { drivesIn, edgesIn, volumesIn } from "./show.ts";

const read = (...texts: string[]) => pictureOf(texts.map((text) => ({ text })));

Deno.test("ConvertTo-Json: one object for a list of one, words or numbers, and CIM's noise", () => {
  const disk = {
    DeviceId: "0",
    FriendlyName: "Samsung SSD 860 EVO 500GB",
    Model: "Samsung SSD 860 EVO 500GB",
    SerialNumber: "S3Z2NB0K123456A     ",
    UniqueId: "5002538E40A1B2C3",
    Size: 500107862016,
    CimClass: { CimSuperClassName: "MSFT_StorageFaultDomain", CimClassName: "MSFT_PhysicalDisk" },
    CimInstanceProperties: ['DeviceId = "0"'],
  };
  const words = JSON.stringify({ ...disk, BusType: "SATA", MediaType: "SSD" });
  const numbers = JSON.stringify([{ ...disk, BusType: 11, MediaType: 4, SpindleSpeed: 0 }]);
  const counted = JSON.stringify({ value: [{ ...disk, BusType: 11, MediaType: 4 }], Count: 1 });

  const expected = [
    ["PhysicalDrive0", "ssd", "Samsung SSD 860 EVO 500GB", "S3Z2NB0K123456A", 500107862016],
  ];
  for (const text of [words, numbers, counted]) deepStrictEqual(drivesIn(read(text)), expected);
});

Deno.test("ConvertTo-Json of Get-Disk, Get-Partition and Get-Volume make one picture", () => {
  const disks = [{ Number: 1, FriendlyName: "X", BusType: 17, PartitionStyle: 2, Size: 1000 }];
  const partitions = {
    DiskNumber: 1,
    PartitionNumber: 3,
    Guid: "{16AE967D-E57E-4AD5-90EA-16E21A37B1E5}",
    AccessPaths: ["C:\\", "\\\\?\\Volume{16ae967d-e57e-4ad5-90ea-16e21a37b1e5}\\"],
    DriveLetter: "C",
    Offset: 122683392,
    Size: 900,
  };
  const volumes = [{
    UniqueId: "\\\\?\\Volume{16ae967d-e57e-4ad5-90ea-16e21a37b1e5}\\",
    DriveLetter: "C",
    DriveType: "Fixed",
    FileSystem: "NTFS",
    FileSystemLabel: "System",
    Size: 890,
    SizeRemaining: 90,
  }, {
    UniqueId: null,
    DriveLetter: "E",
    DriveType: "CD-ROM",
    FileSystem: "",
    FileSystemLabel: "",
    Size: 0,
  }];
  const picture = read(...[volumes, partitions, disks].map((one) => JSON.stringify(one)));

  deepStrictEqual(drivesIn(picture).map((told) => told.slice(0, 2)), [
    ["E:", "optical"],
    ["PhysicalDrive1", "nvme"],
  ]);
  deepStrictEqual(volumesIn(picture), [["C:", "NTFS", "System", "C:\\", "PhysicalDrive1"]]);
});

Deno.test("associations: disk 1 is not disk 10, whichever way their paths are written", () => {
  const row = (disk: string, partition: string, letter: string) => [
    { Antecedent: disk, Dependent: partition },
    { Antecedent: partition, Dependent: letter },
  ];
  const plain = [
    ...row(
      `\\\\PC\\root\\cimv2:Win32_DiskDrive.DeviceID="\\\\\\\\.\\\\PHYSICALDRIVE1"`,
      `\\\\PC\\root\\cimv2:Win32_DiskPartition.DeviceID="Disk #1, Partition #0"`,
      `\\\\PC\\root\\cimv2:Win32_LogicalDisk.DeviceID="D:"`,
    ),
    ...row(
      `Win32_DiskDrive (DeviceID = "\\\\.\\PHYSICALDRIVE10")`.replace(
        " (DeviceID = ",
        ".DeviceID=",
      ),
      `Win32_DiskPartition.DeviceID=""Disk #10, Partition #1""`,
      `Win32_LogicalDisk.DeviceID=""E:""`,
    ),
  ];
  const objects = [
    {
      Antecedent: { DeviceID: "\\\\.\\PHYSICALDRIVE1" },
      Dependent: { DeviceID: "Disk #1, Partition #0" },
    },
    { Antecedent: { DeviceID: "Disk #1, Partition #0" }, Dependent: { DeviceID: "D:" } },
    {
      Antecedent: { DeviceID: "\\\\.\\PHYSICALDRIVE10" },
      Dependent: { DeviceID: "Disk #10, Partition #1" },
    },
    { Antecedent: { DeviceID: "Disk #10, Partition #1" }, Dependent: { DeviceID: "E:" } },
  ].map((one) => ({ ...one, PSComputerName: null, CimClass: "root/cimv2:Win32_X" }));

  for (const rows of [plain, objects]) {
    const text = JSON.stringify(rows.map((one) => ({ ...one, CimSystemProperties: null })));
    deepStrictEqual(edgesIn(read(text)).sort(), [
      "partition Disk #1, Partition #0 → drive PhysicalDrive1",
      "partition Disk #10, Partition #1 → drive PhysicalDrive10",
      "volume D: → partition Disk #1, Partition #0",
      "volume E: → partition Disk #10, Partition #1",
    ]);
  }
});

Deno.test("partitions are the same by both of their numbers, by where they begin", () => {
  const storage = JSON.stringify([{ DiskNumber: 0, PartitionNumber: 3, Offset: 4096, Size: 10 }]);
  const win32 = [
    "Node,DeviceID,DiskIndex,Index,Size,StartingOffset",
    'PC,"Disk #0, Partition #1",0,1,10,4096',
  ].join("\n");
  const { partitions } = read(win32, storage);

  deepStrictEqual(partitions.map(({ name }) => name), ["Harddisk0Partition3"]);
});

Deno.test("Format-List of Get-Disk with sizes for people, and Format-Table with a column to the right", () => {
  const list = [
    "",
    "UniqueId           : 50014EE20D887D66",
    "Number             : 2",
    "Path               : \\\\?\\scsi#disk&ven_wdc&prod_wd40efrx#4&1",
    "                     2f3#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}",
    "Model              : WDC WD40EFRX-68N32N0",
    "SerialNumber       : WD-WCC7K1234567",
    "Size               : 3,64 TB",
    "PartitionStyle     : GPT",
    "",
  ].join("\n");
  const table = [
    "Number FriendlyName              SerialNumber    MediaType CanPool Usage            Size",
    "------ ------------              ------------    --------- ------- -----            ----",
    "2      WDC WD40EFRX-68N32N0      WD-WCC7K1234567 HDD       False   Auto-Select   3.64 TB",
    "0      Samsung SSD 850 EVO 250GB S21NNXAG1234... SSD       False   Auto-Select 232.89 GB",
    "",
  ].join("\n");

  deepStrictEqual(drivesIn(read(list)), [[
    "PhysicalDrive2",
    "unknown",
    "WDC WD40EFRX-68N32N0",
    "WD-WCC7K1234567",
    Math.round(3.64 * 1024 ** 4),
  ]]);
  deepStrictEqual(drivesIn(read(table)).map((told) => told.slice(0, 4)), [
    ["PhysicalDrive0", "ssd", "Samsung SSD 850 EVO 250GB", undefined],
    ["PhysicalDrive2", "hdd", "WDC WD40EFRX-68N32N0", "WD-WCC7K1234567"],
  ]);
  strictEqual(read(list).drives[0]?.id, read(table).drives[1]?.id);
});

Deno.test("wmic lists in which a shell has doubled every line", () => {
  const text = [
    "DeviceID=\\\\.\\PHYSICALDRIVE1",
    "InterfaceType=USB",
    "Model=A USB Device",
    "Size=5",
  ];
  const other = text.map((line) => line.replace("DRIVE1", "DRIVE2").replace("=A ", "=B "));
  const doubled = ["", "", ...text, "", "", ...other, "", ""].join("\n\n");

  deepStrictEqual(drivesIn(read(doubled)).map((told) => told.slice(0, 3)), [
    ["PhysicalDrive1", "usb", "A"],
    ["PhysicalDrive2", "usb", "B"],
  ]);
});

Deno.test("a slot without a card is no drive, a locked volume keeps its letter", () => {
  const slot = {
    DeviceID: "\\\\.\\PHYSICALDRIVE3",
    InterfaceType: "USB",
    Capabilities: [3, 4, 7],
    Model: "Generic- SD/MMC USB Device",
    Size: null,
  };
  const letter = { DeviceID: "G:", DriveType: 2, MediaType: null, VolumeSerialNumber: null };
  const locked = { DriveLetter: "H:", ProtectionStatus: 2, DeviceID: null };
  const picture = read(...[slot, [letter], [locked]].map((one) => JSON.stringify(one)));

  deepStrictEqual(picture.drives, []);
  deepStrictEqual(volumesIn(picture), [["H:", "BitLocker", undefined, "H:\\", ""]]);
});

Deno.test("a floppy is unknown and no hard disk, memory and SUBST are no drives", () => {
  const letters = [
    { DeviceID: "A:", DriveType: 2, MediaType: 5, FileSystem: "FAT", Size: 1457664 },
    { DeviceID: "R:", DriveType: 6, MediaType: 12, FileSystem: "NTFS", Size: 536866816 },
  ].map((one) => ({ ...one, VolumeSerialNumber: "0D181AEE" }));
  const picture = read(JSON.stringify(letters));

  deepStrictEqual(picture.drives.map(({ name, kind, evidence }) => [name, kind, evidence]), [
    ["A:", "unknown", "it is a floppy; id from its name only, for it tells no serial"],
  ]);
  deepStrictEqual(volumesIn(picture), [["A:", "FAT", undefined, "A:\\", "A:"]]);
});

Deno.test("an object of no class known is refused by its name", () => {
  const text = JSON.stringify({ CimClass: "root/cimv2:Win32_Printer", BusType: 1 });
  let thrown: unknown;
  try {
    pictureOf([{ text, name: "printers.json" }]);
  } catch (error) {
    thrown = error;
  }
  ok(thrown instanceof InvalidError && thrown.message.includes("printers.json"));
});

Deno.test("a SATA disk has one model and one id, though Windows splits its name in one place", () => {
  const pnp = "SCSI\\DISK&VEN_WDC&PROD_WD40EFRX-68N32N\\4&2F9A3B1C&0&010000";
  const path = "\\\\?\\scsi#disk&ven_wdc&prod_wd40efrx-68n32n#4&2f9a3b1c&0&010000" +
    "#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}";
  const told = { Model: "WDC WD40EFRX-68N32N0", SerialNumber: "     WD-WCC7K1234567" };
  const win32 = { DeviceID: "\\\\.\\PHYSICALDRIVE1", PNPDeviceID: pnp, InterfaceType: "SCSI" };
  const storage = { Number: 1, BusType: 11, PartitionStyle: 2, Path: path };
  const [one, other] = [{ ...win32, ...told }, { ...storage, ...told }]
    .map((row) => read(JSON.stringify(row)).drives[0]);

  deepStrictEqual([one?.model, one?.vendor], ["WDC WD40EFRX-68N32N0", undefined]);
  strictEqual(one?.id, other?.id);
  const linux = JSON.stringify({
    blockdevices: [{
      name: "sda",
      type: "disk",
      vendor: "ATA     ",
      model: "WDC WD40EFRX-68N32N0",
      serial: "WD-WCC7K1234567",
      wwn: "0x50014ee20d887d66",
    }],
  });
  strictEqual(read(linux).drives[0]?.id, one?.id);
});

Deno.test("Get-Disk's table, whose header has two lines and names of two words", () => {
  const text = [
    "",
    "Number Friendly Name   Serial Number        HealthStatus   Total Size Partition",
    "                                                                      Style",
    "------ -------------   -------------        ------------   ---------- ----------",
    "0      Samsung SSD 860 S3Z2NB0K123456A      Healthy         465.76 GB GPT",
    "1      USB Flash Disk  AA00000000000489     Healthy          29.30 GB MBR",
    "",
  ].join("\n");

  // That a model calls itself SSD is evidence; that one calls itself a stick is none.
  deepStrictEqual(drivesIn(read(text)), [
    ["PhysicalDrive0", "ssd", "Samsung SSD 860", "S3Z2NB0K123456A", gigabytes(465.76)],
    ["PhysicalDrive1", "unknown", "USB Flash Disk", "AA00000000000489", gigabytes(29.3)],
  ]);
});

Deno.test("wmic without a format: columns to the left, one of them empty", () => {
  const text = [
    "DeviceID            InterfaceType  Model                       Size          ",
    "\\\\.\\PHYSICALDRIVE1  USB            SanDisk Cruzer USB Device   15677383680   ",
    "\\\\.\\PHYSICALDRIVE0  IDE            WDC WD40EFRX ATA Device     4000787030016 ",
    "\\\\.\\PHYSICALDRIVE2  USB            Generic- CF Reader USB Device              ",
    "",
  ].join("\n");

  deepStrictEqual(drivesIn(read(text)).map((told) => told.slice(0, 3)), [
    ["PhysicalDrive0", "unknown", "WDC WD40EFRX"],
    ["PhysicalDrive1", "usb", "SanDisk Cruzer"],
  ]);
});

function gigabytes(told: number): number {
  return Math.round(told * 1024 ** 3);
}

Deno.test("smartctl's /dev/sdb and /dev/pd1 are the second drive of Windows", () => {
  const row = { DeviceID: "\\\\.\\PHYSICALDRIVE1", InterfaceType: "SCSI", Model: "ST3500418AS" };
  const smart = (name: string) =>
    JSON.stringify({
      smartctl: { version: [7, 3], exit_status: 0, platform_info: "x86_64-w64-mingw32-w10" },
      device: { name, info_name: name, type: "ata", protocol: "ATA" },
      model_name: "ST3500418AS",
      serial_number: "5VMSTSSX",
      rotation_rate: 7200,
    });
  for (const name of ["/dev/sdb", "/dev/pd1"]) {
    const { drives } = read(smart(name), JSON.stringify(row));
    deepStrictEqual(drives.map(({ name, kind, serial }) => [name, kind, serial]), [
      ["PhysicalDrive1", "hdd", "5VMSTSSX"],
    ]);
  }
});

Deno.test("Export-Csv, by commas or semicolons, with quotes in values", () => {
  const text = [
    "#TYPE Microsoft.Management.Infrastructure.CimInstance#root/cimv2/Win32_DiskDrive",
    '"DeviceID","Model","Size","InterfaceType","Capabilities","CreationClassName"',
    '"\\\\.\\PHYSICALDRIVE1","A 3.5"" disk, old","5","USB","System.UInt16[]","Win32_DiskDrive"',
    "",
  ].join("\n");

  const expected = [["PhysicalDrive1", "usb", 'A 3.5" disk, old', undefined, 5]];
  deepStrictEqual(drivesIn(read(text)), expected);
  deepStrictEqual(drivesIn(read(text.replaceAll('","', '";"'))), expected);
});

Deno.test("WMI's own language: instances with quoted and bare values", () => {
  const text = "instance of Win32_DiskDrive\r\n{\r\n\tCapabilities = {3, 4};\r\n" +
    '\tDeviceID = "\\\\\\\\.\\\\PHYSICALDRIVE1";\r\n\tIndex = 1;\r\n\tInterfaceType = "USB";\r\n' +
    '\tMediaLoaded = TRUE;\r\n\tModel = "ACME \\"Slim\\"";\r\n\tSerialNumber = "A1B2";\r\n' +
    '\tSize = "1000202273280";\r\n};\r\n\r\ninstance of Win32_LogicalDisk\r\n{\r\n' +
    '\tDeviceID = "F:";\r\n\tDriveType = 3;\r\n\tFileSystem = "NTFS";\r\n' +
    '\tVolumeName = "Films";\r\n};\r\n';
  const picture = read(text);
  deepStrictEqual(drivesIn(picture), [
    ["PhysicalDrive1", "usb", 'ACME "Slim"', "A1B2", 1000202273280],
  ]);
  deepStrictEqual(picture.volumes.map(({ label, fileSystem }) => [label, fileSystem]), [
    ["Films", "NTFS"],
  ]);
});

Deno.test("answers of WMI that tell of a drive's state only, or of a volume's name", () => {
  const id = "IDE\\DISKACME_HD________________________________1.00____\\5&1D9E0700&0&0.0.0";
  const drive = `0;(Standard disk drives);ACME HD;${id};1000;\n`;
  const both = read(drive, `${id};OK;\n`, `${id}_0;\n`);
  deepStrictEqual(drivesIn(both).map((told) => told.slice(0, 3)), [
    ["PhysicalDrive0", "unknown", "ACME HD"],
  ]);
  const guid = "{40d24b39-69c0-4445-8c82-255a1ae17680}";
  const volume = `{1}\\\\PC\\root/Microsoft/Windows/Storage/Providers_v2\\WSP_Volume.ObjectId=` +
    `"{b5462c96-b75f-11ee-9cd3-806e6f6e6963}:VO:\\\\?\\Volume${guid}\\"`;
  const named = read(`${volume};70;0;94461952;\n`, `${volume};\n`);
  deepStrictEqual(named.drives, []);
  deepStrictEqual(named.volumes.map(({ mountPoints }) => mountPoints), [["F:\\"]]);
});
