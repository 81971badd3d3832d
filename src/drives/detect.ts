/**
 * Runs the platform's strategies in order until one answers.
 *
 * @module
 */
import type { Run } from "../base/command.ts";
import { reasonOf, UnavailableError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { DriveReport } from "./drive.ts";
import type { Recording } from "./readers/reader.ts";
import type { Strategy } from "./strategy.ts";

export interface DetectOptions {
  strategies: Strategy[];
  run: Run;
  log: Log;
  signal?: AbortSignal;
}

/** What was found, and by which strategy. */
export interface Detection extends DriveReport {
  strategy: string;
  /** What the tools said, from which this follows. */
  recordings: Recording[];
}

/** A machine that has not told its disks by then is not going to. */
const LIMIT_MS = 15_000;

/**
 * The drives of this machine, by the first strategy that works.
 *
 * @throws {UnavailableError} no strategy worked; `details.reasons` says why, one by one
 */
export async function detectDrives(
  { strategies, run, log, signal }: DetectOptions,
): Promise<Detection> {
  const failures = new Map<string, unknown>();
  for (const { name, collect, parse } of strategies) {
    signal?.throwIfAborted();
    const limit = AbortSignal.timeout(LIMIT_MS);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
      const recordings = await collect({ run, signal: either });
      for (const { tool, failed } of recordings) {
        if (failed !== undefined) log.info("A tool told nothing of drives", { tool, failed });
      }
      return { ...parse(recordings), strategy: name, recordings };
    } catch (error) {
      signal?.throwIfAborted();
      log.warn("Drive strategy failed", { strategy: name, error });
      failures.set(name, error);
    }
  }
  const reasons = Object.fromEntries([...failures].map(([name, error]) => [name, reasonOf(error)]));
  throw new UnavailableError("Cannot detect drives: no strategy worked", { reasons }, {
    cause: new AggregateError(failures.values()),
  });
}
