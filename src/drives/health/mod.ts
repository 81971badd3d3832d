/**
 * How the drives are: what smartctl says of each, a verdict with its reasons, and whether it sleeps.
 *
 * @module
 */
export type { HealthDrive } from "./ask.ts";
export { type Health, type HealthDeps, openHealth } from "./health.ts";
export { diskActivity, isSuspended } from "./kernel.ts";
export { healthMetrics, type KnownHealth } from "./metrics.ts";
export type { Missing } from "./missing.ts";
export { readSmartctl, type SmartReading } from "./reading.ts";
export type { HealthValues, PowerState, Reason, Verdict } from "./smart/report.ts";
export { powerStates, valueNames, verdicts } from "./smart/report.ts";
export { recogniseSmartctl } from "./smart/smartctl.ts";
export { type DriveHealth, type HealthRecord, type HealthStore, openHealthStore } from "./store.ts";
