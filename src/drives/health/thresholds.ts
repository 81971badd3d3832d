/**
 * From which number on a drive is worth a warning, or is called failing. All of them, in one table.
 *
 * @module
 */
import type { DriveKind } from "../drive.ts";
import type { Level, ValueName } from "./smart/report.ts";

export interface Counter {
  value: ValueName;
  code: string;
  /** What is counted, in words. */
  what: string;
  /** The level of any number but 0, old and constant. */
  atAll: Level;
  /** When it has grown within GROWTH_DAYS. */
  growing: Level;
  /** Growth within GROWTH_DAYS from which the drive is failing; Infinity when it is never. */
  failingGrowth: number;
}

/** What grew longer ago is an old wound. */
export const GROWTH_DAYS = 7;

/**
 * Any number but 0 of the first six: Backblaze found at least one of 5, 187, 188, 197, 198 above 0
 * at 77 % of the drives that failed and at 4 % of those that did not ("What SMART stats tell us
 * about hard drives", 2016). That one sector tells little and several within days tell much is from
 * Pinheiro et al., "Failure trends in a large disk drive population" (FAST 2007): after a first
 * scan error a drive is 39 times as likely to fail within 60 days. The ten are ours.
 */
export const counters: Counter[] = [
  {
    value: "reallocated",
    code: "reallocated",
    what: "sectors were given up and replaced",
    atAll: "warning",
    growing: "warning",
    failingGrowth: 10,
  },
  {
    value: "pending",
    code: "pending",
    what: "sectors cannot be read and wait for being replaced",
    atAll: "warning",
    growing: "warning",
    failingGrowth: 10,
  },
  {
    value: "uncorrectable",
    code: "uncorrectable",
    what: "sectors cannot be corrected",
    atAll: "warning",
    growing: "warning",
    failingGrowth: 10,
  },
  {
    value: "reportedUncorrectable",
    code: "reported_uncorrectable",
    what: "read errors were told to this machine",
    atAll: "warning",
    growing: "warning",
    failingGrowth: 10,
  },
  {
    value: "mediaErrors",
    code: "media_errors",
    what: "errors of the medium could not be corrected",
    atAll: "warning",
    growing: "warning",
    failingGrowth: 10,
  },
  {
    value: "grownDefects",
    code: "grown_defects",
    what: "sectors were replaced since it left its maker",
    atAll: "warning",
    growing: "warning",
    failingGrowth: 10,
  },
  {
    // Some firmware counts aborted transfers here, so that their growth alone is no death sentence.
    value: "uncorrectedErrors",
    code: "uncorrected_errors",
    what: "errors of reading, writing or verifying could not be corrected",
    atAll: "warning",
    growing: "warning",
    failingGrowth: 100,
  },
  {
    // The drive is well, its cable or socket is not; the count never falls after a repair.
    value: "crcErrors",
    code: "cable",
    what: "transfers between drive and machine were damaged: look at the cable",
    atAll: "info",
    growing: "warning",
    failingGrowth: Infinity,
  },
  {
    // Aborted commands that the drive does not know stand there, too.
    value: "errorLogEntries",
    code: "error_log",
    what: "errors stand in the drive's log, the oldest from years ago perhaps",
    atAll: "info",
    growing: "warning",
    failingGrowth: Infinity,
  },
];

/** NVMe 1.4, figure 194, "Critical Warning". */
export const criticalWarnings: { bit: number; code: string; level: Level; what: string }[] = [
  { bit: 0, code: "spare_low", level: "failing", what: "its spare blocks are nearly used up" },
  { bit: 1, code: "temperature", level: "warning", what: "it is, or was, too hot or too cold" },
  {
    bit: 2,
    code: "reliability",
    level: "failing",
    what: "its reliability is degraded by errors of the medium or within",
  },
  { bit: 3, code: "read_only", level: "failing", what: "it has made itself read-only" },
  {
    bit: 4,
    code: "backup_failed",
    level: "failing",
    what: "the backup of its volatile memory has failed",
  },
  {
    bit: 5,
    code: "persistent_memory",
    level: "warning",
    what: "its persistent memory region has become unreliable or read-only",
  },
];

/**
 * Endurance used, in percent. At 100 the maker's promise ends (NVMe 1.4, "Percentage Used"); drives
 * live on, and nobody should put a film on them.
 */
export const ENDURANCE = { warning: 90, failing: 100 };

/** Normalised wear, which falls from 100: intel.com calls 10 the time to replace. */
export const WEAR_WARNING = 10;

/**
 * °C that are worth a warning where the drive names no limit of its own. Makers allow 60 for disks
 * and 70 for SATA flash; NVMe drives slow down at 80 or so. USB is for a disk in a box.
 */
export const HOT_C: Record<DriveKind, number> = {
  hdd: 55,
  usb: 55,
  optical: 55,
  ssd: 70,
  sd: 70,
  nvme: 80,
  virtual: 80,
  network: 80,
  unknown: 60,
};
