/**
 * A long look in short steps: after each others have their turn, and the job may be paused.
 *
 * @module
 */
import type { RunningJob } from "../../../pool/mod.ts";

export interface Pace {
  /** One short synchronous step. */
  <T>(work: () => T): Promise<T>;
  readonly steps: number;
  /** How long the longest took, in milliseconds. */
  readonly longestMs: number;
}

export function createPace(job: Pick<RunningJob, "ready">): Pace {
  let steps = 0;
  let longestMs = 0;
  const pace = async <T>(work: () => T): Promise<T> => {
    await new Promise((resolve) => setTimeout(resolve));
    await job.ready();
    const began = performance.now();
    const result = work();
    longestMs = Math.max(longestMs, performance.now() - began);
    steps++;
    return result;
  };
  return Object.defineProperties(pace, {
    steps: { get: () => steps },
    longestMs: { get: () => longestMs },
  }) as Pace;
}
