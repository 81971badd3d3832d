/**
 * Asks one drive by smartctl, never waking it and never for long.
 *
 * @module
 */
import { CommandError, type Run } from "../../base/command.ts";
import { reasonOf } from "../../base/errors.ts";
import type { Platform } from "../../base/platform.ts";
import type { DriveKind } from "../drive.ts";
import { BIT_COMMAND_LINE, BIT_OPEN, STANDBY_EXIT } from "./smart/exit_status.ts";
import { type Missing, missingOn } from "./missing.ts";
import type { PowerState, SmartReport } from "./smart/report.ts";
import { parseScan, parseSmartctl } from "./smart/smartctl.ts";
import { namesController, whyUnknown } from "./smart/why_unknown.ts";

/** What must be known of a drive to ask it. */
export interface HealthDrive {
  id: string;
  /** The kernel's name of it today. */
  name: string;
  kind: DriveKind;
  bus?: string | undefined;
  serial?: string | undefined;
}

export interface AskDeps {
  run: Run;
  platform: Platform;
  /** Milliseconds after which a drive that does not answer is let go. */
  limitMs?: number;
  /** Whether the kernel itself has put the drive to sleep; asked first, for it costs nothing. */
  isSuspended?: (name: string) => Promise<boolean>;
  /** Whether a "SLEEP" may be believed: without rights, smartctl takes the refusal for one. */
  isPrivileged?: boolean;
}

/** What came of asking. */
export type Answer =
  | { kind: "report"; report: SmartReport; members: SmartReport[] }
  | { kind: "asleep" }
  | { kind: "missing"; missing: Missing }
  /** It does not answer, or smartctl says nothing that can be read; it is asked less often. */
  | { kind: "silent"; code: "no_answer" | "usb_bridge"; reason: string };

/** A drive that spins up, or a USB box that thinks about it, takes some 20 s. */
const LIMIT_MS = 30_000;

/** /usr/sbin is on no user's path on Debian; the others are where installers put it. */
const programs: Record<Platform, string[]> = {
  linux: ["smartctl", "/usr/sbin/smartctl", "/usr/local/sbin/smartctl"],
  darwin: ["smartctl", "/opt/homebrew/sbin/smartctl", "/usr/local/sbin/smartctl"],
  windows: ["smartctl", "C:\\Program Files\\smartmontools\\bin\\smartctl.exe"],
};

/** Why a drive of this kind is not asked; undefined when it is. */
export function whyNotAsked({ kind, bus = "" }: HealthDrive): string | undefined {
  if (kind === "network") return "It is another machine's drive";
  if (kind === "optical") return "An optical drive has no SMART";
  if (kind === "sd") return "A memory card has no SMART";
  // What a hypervisor shows on a real bus may answer; on its own bus nothing does.
  if (kind === "virtual" && !["ata", "sata", "nvme", "usb", "sas"].includes(bus.toLowerCase())) {
    return "A virtual drive has no SMART: ask the machine that it is on";
  }
  return undefined;
}

/** What smartctl calls the drive. An NVMe namespace will do: the controller's number may differ. */
export function devicePath(platform: Platform, name: string): string | undefined {
  if (platform === "windows") {
    const number = /(\d+)$/.exec(name)?.[1];
    return number && `/dev/pd${number}`;
  }
  // Names come from the kernel; nothing else may become an argument.
  return /^[\w!-]+$/.test(name) && !name.startsWith("-")
    ? `/dev/${name.replaceAll("!", "/")}`
    : undefined;
}

/**
 * The arguments that read everything there is to judge by. `-n standby` goes first in all of them.
 * A known type saves smartctl from trying types on the drive, by which some wake.
 */
export function smartctlArgs(device: string, type: string | undefined): string[] {
  const parts = ["-i", "-H", "-A", "-l", "error", "-l", "selftest"];
  return [...standbyArgs(device, type).slice(0, -1), ...parts, device];
}

function standbyArgs(device: string, type: string | undefined): string[] {
  const how = type === undefined ? [] : ["-d", type];
  return ["--json=c", "-n", `standby,${STANDBY_EXIT}`, ...how, device];
}

/**
 * Asks a drive for its health; a sleeping one is not woken.
 *
 * @param type How smartctl opened it the last time, when that is known
 */
export async function askDrive(
  drive: HealthDrive,
  type: string | undefined,
  deps: AskDeps,
  signal: AbortSignal,
): Promise<Answer> {
  const device = devicePath(deps.platform, drive.name);
  if (!device) return silent(`"${drive.name}" is no name of a device`);
  if (await deps.isSuspended?.(drive.name)) return { kind: "asleep" };
  try {
    let report = await ask(device, type, deps, signal);
    // It may be in another box than last time.
    const opened = ((report.exitStatus ?? 0) & (BIT_COMMAND_LINE | BIT_OPEN)) === 0;
    if (type !== undefined && !opened && report.stoppedBy === undefined && !report.hasHealth) {
      type = undefined;
      report = await ask(device, type, deps, signal);
    }
    if (type === undefined && whyUnknown(report).code === "usb_bridge" && !report.hasHealth) {
      // Most bridges speak SAT, those of smartctl's table or not: one attempt, remembered after.
      type = "sat";
      report = await ask(device, type, deps, signal);
      if (report.power === "asleep" && report.stoppedBy === "SLEEP") {
        const reason = "smartctl does not know its USB bridge, which passes no questions on";
        return { kind: "silent", code: "usb_bridge", reason };
      }
    }
    const members = namesController(report.messages.join("\n")) && !report.hasHealth
      ? await askMembers(deps, signal)
      : [];
    return understood(report, members, type, deps);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CommandError && error.details.missing === true) {
      return { kind: "missing", missing: missingOn(deps.platform, "smartctl") };
    }
    return silent(`It does not answer: ${reasonOf(error)}`);
  }
}

function understood(
  report: SmartReport,
  members: SmartReport[],
  type: string | undefined,
  { platform, isPrivileged = true }: AskDeps,
): Answer {
  if (report.hasHealth || members.length > 0) return { kind: "report", report, members };
  const { code } = whyUnknown(report);
  if (code === "no_rights") return { kind: "missing", missing: missingOn(platform, "rights") };
  if (report.power !== "asleep") return { kind: "report", report, members };
  // smartctl takes any failure of CHECK POWER MODE for SLEEP, a refusal by the kernel included.
  // A drive is hardly ever in that mode, from which only a reset wakes it.
  if (report.stoppedBy !== "SLEEP" || (isPrivileged && type !== undefined)) {
    return { kind: "asleep" };
  }
  if (!isPrivileged) return { kind: "missing", missing: missingOn(platform, "rights") };
  return silent("It does not tell whether it sleeps");
}

function silent(reason: string): Answer {
  return { kind: "silent", code: "no_answer", reason };
}

/** The disks behind a RAID controller, which smartctl finds by a scan. */
async function askMembers(deps: AskDeps, signal: AbortSignal): Promise<SmartReport[]> {
  const devices = parseScan(await runSmartctl(["--scan-open", "--json=c"], deps, signal)) ?? [];
  const hidden = devices.filter(({ type }) =>
    /megaraid|sssraid|cciss|3ware|areca|aacraid/.test(
      type ?? "",
    )
  );
  const reports: SmartReport[] = [];
  for (const { name, type } of hidden.slice(0, MAX_MEMBERS)) {
    reports.push(await ask(name, type, deps, signal));
  }
  return reports.filter(({ hasHealth }) => hasHealth);
}

const MAX_MEMBERS = 64;

async function ask(
  device: string,
  type: string | undefined,
  deps: AskDeps,
  signal: AbortSignal,
): Promise<SmartReport> {
  return parseSmartctl(await runSmartctl(smartctlArgs(device, type), deps, signal));
}

/** Whether the drive sleeps, by the one command that wakes none. Unknown when nobody can tell. */
export async function askPower(
  drive: HealthDrive,
  type: string | undefined,
  deps: AskDeps,
  signal: AbortSignal,
): Promise<PowerState> {
  // Flash may say that it sleeps; nothing in it has to spin up.
  if (drive.kind === "ssd" || drive.kind === "nvme") return "active";
  const device = devicePath(deps.platform, drive.name);
  if (!device || whyNotAsked(drive)) return "unknown";
  if (await deps.isSuspended?.(drive.name)) return "asleep";
  try {
    const report = parseSmartctl(await runSmartctl(standbyArgs(device, type), deps, signal));
    const answer = understood(report, [], type, deps);
    if (answer.kind === "asleep") return "asleep";
    if (answer.kind !== "report" || whyUnknown(report).code === "not_opened") return "unknown";
    return report.power === "unknown" && report.exitStatus === 0 ? "active" : report.power;
  } catch {
    signal.throwIfAborted();
    return "unknown"; // no smartctl, or it hangs: awake is assumed
  }
}

async function runSmartctl(args: string[], deps: AskDeps, signal: AbortSignal): Promise<string> {
  const { run, platform, limitMs = LIMIT_MS } = deps;
  for (const [index, program] of programs[platform].entries()) {
    try {
      return await run(program, args, { signal, timeoutMs: limitMs, anyExit: true });
    } catch (error) {
      const missing = error instanceof CommandError && error.details.missing === true;
      if (!missing || index === programs[platform].length - 1) throw error;
    }
  }
  throw new TypeError("the list of programs is empty");
}
