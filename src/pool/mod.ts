/**
 * Limits on what runs at once: one lane per drive, one worker per core.
 *
 * @module
 */
export { Lanes, type Lease } from "./lanes.ts";
export { type AcquireOptions, priorities, type Priority, Semaphore } from "./semaphore.ts";
export { type JobOptions, serveJobs, type Turn, WorkerPool } from "./workers.ts";
