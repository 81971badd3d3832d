/**
 * Judges a report: good, warning, failing or unknown, and why. Pure: the same report and the same
 * past give the same verdict.
 *
 * @module
 */
import type { DriveKind } from "../drive.ts";
import { worstWear } from "./smart/attributes.ts";
import { exitReasons } from "./smart/exit_status.ts";
import {
  type HealthValues,
  levels,
  type Reason,
  type SmartReport,
  type Verdict,
} from "./smart/report.ts";
import {
  type Counter,
  counters,
  criticalWarnings,
  ENDURANCE,
  HOT_C,
  WEAR_WARNING,
} from "./thresholds.ts";
import { whyUnknown } from "./smart/why_unknown.ts";

export interface Judgement {
  verdict: Verdict;
  /** Worst first. */
  reasons: Reason[];
}

export interface JudgeOptions {
  kind?: DriveKind | undefined;
  /** What the counters were some days ago. */
  before?: { checkedAt: string; values: HealthValues } | undefined;
}

/** The verdict on one report. */
export function judge(report: SmartReport, { kind, before }: JudgeOptions = {}): Judgement {
  if (!report.hasHealth) return { verdict: "unknown", reasons: [whyUnknown(report)] };
  const reasons = [
    ...overall(report),
    ...critical(report.values),
    ...failedAttributes(report),
    ...counters.flatMap((counter) => counted(counter, report.values, before)),
    ...selfTests(report.values),
    ...wear(report),
    ...temperature(report, kind),
  ];
  const told = new Set(reasons.map(({ code }) => code));
  // smartctl fails an NVMe drive for any bit of its mask; the bits themselves tell how bad it is.
  if (critical(report.values).length > 0) told.add("overall");
  reasons.push(...exitReasons(report.exitStatus).filter(({ code }) => !told.has(code)));
  return { verdict: verdictOf(reasons), reasons: worstFirst(reasons) };
}

/** The worst level decides; what is only worth a look does not. */
export function verdictOf(reasons: Reason[]): Verdict {
  if (reasons.some(({ level }) => level === "failing")) return "failing";
  return reasons.some(({ level }) => level === "warning") ? "warning" : "good";
}

export function worstFirst(reasons: Reason[]): Reason[] {
  return reasons.toSorted((one, other) => levels.indexOf(other.level) - levels.indexOf(one.level));
}

function overall({ passed, impending, values }: SmartReport): Reason[] {
  if (passed !== false || critical(values).length > 0) return [];
  const why = impending ? `: ${impending}` : "";
  return [{
    code: "overall",
    level: "failing",
    text: `It calls itself failing${why}: save what is on it`,
  }];
}

function critical({ criticalWarning = 0 }: HealthValues): Reason[] {
  return criticalWarnings
    .filter(({ bit }) => criticalWarning & 1 << bit)
    .map(({ code, level, what }) => ({
      code,
      level,
      text: `It warns: ${what}`,
      value: criticalWarning,
    }));
}

function failedAttributes({ attributes }: SmartReport): Reason[] {
  return attributes.filter(({ failed }) => failed).map((attribute) => {
    const { name, id, normalised, threshold, failed, prefailure } = attribute;
    const level = failed === "now" && prefailure ? "failing" : "warning";
    const when = failed === "now" ? "is" : "was once";
    return {
      code: failed === "now"
        ? (prefailure ? "attribute_failing" : "attribute_old")
        : "attribute_past",
      level,
      text: `Its ${name} (${id}) ${when} at the maker's limit${
        prefailure ? ", which foretells a failure" : ""
      }`,
      ...normalised !== undefined && { value: normalised },
      ...threshold !== undefined && { threshold },
    };
  });
}

function counted(
  { value: name, code, what, atAll, growing, failingGrowth }: Counter,
  values: HealthValues,
  before: JudgeOptions["before"],
): Reason[] {
  const value = values[name];
  if (!value || value < 0) return [];
  const then = before?.values[name];
  const grown = then === undefined ? 0 : value - then;
  if (grown <= 0) return [{ code, level: atAll, text: `${value} ${what}`, value }];
  const since = before!.checkedAt.slice(0, 10);
  return [{
    code,
    level: grown >= failingGrowth ? "failing" : growing,
    text: `${value} ${what}; ${grown} more since ${since}`,
    value,
  }];
}

function selfTests({ failedSelfTests: value = 0 }: HealthValues): Reason[] {
  if (value <= 0) return [];
  return [{
    code: "self_test",
    level: "warning",
    text: `${value} of its self-tests failed`,
    value,
  }];
}

function wear({ attributes, values, rotationRpm }: SmartReport): Reason[] {
  const reasons: Reason[] = [];
  const { percentageUsed: used, availableSpare: spare, availableSpareThreshold: least = 0 } =
    values;
  if (used !== undefined && used >= ENDURANCE.warning) {
    const level = used >= ENDURANCE.failing ? "failing" : "warning";
    const text = `${used} % of the endurance that its maker promises is used`;
    reasons.push({ code: "endurance", level, text, value: used, threshold: ENDURANCE[level] });
  }
  // A threshold of 0 is none; "below" is failing by the NVMe text, "at" is the last moment before.
  if (spare !== undefined && least > 0 && spare <= least) {
    const level = spare < least ? "failing" : "warning";
    const text = `${spare} % of its spare blocks are left`;
    reasons.push({ code: "spare", level, text, value: spare, threshold: least });
  }
  const worst = rotationRpm ? undefined : worstWear(attributes);
  if (used === undefined && worst && worst.normalised! <= WEAR_WARNING) {
    const text = `Its flash is worn: ${worst.name} is ${worst.normalised} of 100`;
    reasons.push({
      code: "wear",
      level: "warning",
      text,
      value: worst.normalised!,
      threshold: WEAR_WARNING,
    });
  }
  return reasons;
}

function temperature({ values, rotationRpm, protocol }: SmartReport, kind?: DriveKind): Reason[] {
  const { temperatureC: value, temperatureLimitC } = values;
  const threshold = temperatureLimitC ?? HOT_C[likeKind(kind, protocol, rotationRpm)];
  if (value === undefined || value < threshold) return [];
  const text = `It is ${value} °C hot: give it air`;
  return [{ code: "hot", level: "warning", text, value, threshold }];
}

/** What the report says of itself goes before what the bus says: a USB box may hold anything. */
function likeKind(
  kind: DriveKind | undefined,
  protocol: SmartReport["protocol"],
  rotationRpm: number | undefined,
): DriveKind {
  if (protocol === "NVMe") return "nvme";
  if (rotationRpm === 0) return "ssd";
  if (rotationRpm !== undefined) return "hdd";
  return kind ?? "unknown";
}
