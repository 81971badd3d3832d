import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { readSmartctl, type Reason } from "../../../src/drives/health/mod.ts";
import { parseSmartctl } from "../../../src/drives/health/smart/smartctl.ts";
import { judge } from "../../../src/drives/health/verdict.ts";

type Fields = Record<string, unknown>;

/** An ATA disk that is well, with `rows` in its table. */
function ata(rows: Fields[] = [], more: Fields = {}): string {
  return JSON.stringify({
    smartctl: { version: [7, 4], exit_status: 0 },
    device: { name: "/dev/sda", type: "sat", protocol: "ATA" },
    rotation_rate: 7200,
    smart_status: { passed: true },
    ata_smart_attributes: { table: rows },
    ...more,
  });
}

function row(id: number, name: string, value: number, more: Fields = {}): Fields {
  const flags = { prefailure: false };
  const raw = { value, string: String(value) };
  return { id, name, value: 100, worst: 100, thresh: 0, when_failed: "", flags, raw, ...more };
}

function nvme(log: Fields, more: Fields = {}): string {
  return JSON.stringify({
    smartctl: { version: [7, 4], exit_status: 0 },
    device: { name: "/dev/nvme0", type: "nvme", protocol: "NVMe" },
    smart_status: { passed: true },
    nvme_smart_health_information_log: {
      critical_warning: 0,
      available_spare: 100,
      available_spare_threshold: 10,
      temperature: 40,
      percentage_used: 3,
      media_errors: 0,
      ...log,
    },
    ...more,
  });
}

const exit = (status: number) => ({ smartctl: { version: [7, 4], exit_status: status } });

/** Verdict, and the codes of what is more than worth a look. */
function told(text: string): [string, ...string[]] {
  const [{ verdict, reasons }] = readSmartctl(text) as [ReturnType<typeof readSmartctl>[0]];
  return [verdict, ...reasons.filter(({ level }) => level !== "info").map(({ code }) => code)];
}

Deno.test("judge() calls a drive failing that calls itself so, or is about to", () => {
  const cases: [string, ...string[]][] = [
    [ata([], { smart_status: { passed: false } }), "overall"],
    [ata([], exit(8)), "overall"],
    [ata([], exit(16)), "attribute_failing"],
    [
      ata([row(5, "Reallocated_Sector_Ct", 2000, {
        value: 5,
        thresh: 36,
        when_failed: "now",
        flags: { prefailure: true },
      })]),
      "attribute_failing",
      "reallocated",
    ],
    [nvme({ critical_warning: 1, available_spare: 3 }, exit(8)), "spare_low", "spare"],
    [nvme({ critical_warning: 4 }, { smart_status: { passed: false } }), "reliability"],
    [nvme({ critical_warning: 8 }), "read_only"],
    [nvme({ critical_warning: 16 }), "backup_failed"],
    [nvme({ percentage_used: 104 }), "endurance"],
    [nvme({ available_spare: 9 }), "spare"],
    [
      JSON.stringify({
        device: { protocol: "SCSI" },
        smart_status: {
          passed: false,
          scsi: { asc: 93, ascq: 16, ie_string: "FAILURE PREDICTED" },
        },
      }),
      "overall",
    ],
  ];

  for (const [text, ...codes] of cases) deepStrictEqual(told(text), ["failing", ...codes], text);
});

Deno.test("judge() warns of counters, wear, heat and old limits", () => {
  const cases: [string, ...string[]][] = [
    [ata([row(5, "Reallocated_Sector_Ct", 8)]), "reallocated"],
    [ata([row(197, "Current_Pending_Sector", 1)]), "pending"],
    [ata([row(197, "Total_Pending_Sectors", 2)]), "pending"],
    [ata([row(198, "Offline_Uncorrectable", 1)]), "uncorrectable"],
    [ata([row(187, "Reported_Uncorrect", 3)]), "reported_uncorrectable"],
    [ata([row(3, "Spin_Up_Time", 1, { when_failed: "past" })]), "attribute_past"],
    [ata([row(190, "Airflow_Temperature_Cel", 1, { when_failed: "now" })]), "attribute_old"],
    [ata([], exit(32)), "attribute_past"],
    [ata([], exit(128)), "self_test"],
    [ata([], { temperature: { current: 55 } }), "hot"],
    [ata([row(194, "Temperature_Celsius", 61)]), "hot"],
    [ata([row(231, "SSD_Life_Left", 9, { value: 9 })], { rotation_rate: 0 }), "wear"],
    [ata([row(177, "Wear_Leveling_Count", 900, { value: 10 })], { rotation_rate: 0 }), "wear"],
    [ata([row(202, "Percent_Lifetime_Remain", 95, { value: 5 })], { rotation_rate: 0 }), "wear"],
    [nvme({ critical_warning: 2 }, { smart_status: { passed: false }, ...exit(8) }), "temperature"],
    [nvme({ critical_warning: 32 }), "persistent_memory"],
    [nvme({ media_errors: 2 }), "media_errors"],
    [nvme({ percentage_used: 90 }), "endurance"],
    [nvme({ available_spare: 10 }), "spare"],
    [nvme({ temperature: 82 }), "hot"],
    [JSON.stringify({ scsi_grown_defect_list: 1 }), "grown_defects"],
    [
      JSON.stringify({
        scsi_grown_defect_list: 0,
        scsi_error_counter_log: {
          read: { total_uncorrected_errors: 1 },
          write: { total_uncorrected_errors: 2 },
        },
      }),
      "uncorrected_errors",
    ],
  ];

  for (const [text, ...codes] of cases) deepStrictEqual(told(text), ["warning", ...codes], text);
});

Deno.test("judge() finds no fault where a number only looks like one", () => {
  const cases: [what: string, text: string][] = [
    ["an error log, a failed command", ata([], exit(64 | 4))],
    ["rates that Seagate packs into 48 bits", ata([row(1, "Raw_Read_Error_Rate", 143944925)])],
    ["damaged transfers of long ago", ata([row(199, "UDMA_CRC_Error_Count", 131)])],
    [
      "a packed temperature",
      ata([row(194, "Temperature_Celsius", 188979544088, {
        raw: { value: 188979544088, string: "24 (Min/Max 15/44)" },
      })]),
    ],
    [
      "a packed count",
      ata([row(5, "Reallocated_Sector_Ct", 0, { raw: { value: 262144, string: "0 (0 4)" } })]),
    ],
    ["an id with another name", ata([row(197, "Host_Writes_GiB", 5000)])],
    ["wear on a disk", ata([row(202, "Data_Address_Mark_Errs", 5, { value: 5 })])],
    ["wear that nobody filled in", ata([row(177, "Wear_Leveling_Count", 0, { value: 0 })])],
    ["a spare without a threshold", nvme({ available_spare: 0, available_spare_threshold: 0 })],
    [
      "a drive with a limit of its own",
      nvme({ temperature: 85 }, {
        nvme_composite_temperature_threshold: { warning: 90, critical: 95 },
      }),
    ],
    ["warm flash", ata([], { rotation_rate: 0, temperature: { current: 65 } })],
    ["a dead sensor", ata([], { temperature: { current: 0 } })],
  ];

  for (const [what, text] of cases) deepStrictEqual(told(text), ["good"], what);
});

Deno.test("judge() takes growth for worse than the same number of old", () => {
  const report = (sectors: number, crc = 0, log = 0) =>
    parseSmartctl(ata(
      [row(5, "Reallocated_Sector_Ct", sectors), row(199, "UDMA_CRC_Error_Count", crc)],
      { ata_smart_error_log: { summary: { count: log } } },
    ));
  const before = {
    checkedAt: "2026-11-14T10:00:00.000Z",
    values: { reallocated: 8, crcErrors: 131, errorLogEntries: 2 },
  };
  const verdictOn = (...numbers: [number, number?, number?]) =>
    judge(report(...numbers), { before }).verdict;

  strictEqual(verdictOn(8, 131, 2), "warning");
  strictEqual(verdictOn(12, 131, 2), "warning");
  strictEqual(verdictOn(18, 131, 2), "failing");
  deepStrictEqual([verdictOn(0, 131, 2), verdictOn(0, 132, 2), verdictOn(0, 0, 3)], [
    "good",
    "warning",
    "warning",
  ]);
  // A counter that begins anew, as after a firmware update, has not grown.
  strictEqual(judge(report(0, 5), { before }).verdict, "good");
  const [reason] = judge(report(12, 131, 2), { before }).reasons as [Reason];
  deepStrictEqual(reason, {
    code: "reallocated",
    level: "warning",
    text: "12 sectors were given up and replaced; 4 more since 2026-11-14",
    value: 12,
  });
});

Deno.test("judge() puts the worst reason first, and each in words with its number", () => {
  const [{ reasons }] = readSmartctl(
    ata([row(199, "UDMA_CRC_Error_Count", 3), row(197, "Current_Pending_Sector", 2)], exit(8 | 64)),
  ) as [ReturnType<typeof readSmartctl>[0]];

  deepStrictEqual(reasons.map(({ level, code }) => [level, code]), [
    ["failing", "overall"],
    ["warning", "pending"],
    ["info", "cable"],
    ["info", "error_log"],
  ]);
  deepStrictEqual(reasons[1], {
    code: "pending",
    level: "warning",
    text: "2 sectors cannot be read and wait for being replaced",
    value: 2,
  });
});

Deno.test("judge() says why it cannot tell, and never calls that failing", () => {
  const failed = (status: number, ...messages: string[]) =>
    JSON.stringify({
      json_format_version: [1, 0],
      smartctl: {
        version: [7, 3],
        exit_status: status,
        messages: messages.map((string) => ({ string, severity: "error" })),
      },
    });
  const cases: [string, string][] = [
    [failed(2, "Smartctl open device: /dev/sda failed: Permission denied"), "no_rights"],
    [
      failed(
        2,
        "Smartctl open device: /dev/sda failed: \\\\.\\PhysicalDrive0: Open failed, Error=5",
      ),
      "no_rights",
    ],
    [failed(2, "Smartctl open device: /dev/sdq failed: No such device"), "gone"],
    [failed(1, "/dev/sda: Unknown USB bridge [0x152d:0x0578 (0x3210)]"), "usb_bridge"],
    [failed(1, "/dev/vda: Unable to detect device type"), "no_smart"],
    [
      failed(
        2,
        "Smartctl open device: /dev/sda failed: DELL or MegaRaid controller, please try adding '-d megaraid,N'",
      ),
      "behind_controller",
    ],
    [failed(3, "Device is in STANDBY mode, exit(3)"), "asleep"],
    [failed(2, "Read NVMe Identify Controller failed: Invalid argument"), "not_opened"],
    [failed(0), "no_data"],
    [
      JSON.stringify({
        device: { name: "/dev/sda", protocol: "SCSI" },
        smart_support: { available: false },
      }),
      "no_smart",
    ],
    [JSON.stringify({ smart_support: { available: true, enabled: false } }), "smart_off"],
  ];

  for (const [text, code] of cases) {
    const [{ verdict, reasons }] = readSmartctl(text) as [ReturnType<typeof readSmartctl>[0]];
    deepStrictEqual([verdict, reasons.map((it) => it.code)], ["unknown", [code]], text);
    ok(reasons[0]!.text.length > 10);
  }
});

Deno.test("parseSmartctl() knows a sleeping drive by every word that smartctl has for it", () => {
  const stopped = (mode: string) =>
    parseSmartctl(JSON.stringify({
      smartctl: {
        exit_status: 2,
        messages: [{ string: `Device is in ${mode} mode, exit(2)`, severity: "information" }],
      },
      device: { name: "/dev/sdb", type: "sat", protocol: "ATA" },
    })).power;
  const mode = (value: number, name: string) =>
    parseSmartctl(JSON.stringify({ smartctl: {}, power_mode: { ata_value: value, name } })).power;

  const asleep = ["STANDBY", "STANDBY_Y", "STANDBY (OS)", "SLEEP", "STANDBY BY TIMER", "LOW POWER"];
  deepStrictEqual(asleep.map(stopped), asleep.map(() => "asleep"));
  deepStrictEqual(["IDLE", "IDLE_B"].map(stopped), ["idle", "idle"]);
  strictEqual(mode(0, "STANDBY"), "asleep");
  strictEqual(mode(0x81, "IDLE_A"), "idle");
  strictEqual(mode(0xff, "ACTIVE or IDLE"), "active");
  strictEqual(
    parseSmartctl(JSON.stringify({ power_mode: "STANDBY", smartctl: {} })).power,
    "asleep",
  );
});

Deno.test("parseSmartctl() finds temperature and endurance where else they may stand", () => {
  const sas = parseSmartctl(JSON.stringify({
    smart_status: { passed: true },
    temperature: { current: 0, drive_trip: 0 },
    "scsi_environmental_reports": { "temperature_1": { current: 38 } },
  }));
  const statistics = [{ name: "Percentage Used Endurance Indicator", value: 93 }];
  const ssd = parseSmartctl(ata([], {
    rotation_rate: 0,
    "ata_device_statistics": { pages: [{ number: 1 }, { number: 7, table: statistics }] },
  }));

  deepStrictEqual(sas.values, { temperatureC: 38 });
  strictEqual(ssd.values.percentageUsed, 93);
  strictEqual(judge(ssd).verdict, "warning");
});

Deno.test("parseSmartctl() reads numbers as text, a recording with its prompt, and other shapes", () => {
  const text = `$ smartctl -j -a /dev/nvme0\r\n${
    nvme({ percentage_used: "97", data_units_read: "340282366920938463463374607431768211455" }, {
      power_on_time: { hours: "1,234" },
      user_capacity: null,
      temperature: "hot",
    })
  }\r\n$ `;

  const report = parseSmartctl(text);

  strictEqual(report.values.percentageUsed, 97);
  strictEqual(report.values.powerOnHours, 1234);
  strictEqual(report.values.temperatureC, 40);
  strictEqual(report.sizeBytes, undefined);
  match(judge(report).reasons[0]!.text, /^97 % of the endurance/);
  for (
    const odd of [
      '{"smartctl":[]}',
      '{"smart_status":true}',
      '{"ata_smart_attributes":{"table":[null,{"id":"5","name":"Reallocated_Sector_Ct","raw":"7"}]}}',
    ]
  ) {
    ok(readSmartctl(odd).length === 1);
  }
});
