/**
 * Work on any file of this machine, in turn with scans and films: its digest by the workers, and
 * reads and writes that somebody does here while he holds the lanes of the drives.
 *
 * @module
 */
import type { FileState } from "./file_state.ts";
import type { HashName } from "./hash/algorithms.ts";
import { type Lanes, PieceGauge, type RunningJob, type WorkerPool } from "../pool/mod.ts";
import type { Touch } from "./scan/walk/touch.ts";
import type { FileJob, FileResult } from "./worker.ts";

export interface FileWorkDeps {
  lanes: Lanes;
  workers: Pick<WorkerPool<FileJob, FileResult[]>, "run">;
  locate(path: string): Promise<{ driveIds: string[] }>;
  touch: Touch;
  /** Aborts when the file system of a path answers no more. */
  silence(path: string): Promise<AbortSignal>;
}

export interface DigestOptions {
  algorithm: HashName;
  job: RunningJob;
  signal: AbortSignal;
  /** Hears of the bytes as they are read. */
  onBytes?: (bytes: number) => void;
}

export type FileWork = ReturnType<typeof createFileWork>;

export function createFileWork({ lanes, workers, locate, touch, silence }: FileWorkDeps) {
  return {
    touch,

    /**
     * The digest of a file, read at `hash` priority; undefined when it is not, or does not stay, as
     * `expected`.
     *
     * @throws what reading it failed with, by its name and message
     */
    async digest(
      path: string,
      expected: FileState,
      { algorithm, job, signal, onBytes = () => {} }: DigestOptions,
    ): Promise<string | undefined> {
      const { driveIds } = await locate(path);
      const either = AbortSignal.any([job.signal, signal, await silence(path)]);
      using gauge = new PieceGauge(onBytes);
      const options = { signal: either, priority: "hash", gauge } as const;
      const work: FileJob = {
        kind: "hash",
        files: [{ path, expected, names: [algorithm] }],
        cells: gauge.cells,
      };
      const [result] = await job.piece(() =>
        workers.run(work, {
          signal: either,
          priority: "hash",
          gate: job.gate,
          name: `the digest of "${path}"`,
          lease: () => job.lease(() => lanes.acquire(driveIds, options)),
        })
      );
      if (!result || "probed" in result || "beside" in result) return undefined;
      if ("error" in result) throw Object.assign(new Error(result.error.message), result.error);
      return result.hashed === "changed" ? undefined : result.hashed.hashes[algorithm];
    },

    /** Holds the lanes of all these paths' drives; between two pieces, `turn` steps aside. */
    async inLanes<T>(
      paths: readonly string[],
      { job, signal }: { job: RunningJob; signal: AbortSignal },
      work: (turn: () => Promise<void>) => Promise<T>,
    ): Promise<T> {
      const located = await Promise.all(paths.map(locate));
      const driveIds = [...new Set(located.flatMap((it) => it.driveIds))];
      await job.ready();
      const take = () => lanes.acquire(driveIds, { signal, priority: "hash" });
      const lease = await job.lease(take);
      try {
        return await work(() => lease.yield());
      } finally {
        lease[Symbol.dispose]();
      }
    },
  };
}
