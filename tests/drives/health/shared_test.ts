/** smartctl's reports of other people's machines; what is expected was read in the recordings. */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { InvalidError } from "../../../src/base/errors.ts";
import {
  type HealthValues,
  readSmartctl,
  recogniseSmartctl,
  type SmartReading,
  type Verdict,
} from "../../../src/drives/health/mod.ts";
import { hasShared, sharedPaths, sharedText } from "../../helpers/shared_fixtures.ts";

interface Expected {
  verdict: Verdict;
  /** Codes of the reasons. */
  reasons?: string[];
  values?: HealthValues;
  facts?: Partial<SmartReading>;
}

const expected: Record<string, Expected> = {
  "linux/smartctl/beszel-json-nvme-peladn.json": {
    verdict: "good",
    // 61 °C would be much for a disk; this one names 100 as its limit.
    values: {
      temperatureC: 61,
      temperatureLimitC: 100,
      powerOnHours: 4399,
      availableSpare: 100,
      availableSpareThreshold: 32,
      percentageUsed: 0,
      mediaErrors: 0,
    },
    facts: {
      model: "PELADN 512GB",
      serial: "2024031600129",
      wwn: "00e04c1a19546306",
      sizeBytes: 512110190592,
      protocol: "NVMe",
      power: "active",
    },
  },
  "linux/smartctl/beszel-json-xall-cheap-ssd-exit64.json": {
    verdict: "good",
    reasons: ["cable", "error_log"],
    values: { reallocated: 0, crcErrors: 131, errorLogEntries: 131, powerOnHours: 7344 },
    facts: { model: "P3-2TB", rotationRpm: 0, sizeBytes: 2048408248320 },
  },
  "linux/smartctl/info-sata-smart-support-object.json": {
    verdict: "unknown",
    reasons: ["no_data"],
    facts: { serial: "2433274A1T13", wwn: "5001b444a5523895", model: "WD Red SA500 2.5 4TB" },
  },
  "linux/smartctl/json-4kn-wd-ultrastar.json": {
    verdict: "good",
    values: { temperatureC: 29, powerOnHours: 545, reallocated: 0, pending: 0, crcErrors: 0 },
    facts: { model: "WDC  WUH721818ALN604", sizeBytes: 18000207937536, rotationRpm: 7200 },
  },
  "linux/smartctl/json-H-pass-minimal.json": { verdict: "good", facts: { values: {} } },
  "linux/smartctl/json-a-force-mp510.json": {
    verdict: "good",
    // Its 8382 log entries are no errors of the medium.
    values: { temperatureC: 38, powerOnHours: 6487, percentageUsed: 1, mediaErrors: 0 },
    facts: { serial: "yes", sizeBytes: 480103981056 },
  },
  "linux/smartctl/json-a-intel-660p.json": {
    verdict: "good",
    values: { temperatureC: 36, powerOnHours: 2401, powerCycles: 266 },
  },
  "linux/smartctl/json-a-megaraid0-exit4.json": {
    verdict: "good",
    reasons: ["partial"],
    // The raw temperature is 3145764.
    values: { temperatureC: 36, powerOnHours: 37787, reallocated: 0, pending: 0 },
    facts: { model: "WD4000FYYX", wwn: "50014ee26101eee7", rotationRpm: 7200 },
  },
  "linux/smartctl/json-a-sas-st1200.json": {
    verdict: "good",
    values: {
      temperatureC: 31,
      temperatureLimitC: 60,
      powerOnHours: 5675,
      grownDefects: 0,
      uncorrectedErrors: 0,
    },
    facts: { model: "SEAGATE ST1200MM0088", protocol: "SCSI", rotationRpm: 10500 },
  },
  "linux/smartctl/json-a-wd140edfz-sat.json": {
    verdict: "good",
    values: { temperatureC: 32, powerOnHours: 1730, reallocated: 0 },
    facts: { sizeBytes: 14000519643136, rotationRpm: 5400 },
  },
  "linux/smartctl/json-fragment-sas-st4000-no-header.json": {
    verdict: "warning",
    reasons: ["grown_defects"],
    values: { temperatureC: 34, powerOnHours: 43549, grownDefects: 56, uncorrectedErrors: 0 },
    facts: { serial: "Z1Z5DWJK0000XXXXXXXX", model: "SEAGATE ST4000NM0043" },
  },
  "linux/smartctl/json-hgst-2tb-error-log-exit64.json": {
    verdict: "good",
    reasons: ["cable", "error_log"],
    values: { temperatureC: 26, powerOnHours: 83425, crcErrors: 12, errorLogEntries: 12 },
  },
  "linux/smartctl/json-m2-sata-dell.json": {
    verdict: "good",
    // Its attribute 233 has the id of Intel's wear, and another name.
    values: { temperatureC: 47, powerOnHours: 21213, reallocated: 0 },
    facts: { rotationRpm: 0 },
  },
  "linux/smartctl/json-nvme-micron7450-no-namespaces.json": {
    verdict: "good",
    values: { temperatureC: 27, powerOnHours: 150, percentageUsed: 0 },
    facts: { sizeBytes: 3840755982336, wwn: undefined },
  },
  "linux/smartctl/json-nvme-optane-32g.json": {
    verdict: "good",
    values: {
      temperatureC: 31,
      powerOnHours: 41159,
      percentageUsed: 1,
      availableSpareThreshold: 0,
    },
  },
  "linux/smartctl/json-nvme-toshiba-kxg60.json": {
    verdict: "good",
    values: { temperatureC: 37, powerOnHours: 12173, availableSpare: 100 },
  },
  "linux/smartctl/json-old-sata-no-rotation-exit64.json": {
    verdict: "good",
    reasons: ["error_log"],
    // Temperatures and error rates with more in the raw field; 202 is no wear on a disk.
    values: { temperatureC: 33, powerOnHours: 100161, errorLogEntries: 98, crcErrors: 0 },
    facts: { rotationRpm: undefined },
  },
  "linux/smartctl/json-parallel-scsi-15k.json": {
    verdict: "good",
    values: { temperatureC: 28, grownDefects: 0, uncorrectedErrors: 0 },
    facts: { model: "HP 73.4G MAS3735NC", wwn: "1234567890abcdef" },
  },
  "linux/smartctl/json-sas-sun-10k.json": {
    verdict: "good",
    values: { temperatureC: 27, powerOnHours: 982, grownDefects: 0, uncorrectedErrors: 0 },
    facts: { rotationRpm: 10020 },
  },
  "linux/smartctl/json-toshiba-8tb-exit64.json": {
    verdict: "good",
    reasons: ["error_log"],
    values: { temperatureC: 24, powerOnHours: 37603, errorLogEntries: 2, reallocated: 0 },
  },
  "linux/smartctl/json-wd-red.json": {
    verdict: "good",
    values: { temperatureC: 34, powerOnHours: 47657, crcErrors: 0 },
  },
  "linux/smartctl/json-x-samsung-860evo.json": {
    verdict: "good",
    values: {
      temperatureC: 36,
      temperatureLimitC: 70,
      powerOnHours: 14551,
      reportedUncorrectable: 0,
    },
    facts: { serial: "S3YZNB0KB00864E", rotationRpm: 0 },
  },
  "windows/smartctl/json-a-windows-850pro.json": {
    verdict: "good",
    values: { temperatureC: 32, powerOnHours: 846, crcErrors: 0 },
    facts: { serial: "S24ZN902000L", wwn: "5002538840293c45" },
  },
  "windows/smartctl/json-a-windows-open-failed-exit2.json": {
    verdict: "unknown",
    reasons: ["no_rights"],
    facts: { serial: undefined, power: "unknown" },
  },
};

const scans: Record<string, string[]> = {
  "linux/smartctl/beszel-scan-open.json": ["/dev/sda", "/dev/nvme0"],
  "linux/smartctl/scan-nvme.json": ["/dev/nvme0"],
  "linux/smartctl/scan-simple.json": ["a", "b", "c", "d", "e", "f", "g"].map((it) =>
    `/dev/sd${it}`
  ),
};

const paths = [...sharedPaths("linux/smartctl"), ...sharedPaths("windows/smartctl")];

Deno.test({
  name: "every recorded report of smartctl gets the verdict that its numbers deserve",
  ignore: !hasShared,
  fn() {
    for (
      const [path, { verdict, reasons = [], values = {}, facts = {} }] of Object.entries(expected)
    ) {
      const [reading, ...others] = readSmartctl(sharedText(path));

      strictEqual(reading!.verdict, verdict, path);
      deepStrictEqual(reading!.reasons.map(({ code }) => code).sort(), reasons, path);
      for (const [name, value] of Object.entries(values)) {
        strictEqual(reading!.values[name as keyof HealthValues], value, `${path}: ${name}`);
      }
      for (const [name, value] of Object.entries(facts)) {
        deepStrictEqual(reading![name as keyof SmartReading], value, `${path}: ${name}`);
      }
      deepStrictEqual(others, []);
    }
  },
});

Deno.test({
  name: "a recorded scan names its drives and judges none",
  ignore: !hasShared,
  fn() {
    for (const [path, devices] of Object.entries(scans)) {
      const readings = readSmartctl(sharedText(path));

      deepStrictEqual(readings.map(({ device }) => device), devices);
      ok(readings.every(({ verdict }) => verdict === "unknown"));
    }
  },
});

Deno.test({
  name: "every recording of smartctl is recognised, and its text for people refused by name",
  ignore: !hasShared,
  fn() {
    const texts = paths.filter((path) => /\/text-[^/]+\.txt$/.test(path));
    for (const path of paths) {
      ok(recogniseSmartctl(sharedText(path)), path);
      if (!texts.includes(path)) readSmartctl(sharedText(path));
    }
    for (const path of texts) {
      throws(() => readSmartctl(sharedText(path)), (error) => {
        ok(error instanceof InvalidError, path);
        return /it is smartctl's text; record it with --json/.test(error.message);
      });
    }
    ok(paths.length >= 32 && texts.length >= 5, "it looked at them");
  },
});

Deno.test({
  name: "no recording of another tool is taken for smartctl's",
  ignore: !hasShared,
  fn() {
    const others = ["ffprobe", "linux", "macos", "windows"].flatMap(sharedPaths)
      .filter((path) => !path.includes("/smartctl/"));
    const taken = others.filter((path) => recogniseSmartctl(sharedText(path)));

    ok(others.length > 50, "it looked at them");
    deepStrictEqual(taken, []);
  },
});
