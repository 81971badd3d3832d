/**
 * The numbers of a report, wherever its protocol and its version of smartctl put them.
 *
 * @module
 */
import { valuesOf } from "./attributes.ts";
import { at, listAt, numberAt, textAt } from "./json.ts";
import type { HealthValues, SmartAttribute, ValueName } from "./report.ts";

type Loose = { [Name in ValueName]?: number | undefined };

/** All that is told; what stands in several places is taken from the most exact one. */
export function valuesIn(found: unknown, attributes: SmartAttribute[]): HealthValues {
  return {
    ...valuesOf(attributes),
    ...withoutAbsent(commonValues(found)),
    ...withoutAbsent(nvmeValues(at(found, "nvme_smart_health_information_log"))),
    ...withoutAbsent(scsiValues(found)),
  };
}

function commonValues(found: unknown): Loose {
  const scsiPending = numberAt(found, "scsi_pending_defects", "count");
  return {
    temperatureC: plausibleTemperature(numberAt(found, "temperature", "current")) ??
      // Some SAS drives say 0 there and the truth in another log.
      plausibleTemperature(
        numberAt(found, "scsi_environmental_reports", "temperature_1", "current"),
      ),
    temperatureLimitC: plausibleLimit(
      numberAt(found, "temperature", "drive_trip") ??
        numberAt(found, "nvme_composite_temperature_threshold", "warning") ??
        numberAt(found, "temperature", "op_limit_max"),
    ),
    powerOnHours: numberAt(found, "power_on_time", "hours"),
    powerCycles: numberAt(found, "power_cycle_count"),
    percentageUsed: numberAt(found, "endurance_used", "current_percent") ??
      numberAt(found, "scsi_percentage_used_endurance_indicator") ?? enduranceIn(found),
    errorLogEntries: errorLogEntries(found),
    failedSelfTests: failedSelfTests(found),
    pending: scsiPending,
  };
}

/** Of an SSD's device statistics, when those were asked for (-x, -l ssd). */
function enduranceIn(found: unknown): number | undefined {
  const rows = listAt(found, "ata_device_statistics", "pages").flatMap((it) => listAt(it, "table"));
  const row = rows.find((it) => textAt(it, "name")?.startsWith("Percentage Used Endurance"));
  return numberAt(row, "value");
}

function errorLogEntries(found: unknown): number | undefined {
  const log = at(found, "ata_smart_error_log");
  return numberAt(log, "extended", "count") ?? numberAt(log, "summary", "count");
}

function failedSelfTests(found: unknown): number | undefined {
  const log = at(found, "ata_smart_self_test_log");
  for (const kind of ["extended", "standard"]) {
    const total = numberAt(log, kind, "error_count_total");
    if (total !== undefined) return total - (numberAt(log, kind, "error_count_outdated") ?? 0);
  }
  return undefined;
}

function nvmeValues(log: unknown): Loose {
  return {
    temperatureC: plausibleTemperature(numberAt(log, "temperature")),
    powerOnHours: numberAt(log, "power_on_hours"),
    powerCycles: numberAt(log, "power_cycles"),
    criticalWarning: numberAt(log, "critical_warning"),
    availableSpare: numberAt(log, "available_spare"),
    availableSpareThreshold: numberAt(log, "available_spare_threshold"),
    percentageUsed: numberAt(log, "percentage_used"),
    mediaErrors: numberAt(log, "media_errors"),
  };
}

function scsiValues(found: unknown): Loose {
  const counters = ["read", "write", "verify"].map((kind) =>
    numberAt(found, "scsi_error_counter_log", kind, "total_uncorrected_errors")
  ).filter((it) => it !== undefined);
  return {
    grownDefects: numberAt(found, "scsi_grown_defect_list"),
    ...counters.length > 0 && { uncorrectedErrors: counters.reduce((sum, it) => sum + it, 0) },
  };
}

/** A sensor that does not work says 0, 255 or less than any room. */
function plausibleTemperature(celsius: number | undefined): number | undefined {
  return celsius !== undefined && celsius > -40 && celsius < 150 && celsius !== 0
    ? celsius
    : undefined;
}

function plausibleLimit(celsius: number | undefined): number | undefined {
  return celsius !== undefined && celsius >= 40 && celsius < 150 ? celsius : undefined;
}

function withoutAbsent(values: Loose): HealthValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
