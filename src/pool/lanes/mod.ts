/**
 * Lanes: who may read from which drives, and when.
 *
 * @module
 */
export { aside } from "./aside.ts";
export { type Clock, realClock } from "./clock.ts";
export { Gauge, openCells, Reader } from "./gauge.ts";
export { BUCKETS_MS, type HistogramFacts } from "./measure/histogram.ts";
export type { Lease } from "./hold.ts";
export type { LaneFacts } from "./lane.ts";
export { type IoLimits, parseIoLimits } from "./limits.ts";
