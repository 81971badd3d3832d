/**
 * Drives' health as numbers: one series for each drive that was asked.
 *
 * @module
 */
import type { Metric } from "../../base/metrics.ts";
import type { DriveHealth } from "./store.ts";
import { verdicts } from "./smart/report.ts";

export interface KnownHealth {
  driveId: string;
  name: string;
  health: DriveHealth;
  /** Times that background work woke it. */
  wakes: number;
}

/** One metric for each fact, in base units. */
export function healthMetrics(drives: readonly KnownHealth[]): Metric[] {
  const each = (value: (it: KnownHealth) => number | undefined): Metric["samples"] =>
    drives.flatMap((it) => {
      const found = value(it);
      const labels = { drive: it.driveId, name: it.name };
      return found === undefined ? [] : [{ labels, value: found }];
    });
  return [
    {
      name: "giggityflix_drive_health",
      type: "gauge",
      help: "1 for the verdict that holds, 0 for the others",
      samples: drives.flatMap(({ driveId, name, health }) =>
        verdicts.map((verdict) => ({
          labels: { drive: driveId, name, verdict },
          value: Number(health.verdict === verdict),
        }))
      ),
    },
    {
      name: "giggityflix_drive_asleep",
      type: "gauge",
      help: "1 while the drive is known to sleep",
      samples: each(({ health }) => Number(health.powerState === "asleep")),
    },
    {
      name: "giggityflix_drive_temperature_celsius",
      type: "gauge",
      help: "When it was last asked",
      samples: each(({ health }) => health.values.temperatureC),
    },
    {
      name: "giggityflix_drive_wakes_total",
      type: "counter",
      help: "Times that background work woke the drive",
      samples: each(({ wakes }) => wakes),
    },
  ];
}
