/** One machine with all that is difficult on Windows, asked in both ways. @module */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { UnavailableError } from "../../../../src/base/errors.ts";
import { pictureOf } from "../../../../src/drives/readers/mod.ts";
import { drivesIn, edgesIn, volumesIn } from "./show.ts";

function written(strategy: string): string {
  const url = new URL(`../../../fixtures/${strategy}/written_desktop.json`, import.meta.url);
  return Deno.readTextFileSync(url);
}

const storage = () => pictureOf([{ text: written("powershell") }]);
const cim = () => pictureOf([{ text: written("cim") }]);

Deno.test("the Storage module tells drives, also those that a pool hides, and no space or image", () => {
  deepStrictEqual(drivesIn(storage()), [
    ["F:", "optical", "HL-DT-ST DVDRAM GSA-U10N", undefined, 0],
    ["net:nas", "network", undefined, undefined, 0],
    ["PhysicalDrive0", "nvme", "SAMSUNG MZFLV512HCJH-000MV", "S1XVNYAH400217", 512110190592],
    ["PhysicalDrive1", "hdd", "WDC WD40EFRX-68N32N0", "WD-WCC7K1234567", 4000787030016],
    ["PhysicalDrive2", "hdd", "WDC WD40EFRX-68N32N0", "WD-WCC7K7654321", 4000787030016],
    ["PhysicalDrive4", "usb", "3200AAJ External", "575835314139314B3536", 320072933376],
    ["PhysicalDrive5", "hdd", "ST3500418AS", "5VMSTSSX", 500107862016],
    ["PhysicalDrive6", "hdd", "ST3500418AS", "5VMSTSSY", 500107862016],
    ["PhysicalDrive10", "usb", "Cruzer Glide 3.0", "4C530001120606116282", 63043141632],
  ]);
  const speeds = storage().drives.flatMap(({ name, rotationRpm }) =>
    rotationRpm ? [[name, rotationRpm]] : []
  );
  deepStrictEqual(speeds, [
    ["PhysicalDrive1", 5400],
    ["PhysicalDrive2", 5400],
    ["PhysicalDrive5", 7200],
  ]);
});

Deno.test("the Storage module tells volumes in letters, in folders, on pools, images and two disks", () => {
  const folder = "Volume{455b7dcd-e19f-11e6-b6bc-0021865a69b8}";
  const efi = "Volume{49c071ff-6931-498b-afad-d095ee3500d2}";
  deepStrictEqual(volumesIn(storage()), [
    ["\\\\nas\\films", undefined, undefined, "M:\\", "net:nas"],
    ["\\\\nas\\music", undefined, undefined, "N:\\", "net:nas"],
    ["C:", "NTFS", undefined, "C:\\", "PhysicalDrive0"],
    ["D:", "ReFS", "Films", "D:\\", "PhysicalDrive1 PhysicalDrive2"],
    ["E:", "exFAT", "USB", "E:\\", "PhysicalDrive10"],
    ["S:", "NTFS", "Spanned", "S:\\", "PhysicalDrive5 PhysicalDrive6"],
    ["V:", "NTFS", "Alt & Übrig", "V:\\", "PhysicalDrive1 PhysicalDrive2"],
    [efi, "FAT32", "SYSTEM", "", "PhysicalDrive0"],
    [folder, "NTFS", "WD320", "C:\\mounts\\films\\", "PhysicalDrive4"],
  ]);
  const [, , system] = storage().volumes;
  deepStrictEqual([system?.uuid, system?.totalBytes, system?.freeBytes], [
    "F688-02DE",
    511390511104,
    437187723264,
  ]);
});

Deno.test("the graph goes from a volume through image, space and pool to the disks", () => {
  const edges = edgesIn(storage());
  for (
    const edge of [
      "volume V: → partition Harddisk7Partition1",
      "partition Harddisk7Partition1 → image PhysicalDrive7",
      "image PhysicalDrive7 → volume D:",
      "volume D: → partition Harddisk3Partition2",
      "partition Harddisk3Partition2 → storage space Films",
      "storage space Films → storage pool Pool",
      "storage pool Pool → drive PhysicalDrive1",
      "storage pool Pool → drive PhysicalDrive2",
      "volume S: → dynamic volume S:",
      "dynamic volume S: → partition Harddisk5Partition1",
      "dynamic volume S: → partition Harddisk6Partition1",
      "volume E: → partition Harddisk10Partition1",
      "partition Harddisk10Partition1 → drive PhysicalDrive10",
    ]
  ) ok(edges.includes(edge), edge);
});

Deno.test("partitions know the volume on them, also the two beneath one dynamic volume", () => {
  const { partitions, volumes } = storage();
  const nameOf = new Map(volumes.map(({ id, name }) => [id, name]));
  const told = partitions.map(({ name, volumeId }) => [name, nameOf.get(volumeId ?? "")]);
  deepStrictEqual(told.filter(([, volume]) => volume?.length === 2), [
    ["Harddisk0Partition3", "C:"],
    ["Harddisk3Partition2", "D:"],
    ["Harddisk5Partition1", "S:"],
    ["Harddisk6Partition1", "S:"],
    ["Harddisk7Partition1", "V:"],
    ["Harddisk10Partition1", "E:"],
  ]);
});

Deno.test("a drive and its volume have one id, whichever way Windows was asked", () => {
  const [one, other] = [storage(), cim()];
  const ids = (list: { name: string; id: string }[]) =>
    new Map(list.map(({ name, id }) => [name, id]));

  const drives = ["F:", "net:nas", ...[0, 4, 5, 6, 10].map((index) => `PhysicalDrive${index}`)];
  for (const name of drives) strictEqual(ids(one.drives).get(name), ids(other.drives).get(name));
  for (const name of ["\\\\nas\\films", "\\\\nas\\music", "C:", "E:", "S:"]) {
    strictEqual(ids(one.volumes).get(name), ids(other.volumes).get(name), name);
  }
});

Deno.test("CIM tells no kind that it does not know, and puts no volume on a disk by guess", () => {
  const picture = cim();
  deepStrictEqual(picture.drives.map(({ name, kind }) => [name, kind]), [
    ["F:", "optical"],
    ["net:nas", "network"],
    ["PhysicalDrive0", "nvme"],
    ["PhysicalDrive3", "virtual"],
    ["PhysicalDrive4", "usb"],
    ["PhysicalDrive5", "unknown"],
    ["PhysicalDrive6", "unknown"],
    ["PhysicalDrive7", "virtual"],
    ["PhysicalDrive10", "usb"],
  ]);
  const volumes = volumesIn(picture);
  const beneath = new Map(volumes.map(([name, , , , drives]) => [name, drives]));
  strictEqual(beneath.get("C:"), "PhysicalDrive0");
  strictEqual(beneath.get("D:"), "PhysicalDrive3");
  strictEqual(beneath.get("E:"), "PhysicalDrive10");
  strictEqual(beneath.get("S:"), "PhysicalDrive5 PhysicalDrive6");
  const folder = volumes.find(([, , , paths]) => paths === "C:\\mounts\\films\\");
  deepStrictEqual(folder?.slice(1), ["NTFS", "WD320", "C:\\mounts\\films\\", ""]);
});

Deno.test("both answers together are still one machine", () => {
  const both = pictureOf([{ text: written("cim") }, { text: written("powershell") }]);

  deepStrictEqual(drivesIn(both), drivesIn(storage()));
  deepStrictEqual(volumesIn(both), volumesIn(storage()));
  deepStrictEqual(both.drives.map(({ id }) => id), storage().drives.map(({ id }) => id));
});

Deno.test("no Storage module, no disk and no right to see one are told apart", () => {
  const error = "CommandNotFoundException: The term 'Get-Disk' is not recognized";
  const document = (parts: Record<string, unknown>) => [
    { text: JSON.stringify({ windowsStorage: 1, parts }) },
  ];

  throws(
    () => pictureOf(document({ MSFT_PhysicalDisk: { error }, MSFT_Disk: { error } })),
    (thrown) => thrown instanceof UnavailableError && thrown.message.includes("Get-Disk"),
  );
  throws(() => pictureOf(document({})), UnavailableError);
  const volume = { DriveLetter: "C", DriveType: 3, FileSystem: "NTFS" };
  throws(
    () => pictureOf(document({ MSFT_PhysicalDisk: [], MSFT_Disk: [], MSFT_Volume: [volume] })),
    /this account may not see them/,
  );
  deepStrictEqual(pictureOf(document({ MSFT_PhysicalDisk: [], MSFT_Disk: [] })).drives, []);
});

Deno.test("a part that could not be asked costs no more than that part", () => {
  const { parts, ...head } = JSON.parse(written("powershell"));
  const text = JSON.stringify({ ...head, parts: { ...parts, MSFT_Volume: { error: "denied" } } });
  const picture = pictureOf([{ text }]);

  deepStrictEqual(drivesIn(picture), drivesIn(storage()));
  const system = volumesIn(picture).find(([name]) => name === "C:");
  deepStrictEqual(system, ["C:", undefined, undefined, "C:\\", "PhysicalDrive0"]);
});
