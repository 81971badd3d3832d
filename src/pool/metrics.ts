/**
 * The pool in numbers: lanes, workers and jobs.
 *
 * @module
 */
import type { Distribution, Metric, Sample } from "../base/metrics.ts";
import type { HistogramFacts, LaneFacts } from "./lanes/mod.ts";
import { priorities, type Priority } from "./priority.ts";
import type { WorkerCounts } from "./workers.ts";

/** @param lanes What Lanes.list() told */
export function laneMetrics(lanes: readonly LaneFacts[]): Metric[] {
  const each = (value: (lane: LaneFacts) => Sample["value"]): Sample[] =>
    lanes.map((lane) => ({ labels: { drives: drivesOf(lane) }, value: value(lane) }));
  const byPriority = (value: (lane: LaneFacts, it: Priority) => Sample["value"]): Sample[] =>
    lanes.flatMap((lane) =>
      priorities.map((priority) => ({
        labels: { drives: drivesOf(lane), priority },
        value: value(lane, priority),
      }))
    );
  const gauge = (name: string, help: string, samples: Sample[]): Metric => (
    { name: `giggityflix_lane_${name}`, type: "gauge", help, samples }
  );
  return [
    gauge("limit", "Readers that the drives serve at once", each((it) => it.limit)),
    gauge("streaming", "1 while a film plays from the drives", each((it) => it.streaming ? 1 : 0)),
    gauge("held", "Readers at work", byPriority((it, priority) => it.held[priority])),
    gauge("waiting", "Readers that wait", byPriority((it, priority) => it.waiting[priority])),
    {
      name: "giggityflix_lane_read_bytes_total",
      type: "counter",
      help: "Bytes read from the drives",
      samples: each((it) => it.bytesRead),
    },
    {
      name: "giggityflix_lane_wait_seconds",
      type: "histogram",
      help: "From asking for the lane to having it",
      samples: byPriority((it, priority) => inSeconds(it.waitMs[priority])),
    },
    {
      name: "giggityflix_lane_read_seconds",
      type: "histogram",
      help: "One read of a file",
      samples: each((it) => inSeconds(it.readMs)),
    },
  ];
}

export function workerMetrics(counts: WorkerCounts): Metric[] {
  const one = (name: string, type: Metric["type"], help: string, value: number): Metric => (
    { name: `giggityflix_workers_${name}`, type, help, samples: [{ value }] }
  );
  return [
    one("size", "gauge", "Jobs that the workers take at once", counts.size),
    one("busy", "gauge", "Workers that have a job", counts.busy),
    one("waiting", "gauge", "Jobs that wait for a worker", counts.waiting),
    one("open", "gauge", "Workers that exist, resting ones included", counts.open),
    one("replaced_total", "counter", "Workers lost to a crash, silence or abort", counts.replaced),
    one("retried_total", "counter", "Jobs begun anew after their worker was lost", counts.retried),
  ];
}

/** @param counts What Jobs.countByState() told */
export function jobMetrics(counts: Readonly<Record<string, number>>): Metric[] {
  const samples = jobStates.map((state) => ({ labels: { state }, value: counts[state] ?? 0 }));
  return [{ name: "giggityflix_jobs", type: "gauge", help: "Jobs by their state", samples }];
}

const jobStates = ["queued", "waiting", "running", "paused", "done", "failed", "cancelled"];

function drivesOf({ driveIds }: LaneFacts): string {
  return driveIds.join(",");
}

function inSeconds({ bucketsMs, counts, sumMs }: HistogramFacts): Distribution {
  return { bounds: bucketsMs.map((ms) => ms / 1000), counts, sum: sumMs / 1000 };
}
