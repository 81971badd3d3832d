/**
 * What is known of a drive's health after it was asked. Pure. A drive that sleeps, hangs or may not
 * be asked keeps what was last known of it, with its time.
 *
 * @module
 */
import type { Answer, HealthDrive } from "./ask.ts";
import { missingTexts } from "./missing.ts";
import type { HealthValues, Reason, SmartReport } from "./smart/report.ts";
import { whyUnknown } from "./smart/why_unknown.ts";
import type { DriveHealth, HealthRecord } from "./store.ts";
import { judge, type Judgement, verdictOf, worstFirst } from "./verdict.ts";

export interface Past {
  last: DriveHealth | undefined;
  /** What the counters were before they count as growing. */
  weekAgo: HealthRecord | undefined;
  /** ISO 8601. */
  now: string;
}

/** A reason that judges nothing and says why nothing new is known. */
export function excuse(code: string, text: string): Reason {
  return { code, level: "info", text };
}

/** These go as soon as something new is known; all others are findings. */
const excuses = new Set([
  "another",
  "asleep",
  "behind_controller",
  "gone",
  "idle",
  "no_answer",
  "no_data",
  "no_rights",
  "no_smart",
  "no_smartctl",
  "not_asked",
  "not_opened",
  "smart_off",
  "usb_bridge",
]);

/** The drive's health, now that `answer` is there. */
export function healthAfter(drive: HealthDrive, answer: Answer, past: Past): DriveHealth {
  switch (answer.kind) {
    case "asleep":
      return {
        ...kept(past, excuse("asleep", "It sleeps, and is not woken to be asked")),
        powerState: "asleep",
        asleepSince: past.last?.asleepSince ?? past.now,
      };
    case "missing": {
      const { missing } = answer;
      const reason = excuse(`no_${missing.what}`, missingTexts[missing.what]);
      return { ...kept(past, reason), missing };
    }
    case "silent":
      return kept(past, excuse(answer.code, answer.reason));
    case "report":
      return answer.members.length > 0
        ? fresh(drive, past, judgeAll(answer.members), worstValues(answer.members))
        : reported(drive, answer.report, past);
  }
}

function reported(drive: HealthDrive, report: SmartReport, past: Past): DriveHealth {
  if (isAnother(drive, report)) {
    const text = "Another drive has its name now: detect the drives anew";
    return kept(past, excuse("another", text));
  }
  if (!report.hasHealth) return { ...kept(past, whyUnknown(report)), powerState: report.power };
  const judgement = judge(report, { kind: drive.kind, before: past.weekAgo });
  return {
    ...fresh(drive, past, judgement, report.values),
    powerState: report.power,
    ...report.deviceType !== undefined && { deviceType: report.deviceType },
  };
}

function fresh(
  { bus }: HealthDrive,
  { now }: Past,
  { verdict, reasons }: Judgement,
  values: HealthValues,
): DriveHealth {
  return {
    verdict,
    reasons,
    powerState: "active",
    askedAt: now,
    checkedAt: now,
    values,
    ...bus !== undefined && { bus },
  };
}

/** What was last known, and why it is not known better. */
function kept({ last, now }: Past, reason: Reason): DriveHealth {
  const { missing: _missing, asleepSince: _asleepSince, ...known } = last ??
    { verdict: "unknown" as const, values: {}, reasons: [] };
  const findings = known.reasons.filter(({ code }) => !excuses.has(code));
  return { ...known, reasons: [...findings, reason], powerState: "unknown", askedAt: now };
}

/**
 * Whether the answer came from another drive: names move when drives are pulled and plugged. A
 * USB box and a RAID controller may tell a serial of their own, so that only these two count.
 */
function isAnother({ bus, serial }: HealthDrive, report: SmartReport): boolean {
  const direct = { sata: "ATA", ata: "ATA", nvme: "NVMe" }[bus?.toLowerCase() ?? ""];
  if (!serial || !report.serial || direct === undefined || direct !== report.protocol) return false;
  const [one, other] = [serial, report.serial]
    .map((it) => it.replaceAll(/[\W_]/g, "").toLowerCase());
  return !one!.includes(other!) && !other!.includes(one!);
}

/** Of disks behind a controller the worst speaks for all. */
function judgeAll(members: SmartReport[]): Judgement {
  const reasons = members.flatMap((member) =>
    judge(member).reasons.map((reason) => ({
      ...reason,
      text: `Disk ${member.serial ?? member.deviceType} behind its controller: ${reason.text}`,
    }))
  );
  return { verdict: verdictOf(reasons), reasons: worstFirst(reasons) };
}

function worstValues(members: SmartReport[]): HealthValues {
  const worst: HealthValues = {};
  for (const { values } of members) {
    for (const [name, value] of Object.entries(values) as [keyof HealthValues, number][]) {
      worst[name] = Math.max(worst[name] ?? value, value);
    }
  }
  return worst;
}
