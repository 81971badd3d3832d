/**
 * Reading a media file for its pictures: in the lanes of its drives, behind films and people, and
 * never while its drive sleeps or is silent.
 *
 * @module
 */
import { join } from "node:path";
import { ConflictError, DeniedError, NotFoundError, UnavailableError } from "../../base/errors.ts";
import { isBelow } from "../../base/files.ts";
import { aside, type Lanes, type RunningJob, type SleepGate } from "../../pool/mod.ts";
import type { MediaFile } from "../media.ts";
import { explain } from "../scan/walk/touch.ts";

export interface InTurnDeps {
  lanes: Lanes;
  gate?: Pick<SleepGate, "pass"> | undefined;
  /** Works on a file system, and gives up when that does not answer. */
  touch<T>(path: string, work: () => Promise<T>): Promise<T>;
  silence(path: string): Promise<AbortSignal>;
  roots(): readonly string[];
  whyAway(volumeId: string): string;
}

export interface Turn {
  signal: AbortSignal;
  /** The job that it is a part of; without one, a person waits for it. */
  job?: RunningJob | undefined;
}

export type InTurn = ReturnType<typeof createInTurn>;

export function createInTurn({ lanes, gate, touch, silence, roots, whyAway }: InTurnDeps) {
  /** @throws {NotFoundError | DeniedError} there is nothing that may be read */
  const check = async (file: MediaFile, path: string): Promise<void> => {
    const gone = () =>
      new NotFoundError(`Cannot read "${file.title}": the file is gone`, { reason: "FILE_GONE" });
    const real = await touch(path, async () => {
      const real = await Deno.realPath(path);
      return (await Deno.stat(real)).isFile ? real : undefined;
    }).catch((error) => {
      if (error instanceof Deno.errors.NotFound) throw gone();
      if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
      throw new ConflictError(`Cannot read "${file.title}": ${explain(error, "file")}`);
    });
    if (real === undefined) throw gone();
    // After resolving links: a path that has become a link must not lead out of the folders.
    const isInside = roots().some((root) => isBelow(real, root));
    if (!isInside) throw new DeniedError(`Cannot read "${file.title}": it is in no media folder`);
  };

  /**
   * Runs `work` while nobody who goes first wants the drives of the file: it is ended by its signal
   * when somebody does, and begun anew when its turn comes again.
   *
   * @throws {UnavailableError} the drive is away, or does not answer
   */
  return async <T>(
    file: MediaFile,
    { signal, job }: Turn,
    work: (path: string, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const { driveIds, title } = file;
    if (file.status === "offline") {
      throw new UnavailableError(`Cannot read "${title}": ${whyAway(file.volumeId ?? "")}`);
    }
    const path = join(file.root, file.relativePath);
    const priority = job ? "hash" : "interactive";
    if (job) {
      await job.ready();
      await job.waiting(async () => await gate?.pass(driveIds, priority, signal), driveIds);
    }
    const silent = await silence(path);
    const either = AbortSignal.any([signal, silent]);
    const take = () => lanes.acquire(driveIds, { signal: either, priority });
    try {
      using lease = await (job ? job.lease(take) : take());
      await check(file, path);
      return await aside(lease, either, (signal) => work(path, signal));
    } catch (error) {
      if (!silent.aborted || signal.aborted) throw error;
      throw new UnavailableError(`Cannot read "${title}": its drive does not answer`, {}, {
        cause: error,
      });
    }
  };
}
