import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { hasShared, sharedText } from "../../../helpers/shared_fixtures.ts";
import { drives, edges, partitions, shown, told, volumes } from "./views.ts";

const ignore = !hasShared;

Deno.test({
  name: "SATA: a hard disk is one by its medium, with model and serial",
  ignore,
  fn() {
    const report = shown("system_profiler/SPSerialATADataType-wd-hdd.xml");

    deepStrictEqual(drives(report), [
      "disk0 hdd 250059350016 WDC WD2500AAJS-40VWA1 #WD-WCARY1264478",
    ]);
    deepStrictEqual(partitions(report), [
      "disk0s1 on disk0 209715200",
      "disk0s2 on disk0 249199591424",
      "disk0s3 on disk0 650002432",
    ]);
    deepStrictEqual(volumes(report), [
      "disk0s1 on disk0 msdos 'EFI'",
      "disk0s2 on disk0 hfs 'Macintosh HD' /",
      "disk0s3 on disk0 hfs 'Recovery HD'",
    ]);
    const { uuid, freeBytes, totalBytes, readOnly } = report.volumes[1]!;
    deepStrictEqual({ uuid, freeBytes, totalBytes, readOnly }, {
      uuid: "E55CE0DB-CB0F-3709-A114-9F686AF99823",
      freeBytes: 16779472896,
      totalBytes: 249199591424,
      readOnly: false,
    });
    match(report.drives[0]!.evidence, /it says that it rotates; id from model, serial/);
  },
});

Deno.test({
  name: "SATA: Apple's SSD hangs on PCI, and a partition of CoreStorage is no volume",
  ignore,
  fn() {
    const report = shown("system_profiler/SPSerialATADataType-apple-ssd.xml");

    deepStrictEqual(drives(report), ["disk0 ssd 121332826112 APPLE SSD SD0128F #1435NL400611"]);
    strictEqual(report.drives[0]?.bus, "pci");
    strictEqual(report.partitions.length, 3);
    deepStrictEqual(volumes(report), [
      "disk0s1 on disk0 msdos 'EFI'",
      "disk0s3 on disk0 hfs 'Recovery HD'",
    ]);
  },
});

Deno.test({
  name: "USB: one disk that a bus and a device show is one, by the device's words",
  ignore,
  fn() {
    const report = shown("system_profiler/SPUSBDataType-external-same-disk-twice.xml");

    deepStrictEqual(drives(report), [
      "disk1 usb 500107859968 TOSHIBA: External USB 3.0 #20150123045944",
    ]);
    strictEqual(report.partitions.length, 6);
    deepStrictEqual(volumes(report), [
      "disk1s1 on disk1 msdos 'EFI'",
      "disk1s2 on disk1 hfs '105' /Volumes/105",
      "disk1s3 on disk1 hfs 'osx106' /Volumes/osx106",
      "disk1s5 on disk1 hfs 'osx10.12' /Volumes/osx10.12",
      "disk1s6 on disk1 hfs 'Recovery HD'",
    ]);
  },
});

Deno.test({
  name: "USB: a disk behind two hubs is found, and mice and cameras are no drives",
  ignore,
  fn() {
    const report = shown("system_profiler/SPUSBDataType-extreme-ssd.json");

    deepStrictEqual(drives(report), [
      "disk2 usb 1000204140544 SanDisk: Extreme SSD #************************",
    ]);
    match(report.drives[0]!.evidence, /is made up/);
    deepStrictEqual(partitions(report), [
      "disk2s1 on disk2 209715200",
      "disk2s2 on disk2 999994384384",
    ]);
    deepStrictEqual(volumes(report), ["disk2s1 on disk2 msdos 'EFI'"]);
  },
});

Deno.test({
  name: "USB: a disc with a partition on a partition is optical, a card in the reader is SD",
  ignore,
  fn() {
    const report = shown("system_profiler/SPUSBDataType-dvd-and-sdcard.xml");

    deepStrictEqual(drives(report), [
      // The number that is told is the reader's, whichever card is in it.
      "disk2 sd 15931539456 Internal Memory Card Reader",
      "disk3 optical 392647584 Iomega: Optical USB 2.0 #DEF109C77CF6",
    ]);
    deepStrictEqual(report.drives.map(({ removable }) => removable), [true, true]);
    deepStrictEqual(volumes(report), [
      "disk2s1 on disk2 msdos 'NO NAME' /Volumes/NO NAME",
      "disk3s1s2 on disk3 hfs 'AZIONE_2' /Volumes/AZIONE_2",
    ]);
    strictEqual(report.volumes[1]?.readOnly, true);
    ok(edges(report).includes("disk3s1s2 → disk3s1"));
    ok(edges(report).includes("disk3s1 → disk3"));
  },
});

Deno.test({
  name: "a card is one drive, though the reader is shown on USB and by itself",
  ignore,
  fn() {
    const card = "system_profiler/SPCardReaderDataType-sdhc.xml";
    const usb = "system_profiler/SPUSBDataType-dvd-and-sdcard.xml";

    deepStrictEqual(drives(shown(card)), ["disk2 sd 15931539456 SDHC Card"]);
    for (const report of [shown(card, usb), shown(usb, card)]) {
      deepStrictEqual(report.drives.map(({ name, kind }) => `${name} ${kind}`), [
        "disk2 sd",
        "disk3 optical",
      ]);
      deepStrictEqual(report.partitions.filter(({ name }) => name === "disk2s1").length, 1);
    }
  },
});

Deno.test({
  name: "an optical drive without a disc is a drive",
  ignore,
  fn() {
    const report = shown("system_profiler/SPDiscBurningDataType-optiarc.xml");

    deepStrictEqual(drives(report), [
      "OPTIARC DVD RW AD-5630A optical 0 OPTIARC DVD RW AD-5630A",
    ]);
  },
});

const apfsMac = {
  SPNVMeDataType: [{
    _name: "Apple SSD Controller",
    _items: [{
      _name: "APPLE SSD AP0512Z",
      bsd_name: "disk0",
      detachable_drive: "no",
      device_model: "APPLE SSD AP0512Z",
      device_serial: "0ba02abc1234",
      removable_media: "no",
      size: "500.28 GB",
      size_in_bytes: 500277792768,
      spnvme_trim_support: "Yes",
      volumes: [
        { _name: "disk0s1", bsd_name: "disk0s1", iocontent: "Apple_APFS_ISC", size_in_bytes: 1 },
        { _name: "disk0s2", bsd_name: "disk0s2", iocontent: "Apple_APFS", size_in_bytes: 2 },
      ],
    }],
  }],
  SPDiscBurningDataType: [{ _name: "HL-DT-ST DVDRW GX50N", interconnect: "USB" }],
  SPUSBDataType: [{
    _name: "USB31Bus",
    _items: [{
      _name: "Optical Drive",
      manufacturer: "HL",
      Media: [{
        _name: "DVDRW",
        bsd_name: "disk5",
        size_in_bytes: 4700000000,
        volumes: [{ _name: "FILM", bsd_name: "disk5s0", optical_media_type: "DVD-ROM" }],
      }],
    }],
  }],
  SPStorageDataType: [
    {
      _name: "Data",
      bsd_name: "disk3s5",
      file_system: "APFS",
      free_space_in_bytes: 270000000000,
      mount_point: "/System/Volumes/Data",
      physical_drive: { device_name: "APPLE SSD AP0512Z", medium_type: "ssd" },
      size_in_bytes: 494384795648,
      volume_uuid: "22222222-BBBB-4BBB-8BBB-000000000005",
      writable: "yes",
    },
    {
      _name: "Installer",
      bsd_name: "disk7s1",
      file_system: "HFS+",
      mount_point: "/Volumes/Installer",
      physical_drive: { device_name: "Disk Image", protocol: "Disk Image" },
    },
    {
      _name: "Films",
      bsd_name: "disk4s2",
      file_system: "Journaled HFS+",
      mount_point: "/Volumes/Films",
      free_space_in_bytes: 10,
      size_in_bytes: 100,
      physical_drive: {
        device_name: "WDC WD40EZRZ",
        medium_type: "rotational",
        protocol: "SATA",
      },
    },
  ],
};

// Written by hand in the form of macOS 14.
Deno.test("several types of data in one answer are one picture", () => {
  const report = told(JSON.stringify(apfsMac));

  deepStrictEqual(drives(report), [
    "disk0 nvme 500277792768 APPLE SSD AP0512Z #0ba02abc1234",
    "disk3 unknown 0",
    "disk4 hdd 0 WDC WD40EZRZ",
    "disk5 optical 4700000000 HL: DVDRW",
  ]);
  deepStrictEqual(volumes(report), [
    "disk3s5 on disk3 apfs 'Data' /System/Volumes/Data",
    "disk4s2 on disk4 hfs 'Films' /Volumes/Films",
    "disk5s0 on disk5 ? 'FILM'",
  ]);
  const [data] = report.volumes;
  deepStrictEqual([data?.sizeBytes, data?.totalBytes, data?.freeBytes], [
    0,
    undefined,
    270000000000,
  ]);
});

// Written by hand, by the keys that other programs look for.
Deno.test("FireWire: a disk is a unit of a device; a SATA drive without a disc is optical", () => {
  const report = told(JSON.stringify({
    SPFireWireDataType: [{
      _name: "firewire_bus",
      _items: [{
        _name: "LaCie d2",
        device_manufacturer: "LaCie",
        units: [{ unit_spec_id: "0x609E", sub_units: [{ bsd_name: "disk2", size_in_bytes: 5 }] }],
      }],
    }],
    SPSerialATADataType: [{
      _name: "Intel",
      _items: [{
        _name: "HL-DT-ST DVDRW  GS21N",
        device_model: "HL-DT-ST DVDRW  GS21N",
        disc_burning: "yes",
      }],
    }],
    SPDiscBurningDataType: [{ _name: "HL-DT-ST DVDRW  GS21N", interconnect: "SERIAL-ATAPI" }],
    SPHardwareDataType: [{ serial_number: "C02", machine_model: "iMac10,1" }],
  }));

  deepStrictEqual(drives(report), [
    "disk2 unknown 5 LaCie: LaCie d2",
    "HL-DT-ST DVDRW  GS21N optical 0 HL-DT-ST DVDRW  GS21N",
  ]);
  deepStrictEqual(report.drives.map(({ bus }) => bus), ["firewire", "sata"]);
});

Deno.test("two equal drives with serial numbers keep their ids when they change places", () => {
  const twins = (first: string, second: string) => ({
    SPSerialATADataType: [{
      _items: [["disk0", first], ["disk1", second]].map(([disk, serial]) => ({
        _name: "ST4000VN008",
        bsd_name: disk,
        device_model: "ST4000VN008                 ",
        device_serial: serial,
        size_in_bytes: 4000787030016,
        spsata_medium_type: "Rotational",
      })),
    }],
  });

  const before = told(JSON.stringify(twins("ZDH00001", "ZDH00002")));
  const after = told(JSON.stringify(twins("ZDH00002", "ZDH00001")));

  strictEqual(before.drives[0]?.id, after.drives[1]?.id);
  strictEqual(before.drives[1]?.id, after.drives[0]?.id);
});

Deno.test({
  name: "the same tree in JSON and in XML is the same picture",
  ignore,
  fn() {
    const json = sharedText("macos/system_profiler/SPUSBDataType-extreme-ssd.json");
    const items = JSON.parse(json).SPUSBDataType;
    const xml = toXml([{ _dataType: "SPUSBDataType", _items: items }]);

    deepStrictEqual(told(xml), told(json));
  },
});

function toXml(value: unknown): string {
  const inner = (item: unknown): string => {
    if (Array.isArray(item)) return `<array>${item.map(inner).join("")}</array>`;
    if (typeof item === "object" && item !== null) {
      const entries = Object.entries(item).map(([key, one]) => `<key>${key}</key>${inner(one)}`);
      return `<dict>${entries.join("")}</dict>`;
    }
    if (typeof item === "number") return `<integer>${item}</integer>`;
    return `<string>${String(item).replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</string>`;
  };
  return `<?xml version="1.0"?><plist version="1.0">${inner(value)}</plist>`;
}
