import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { drives, partitions, told, volumes } from "./views.ts";

// Written by hand after the XML captures, in the form of Mac OS X 10.6 to macOS 14.
const text = `Hardware:

    Hardware Overview:

      Model Name: iMac
      Serial Number: C02XXXXXXXXX

SATA/SATA Express:

    Intel ICH8-M AHCI:

      Vendor: Intel
      Product: ICH8-M AHCI
      Link Speed: 3 Gigabit
      Physical Interconnect: SATA

        WDC WD2500AAJS-40VWA1:

          Capacity: 250,06 GB (250.059.350.016 bytes)
          Model: WDC WD2500AAJS-40VWA1
          Serial Number: WD-WCARY1264478
          Removable Media: No
          BSD Name: disk0
          Medium Type: Rotational
          Volumes:
            EFI:
              Capacity: 209,7 MB (209.715.200 bytes)
              File System: MS-DOS FAT32
              BSD Name: disk0s1
              Content: EFI
            Macintosh HD:
              Capacity: 249,2 GB (249.199.591.424 bytes)
              Available: 16,78 GB (16.779.472.896 bytes)
              Writable: Yes
              File System: Journaled HFS+
              BSD Name: disk0s2
              Mount Point: /
              Content: Apple_HFS
              Volume UUID: E55CE0DB-CB0F-3709-A114-9F686AF99823

USB:

    USB 3.1 Bus:

      Host Controller Driver: AppleUSBXHCI

        Extreme SSD:

          Product ID: 0x558c
          Vendor ID: 0x0781  (SanDisk Corporation)
          Serial Number: 31393334
          Manufacturer: SanDisk
          Location ID: 0x02320000 / 8
          Media:
            Extreme SSD:
              Capacity: 1 TB (1,000,204,140,544 bytes)
              Removable Media: No
              BSD Name: disk2
              Volumes:
                disk2s2:
                  Capacity: 999.99 GB (999,994,384,384 bytes)
                  BSD Name: disk2s2
                  Content: Apple_APFS
`;

Deno.test("system_profiler as text is the tree that its indentation shows", () => {
  const report = told(text);

  deepStrictEqual(drives(report), [
    "disk0 hdd 250059350016 WDC WD2500AAJS-40VWA1 #WD-WCARY1264478",
    "disk2 usb 1000204140544 SanDisk: Extreme SSD #31393334",
  ]);
  deepStrictEqual(partitions(report), [
    "disk0s1 on disk0 209715200",
    "disk0s2 on disk0 249199591424",
    "disk2s2 on disk2 999994384384",
  ]);
  deepStrictEqual(volumes(report), [
    "disk0s1 on disk0 msdos 'EFI'",
    "disk0s2 on disk0 hfs 'Macintosh HD' /",
  ]);
  strictEqual(report.volumes[1]?.freeBytes, 16779472896);
  strictEqual(report.volumes[1]?.readOnly, false);
});

Deno.test("system_profiler as text: the volume of an image is none of a drive", () => {
  const report = told(`Storage:

    Installer:

      Free: 1 GB (1,000 bytes)
      Capacity: 2 GB (2,000 bytes)
      Mount Point: /Volumes/Installer
      File System: HFS+
      BSD Name: disk7s1
      Physical Drive:
          Device Name: Disk Image
          Protocol: Disk Image

    Films:

      Capacity: 4 TB (4,000 bytes)
      Mount Point: /Volumes/Films
      File System: Journaled HFS+
      BSD Name: disk4s2
      Physical Drive:
          Device Name: WDC WD40EZRZ
          Medium Type: Rotational
          Protocol: SATA
`);

  deepStrictEqual(drives(report), ["disk4 hdd 0 WDC WD40EZRZ"]);
  deepStrictEqual(volumes(report), ["disk4s2 on disk4 hfs 'Films' /Volumes/Films"]);
});

Deno.test("system_profiler as text: a volume of CoreStorage is on its physical volumes", () => {
  const report = told(`Storage:

    Films:

      Capacity: 1.12 TB (1,120,000 bytes)
      Mount Point: /
      File System: Journaled HFS+
      BSD Name: disk2
      Logical Volume Group:
          Name: Films
          Size: 1.12 TB (1,120,000 bytes)
      Physical Volumes:
        disk0s2:
          Device Name: ACME SSD 120
          Medium Type: SSD
          Protocol: SATA
        disk1s2:
          Device Name: ACME HDD 1000
          Medium Type: Rotational
          Protocol: SATA
`);

  deepStrictEqual(drives(report), ["disk0 ssd 0 ACME SSD 120", "disk1 hdd 0 ACME HDD 1000"]);
  deepStrictEqual(volumes(report), ["disk2 on disk0+disk1 hfs 'Films' /"]);
});

Deno.test("SATA: an optical drive without a disc tells no more than its name", () => {
  const item = (entries: string) =>
    `<dict><key>_items</key><array><dict>${entries}</dict></array></dict>`;
  const model = (name: string) =>
    `<key>_name</key><string>${name}</string><key>device_model</key><string>${name}</string>`;
  const report = told(`<?xml version="1.0"?><plist version="1.0"><array><dict>
<key>_dataType</key><string>SPSerialATADataType</string>
<key>_items</key><array>${item(model("ACME DVD-ROM 16"))}
${item(model("ACME Bay"))}</array></dict></array></plist>`);

  deepStrictEqual(report.drives.map(({ name, kind }) => `${name} ${kind}`), [
    "ACME DVD-ROM 16 optical",
  ]);
});
