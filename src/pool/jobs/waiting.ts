/**
 * Why a job cannot read now, in words and with what shows it.
 *
 * @module
 */
import type { LaneFacts } from "../lanes/mod.ts";
import { isBackground, priorities } from "../priority.ts";

export interface Surroundings {
  driveIds: readonly string[];
  /** What Lanes.list() tells. */
  lanes: readonly LaneFacts[];
  /** Ids of the other jobs that hold lanes of these drives. */
  others: readonly string[];
  /** What SleepGate.waitingFor() says of these drives. */
  sleeping?: string | undefined;
}

/** "playback on drv-a", "1 of 1 readers of drv-a is taken by job probe:drv-a", … */
export function explainWaiting({ driveIds, lanes, others, sleeping }: Surroundings): string {
  if (sleeping) return sleeping;
  const shared = (lane: LaneFacts) => lane.driveIds.filter((id) => driveIds.includes(id));
  const near = lanes.filter((lane) => shared(lane).length > 0);
  const streaming = near.filter((it) => it.streaming).flatMap(shared);
  if (streaming.length > 0) return `playback on ${[...new Set(streaming)].join(", ")}`;

  const busy = near.filter((lane) => readersOf(lane) > 0);
  if (busy.length === 0) return `a turn on ${driveIds.join(", ")}`;
  return busy.map((lane) => {
    const readers = readersOf(lane);
    const verb = readers === 1 ? "is" : "are";
    return `${readers} of ${lane.limit} readers of ${shared(lane).join(", ")} ${verb} taken by ` +
      takers(lane, others);
  }).join("; ");
}

function readersOf({ held }: LaneFacts): number {
  return priorities.reduce((sum, priority) => sum + held[priority], 0);
}

/** Whoever has no job is told by what it reads for. */
function takers({ held }: LaneFacts, others: readonly string[]): string {
  const present = priorities.filter((priority) => held[priority] > 0);
  const people = present.filter((priority) => !isBackground(priority));
  const jobs = present.length > people.length ? others.map((id) => `job ${id}`) : [];
  return [...people, ...jobs].join(", ") || "this job's other files";
}
