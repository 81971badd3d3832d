/**
 * What a drive says of its own health, in our words, whatever its protocol and the tool's version.
 *
 * @module
 */

export const verdicts = ["good", "warning", "failing", "unknown"] as const;

/** Unknown is no judgement: nobody could tell, which is never the same as failing. */
export type Verdict = typeof verdicts[number];

/** Good drives may have reasons, too: "info" is worth a look and no judgement. */
export const levels = ["info", "warning", "failing"] as const;

export type Level = typeof levels[number];

/** One thing that speaks for a verdict. */
export interface Reason {
  code: string;
  level: Level;
  text: string;
  value?: number;
  threshold?: number;
}

export const powerStates = ["active", "idle", "asleep", "unknown"] as const;

export type PowerState = typeof powerStates[number];

/** Numbers that a drive tells, all of them optional. Counters count from the drive's first day. */
export const valueNames = [
  "temperatureC",
  "powerOnHours",
  "powerCycles",
  /** Sectors that were given up and replaced. */
  "reallocated",
  /** Sectors that could not be read and wait for being written. */
  "pending",
  /** Sectors that an offline scan could not read. */
  "uncorrectable",
  /** Read errors that the drive has told to its host. */
  "reportedUncorrectable",
  /** Damaged transfers between drive and host: the cable, most often. */
  "crcErrors",
  /** Entries that the ATA error log has ever had. */
  "errorLogEntries",
  "failedSelfTests",
  /** NVMe: errors of the medium that the controller could not correct. */
  "mediaErrors",
  /** Of the endurance that the maker gives, 100 when used up; it goes beyond. */
  "percentageUsed",
  "availableSpare",
  "availableSpareThreshold",
  /** NVMe: bit mask, see thresholds.ts. */
  "criticalWarning",
  /** SCSI: sectors that were replaced since the drive left its maker. */
  "grownDefects",
  /** SCSI: errors of reading, writing and verifying that no correction helped. */
  "uncorrectedErrors",
  /** °C from which the drive itself calls it too hot. */
  "temperatureLimitC",
] as const;

export type ValueName = typeof valueNames[number];

export type HealthValues = { [Name in ValueName]?: number };

/** One row of an ATA drive's table; only ids and names that are agreed on are given a meaning. */
export interface SmartAttribute {
  id: number;
  name: string;
  /** 1 to 253, falling from best to worst: the maker's own scale. */
  normalised: number | undefined;
  threshold: number | undefined;
  /** The counter itself, where the raw field holds more than that. */
  raw: number | undefined;
  failed: "now" | "past" | undefined;
  /** At its threshold the drive is expected to fail; otherwise it is only old. */
  prefailure: boolean;
}

/** One answer of smartctl. */
export interface SmartReport {
  /** smartctl's own exit status, a bit mask; undefined where only a part was recorded. */
  exitStatus: number | undefined;
  messages: string[];
  /** As smartctl names it: "/dev/sda", and the words of its -d option: "sat", "nvme". */
  device: string | undefined;
  deviceType: string | undefined;
  protocol: "ATA" | "SCSI" | "NVMe" | undefined;
  model: string | undefined;
  serial: string | undefined;
  /** Hexadecimal, without a prefix. */
  wwn: string | undefined;
  firmware: string | undefined;
  sizeBytes: number | undefined;
  /** Turns per minute; 0 when nothing turns. */
  rotationRpm: number | undefined;
  power: PowerState;
  /** The drive's word for a low-power mode, when smartctl stopped because of it. */
  stoppedBy: string | undefined;
  smartSupported: boolean | undefined;
  smartEnabled: boolean | undefined;
  /** Its overall verdict of itself. */
  passed: boolean | undefined;
  /** What a SCSI drive says when it does not pass. */
  impending: string | undefined;
  attributes: SmartAttribute[];
  values: HealthValues;
  /** Whether there is anything in it to judge by. */
  hasHealth: boolean;
}
