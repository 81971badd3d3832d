/**
 * Workers of which one is ended that does not come on with a file.
 *
 * @module
 */
import type { WorkerPool } from "../../../pool/mod.ts";
import type { FileJob, FileResult } from "../../worker.ts";
import { createCells, LIMIT_MS, watchProbe } from "./watch.ts";

type Workers = Pick<WorkerPool<FileJob, FileResult[]>, "size" | "run">;

/** The work on one file took too long: it is given up, and so is its worker. */
export class StuckError extends Error {
  override readonly name = "StuckError";

  constructor() {
    super(`to understand it takes longer than ${LIMIT_MS / 1000} s`);
  }
}

/** The same workers; a job that looks into files ends with a StuckError where one of them sticks. */
export function watchedWorkers(workers: Workers): Workers {
  return {
    get size() {
      return workers.size;
    },
    run: async (job, options = {}) => {
      if (typeof job === "function" || job.kind !== "probe") return await workers.run(job, options);
      const stuck = new AbortController();
      const watch = createCells();
      using _watch = watchProbe(watch, () => stuck.abort(new StuckError()));
      const { signal = stuck.signal } = options;
      const either = AbortSignal.any([signal, stuck.signal]);
      return await workers.run({ ...job, watch }, { ...options, signal: either });
    },
  };
}
