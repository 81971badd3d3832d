/**
 * Why a report has nothing to judge by: asleep, no rights, no SMART.
 *
 * @module
 */
import type { Reason, SmartReport } from "./report.ts";

const info = (code: string, text: string): Reason => ({ code, level: "info", text });

interface Rule {
  code: string;
  text: string;
  holds(report: SmartReport, said: string): boolean;
}

/** The first that holds; `said` is all that smartctl said, in one text. */
const rules: Rule[] = [
  {
    code: "asleep",
    text: "It sleeps, and is not woken to be asked",
    holds: ({ power }) => power === "asleep",
  },
  {
    code: "idle",
    text: "It was left alone while it idles",
    holds: ({ power, stoppedBy }) => power === "idle" && stoppedBy !== undefined,
  },
  {
    code: "no_rights",
    text: "smartctl may not open it",
    // Windows says "Error=5", ERROR_ACCESS_DENIED.
    holds: (_, said) =>
      /permission denied|operation not permitted|access (is )?denied|error=5\b|eacces|eperm/i
        .test(said),
  },
  {
    code: "usb_bridge",
    text: "smartctl does not know its USB bridge",
    holds: (_, said) => /un(known|supported) usb bridge/i.test(said),
  },
  {
    code: "behind_controller",
    text: "It is behind a RAID controller that hides its disks",
    holds: (_, said) => namesController(said),
  },
  {
    code: "gone",
    text: "It is not there any more",
    holds: (_, said) => /no such (device|file)|error=2\b/i.test(said),
  },
  {
    code: "no_smart",
    text: "It has no SMART, so that it cannot tell",
    holds: ({ smartSupported, protocol }, said) =>
      smartSupported === false && protocol !== undefined ||
      /unable to detect device type|lacks smart|does not support smart/i.test(said),
  },
  {
    code: "smart_off",
    text: 'Its SMART is switched off: "smartctl -s on" switches it on',
    holds: ({ smartEnabled }) => smartEnabled === false,
  },
  {
    code: "not_opened",
    text: "smartctl could not open or identify it",
    holds: ({ exitStatus = 0 }) => (exitStatus & 3) !== 0,
  },
];

/** The reason of an unknown verdict. */
export function whyUnknown(report: SmartReport): Reason {
  const said = report.messages.join("\n");
  const rule = rules.find(({ holds }) => holds(report, said));
  if (!rule) return info("no_data", "The report has nothing to judge by");
  const { code, text } = rule;
  return info(code, code === "not_opened" && said ? `${text}: ${report.messages[0]}` : text);
}

/** smartctl's hint that the disks are behind a controller: "please try adding '-d megaraid,N'". */
export function namesController(said: string): boolean {
  return /-d '?"?(megaraid|sssraid|cciss|3ware|areca|aacraid)|megaraid controller/i.test(said);
}
