/**
 * What a job is to those who look at it.
 *
 * @module
 */

/** What is kept of a job; "waiting" is seen only while it runs. */
export type StoredState = "queued" | "running" | "paused" | "done" | "failed" | "cancelled";

export type JobState = StoredState | "waiting";

export const ended: readonly JobState[] = ["done", "failed", "cancelled"];

export interface JobSpec {
  /** The same each time the same work is done: `hash:drv-…`. */
  id: string;
  /** The first part of its id: "scan", "probe", "hash". */
  kind: string;
  /** For people. */
  title: string;
  driveIds: readonly string[];
  /** How much there is to do, where that is known. Items and bytes. */
  total?: number | undefined;
  bytesTotal?: number | undefined;
}

export interface JobRow extends JobSpec {
  state: StoredState;
  done: number;
  bytesDone: number;
  error?: string | undefined;
  /** ISO 8601, UTC. */
  startedAt?: string | undefined;
  updatedAt: string;
  finishedAt?: string | undefined;
}

export interface JobView extends Omit<JobRow, "state"> {
  state: JobState;
  /** In words, with what shows it. */
  waitingFor?: string | undefined;
  /** Of the last seconds; absent while it does not run. */
  rate?: { itemsPerS: number; bytesPerS: number } | undefined;
  /** Seconds until it is done, at this rate. */
  etaS?: number | undefined;
}

/** The id of the job that does this to the files on these drives. */
export function jobId(kind: string, driveIds: readonly string[]): string {
  return `${kind}:${[...driveIds].sort().join("+")}`;
}
