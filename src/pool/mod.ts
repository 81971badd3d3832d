/**
 * Limits on what runs at once: one lane per drive, one worker per core.
 *
 * @module
 */
export { Lanes, type Lease } from "./lanes.ts";
export { type AcquireOptions, priorities, type Priority, Semaphore } from "./semaphore.ts";
export { serveJobs, transferring, type Turn } from "./serve_jobs.ts";
export { CrashedError, type JobOptions, type WorkerCounts, WorkerPool } from "./workers.ts";
