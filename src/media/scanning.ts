/**
 * One scan at a time, and what is told of it; and the word of a person on what a scan has not found.
 *
 * @module
 */
import { relative, sep } from "node:path";
import { ConflictError } from "../base/errors.ts";
import { isWithin } from "../base/files.ts";
import { CancelledError, type RunningJob } from "../pool/mod.ts";
import type { LibraryDeps } from "./library.ts";
import { hasFfprobe } from "./probe/ffprobe.ts";
import { createConfirmations } from "./scan/gone/confirmations.ts";
import type { ScanProgress, ScanReport } from "./scan/progress.ts";
import { scan, type ScanDeps, type ScanOptions } from "./scan/scan.ts";
import { TRASH_FOLDER } from "./trash/folder.ts";

export interface ScanState {
  running: boolean;
  progress?: ScanProgress;
  last?: ScanReport & { finishedAt: string };
  failed?: string;
}

export interface ScanRequest {
  signal: AbortSignal;
  /** Media folders; all of them unless said. */
  roots?: string[];
  /** Absolute folders in media folders: only they and what is below them. */
  folders?: string[];
  /** Absolute paths of files that are still being written: they are left for later. */
  unsettled?: ReadonlySet<string>;
  /** Whether folders are left for later whose drives sleep, for nobody waits for them. */
  leaveAsleep?: boolean;
}

/** Each time the edge is offered the new files, and told of all: not for every file, then. */
const FOUND_EVERY_MS = 3000;

type Own =
  & Pick<
    ScanDeps,
    "store" | "workers" | "order" | "awake" | "touch" | "silence" | "findAway"
  >
  & { settle(): Promise<{ gone: number; back: number }> };

export function createScanning(deps: LibraryDeps, own: Own) {
  const { db, jobs, settings, publish } = deps;
  const state: ScanState = { running: false };
  const confirmations = createConfirmations(own.store);

  // What has been looked into can be played while the scan goes on.
  let toldAt = 0;
  // A list that is as it was is not gone through again: of a million files, that takes seconds.
  let isUntold = true;
  const tellFound = () => {
    if (!isUntold || performance.now() - toldAt < FOUND_EVERY_MS) return;
    toldAt = performance.now();
    isUntold = false;
    deps.onFound();
  };
  const store: Own["store"] = {
    ...own.store,
    transaction(work) {
      isUntold = true;
      return own.store.transaction(work);
    },
  };
  const settle: Own["settle"] = async () => {
    const settled = await own.settle();
    if (settled.gone + settled.back > 0) isUntold = true;
    return settled;
  };

  const leaveAsleep: ScanOptions["leaveAsleep"] = async (driveIds) =>
    await deps.gate?.mayPass?.(driveIds) === false;
  const isAsleep = (driveIds: readonly string[]) => deps.gate?.waitingFor?.(driveIds) !== undefined;

  const runScan = async (request: ScanRequest, job: RunningJob): Promise<ScanReport> => {
    const { extensions, excludeDirs, algorithms, roots: all } = settings();
    const parts = request.folders && byRoot(request.folders, all);
    const roots = parts ? [...parts.keys()] : request.roots ?? [...all];
    publish("scan.started", { roots, ...parts && { folders: request.folders } });
    const report = await scan({ ...deps, ...own, store, settle, database: db, isAsleep }, {
      roots,
      all: !parts && request.roots === undefined,
      foldersOf: parts && ((root) => parts.get(root) ?? []),
      unsettled: request.unsettled,
      extensions: new Set(extensions),
      excludeDirs: new Set([...excludeDirs, TRASH_FOLDER]),
      algorithms,
      ffprobe: await hasFfprobe(deps.run, job.signal),
      onProgress: (progress) => {
        state.progress = progress;
        measure(job, progress);
        publish("scan.progress", { ...progress });
        if (progress.phase !== "hash") tellFound();
      },
      leaveAsleep: request.leaveAsleep ? leaveAsleep : undefined,
      job,
    });
    const { files, bytesRead } = report;
    if (report.gone + bytesRead > 0) isUntold = true;
    job.measure({ done: files, total: files, bytesDone: bytesRead, bytesTotal: undefined });
    state.last = { ...report, finishedAt: new Date().toISOString() };
    if (report.confirmations.length > 0) {
      publish("scan.unconfirmed", { confirmations: report.confirmations });
    }
    publish("scan.finished", { ...state.last });
    return report;
  };

  return {
    scanState: (): Readonly<ScanState> => state,

    /**
     * Scans the media folders, or a part of them. What is paused is left out, and goes on by itself.
     *
     * @throws {ConflictError} a scan is under way
     * @throws {CancelledError} a person cancelled the job "scan"
     */
    async scan(request: ScanRequest): Promise<ScanReport> {
      if (state.running) throw new ConflictError("Cannot scan: a scan is under way");
      state.running = true;
      delete state.failed;
      try {
        const spec = { id: "scan", kind: "scan", title: "Scan the media folders", driveIds: [] };
        return await jobs.run(spec, (job) => runScan(request, job), request);
      } catch (error) {
        isUntold = true;
        if (error instanceof CancelledError) publish("scan.failed", { reason: "it was cancelled" });
        else if (!request.signal.aborted) {
          state.failed = error instanceof Error ? error.message : String(error);
          publish("scan.failed", { reason: state.failed });
        }
        throw error;
      } finally {
        state.running = false;
        delete state.progress;
        toldAt = -Infinity;
        tellFound();
      }
    },

    ...confirmations,

    /** @throws {NotFoundError} nothing of that waits for a word */
    async confirmGone(id: string) {
      const confirmed = await confirmations.confirmGone(id);
      deps.onFound();
      return confirmed;
    },
  };
}

/** The folders by their roots, relative to them, none inside another. */
function byRoot(folders: readonly string[], roots: readonly string[]): Map<string, string[]> {
  const parts = new Map<string, string[]>();
  for (const folder of new Set(folders)) {
    const root = roots.find((it) => isWithin(folder, it));
    if (root === undefined) continue;
    if (folders.some((other) => other !== folder && isWithin(folder, other))) continue;
    const part = relative(root, folder).replaceAll(sep, "/");
    parts.set(root, [...parts.get(root) ?? [], part]);
  }
  return parts;
}

/** The scan's job counts what its present phase counts. */
function measure(job: RunningJob, { files, filesTotal, bytes, bytesTotal }: ScanProgress): void {
  job.measure({ done: files, total: filesTotal, bytesDone: bytes, bytesTotal });
}
