import { deepStrictEqual, match, throws } from "node:assert/strict";
import { pictureOf, readers } from "../../../src/drives/readers/mod.ts";
import { healthIn } from "../../../src/drives/readers/smartctl.ts";

const ata = `smartctl 7.3 2022-02-28 r5338 [x86_64-linux-6.1.0] (local build)

=== START OF INFORMATION SECTION ===
Device Model:     ACME HD2000
Serial Number:    A-12345
LU WWN Device Id: 5 000c50 07817bb36
User Capacity:    2,000,398,934,016 bytes [2.00 TB]
Rotation Rate:    5400 rpm
SATA Version is:  SATA 3.1, 6.0 Gb/s (current: 6.0 Gb/s)

=== START OF READ SMART DATA SECTION ===
SMART overall-health self-assessment test result: PASSED
`;
const nvme = `smartctl 7.4 2023-08-01 r5530 [x86_64-linux-6.8.0] (local build)

=== START OF INFORMATION SECTION ===
Model Number:                       ACME NV1
Serial Number:                      N-77
Namespace 1 Size/Capacity:          256.060.514.304 [256 GB]
`;

const shown = (...texts: string[]) =>
  pictureOf(texts.map((text) => ({ text }))).drives.map(({ name, kind, model, serial, ...rest }) =>
    [name, kind, model, serial, rest.sizeBytes, rest.bus].join(" ")
  );

Deno.test("smartctl's text tells what a drive says of itself, and only that", () => {
  const claimed = readers.filter((one) => one.recognise(ata)).map(({ name }) => name);
  deepStrictEqual(claimed, ["smartctl, as text"]);
  deepStrictEqual(shown(ata, nvme), [
    "serial A-12345 hdd ACME HD2000 A-12345 2000398934016 sata",
    "serial N-77 nvme ACME NV1 N-77 256060514304 nvme",
  ]);
  const { drives } = pictureOf([{ text: ata }]);
  deepStrictEqual(healthIn([{ text: ata }], drives), []);
});

Deno.test("a drive without a device's name is the one with its serial number", () => {
  const lsblk = JSON.stringify({
    blockdevices: [{ name: "sdb", type: "disk", serial: "A-12345", size: 2000398934016 }],
  });
  const json = JSON.stringify({
    model_name: "ACME HD2000",
    serial_number: "A-12345",
    rotation_rate: 5400,
    smart_status: { passed: true },
  });
  for (const text of [ata, json]) {
    deepStrictEqual(shown(text, lsblk).map((line) => line.split(" ", 4).join(" ")), [
      "sdb hdd ACME HD2000",
    ]);
  }
  deepStrictEqual(shown(nvme, lsblk).length, 1, "nobody lists it: it is of another time");
});

Deno.test("smartctl's text that does not tell which drive it is about is refused", () => {
  const rest = ata.slice(ata.indexOf("=== START OF READ"));
  throws(() => pictureOf([{ text: rest, name: "sda.txt" }]), (error: Error) => {
    match(error.message, /"sda\.txt".*record it with --json/s);
    return true;
  });
});
