/**
 * A long look in short steps: after each others have their turn, and the job may be paused.
 *
 * @module
 */
import { yieldToOthers } from "../../../base/event_loop.ts";
import type { RunningJob } from "../../../pool/mod.ts";

export interface Pace {
  /** One short synchronous step. */
  <T>(work: () => T): Promise<T>;
  readonly steps: number;
  /** Those that took longer than anybody should wait. */
  readonly slowSteps: number;
  /** How long the longest took, in milliseconds. */
  readonly longestMs: number;
}

const SLOW_MS = 50;

export function createPace(job: Pick<RunningJob, "ready">): Pace {
  let steps = 0;
  let slowSteps = 0;
  let longestMs = 0;
  const pace = async <T>(work: () => T): Promise<T> => {
    await yieldToOthers();
    await job.ready();
    const began = performance.now();
    const result = work();
    const tookMs = performance.now() - began;
    longestMs = Math.max(longestMs, tookMs);
    if (tookMs > SLOW_MS) slowSteps++;
    steps++;
    return result;
  };
  return Object.defineProperties(pace, {
    steps: { get: () => steps },
    slowSteps: { get: () => slowSteps },
    longestMs: { get: () => longestMs },
  }) as Pace;
}
