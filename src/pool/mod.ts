/**
 * Limits on what runs at once: one lane per drive, one worker per core.
 *
 * @module
 */
export { Lanes, type LanesOptions, type LeaseOptions } from "./lanes.ts";
export * from "./lanes/mod.ts";
export { priorities, type Priority } from "./priority.ts";
export { type AcquireOptions, Semaphore } from "./semaphore.ts";
export { serveJobs, transferring, type Turn } from "./serve_jobs.ts";
export { CrashedError, type JobOptions, type WorkerCounts, WorkerPool } from "./workers.ts";
export type { Items } from "./tasks/items.ts";
export {
  type Submitted,
  type Task,
  TaskGroup,
  taskGroup,
  type TaskGroupOptions,
} from "./tasks/task_group.ts";
export {
  type ComputeOptions,
  createExecutors,
  type Executors,
  type Place,
  type Reading,
  type ReadOptions,
} from "./tasks/executors.ts";
export { cpuBound, ioBound, type JobOf, type JobTable, serveTable } from "./tasks/bound.ts";
export { jobId, type JobSpec, type JobState, type JobView } from "./jobs/job.ts";
export { CancelledError, type Jobs, openJobs } from "./jobs/jobs.ts";
export { PieceGauge } from "./jobs/piece_gauge.ts";
export type { RunningJob } from "./jobs/running_job.ts";
export { explainWaiting, type Surroundings } from "./jobs/waiting.ts";
export { jobMetrics, laneMetrics, workerMetrics } from "./metrics.ts";
export { openSleepGate, type SleepGate, type SleepGateOptions } from "./sleep/gate.ts";
export { openWakeStore, type WakeStore } from "./sleep/store.ts";
