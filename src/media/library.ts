/**
 * The media of this peer: one scan at a time, and whatever others ask of its files.
 *
 * @module
 */
import { join } from "node:path";
import { ConflictError, NotFoundError, UnavailableError } from "../base/errors.ts";
import type { Run } from "../base/command.ts";
import type { Publish } from "../base/events.ts";
import type { Database } from "../db/mod.ts";
import { createExecutors, type Jobs, type Lanes, type SleepGate, WorkerPool } from "../pool/mod.ts";
import { createFileWork } from "./file_work.ts";
import { isHashName } from "./hash/algorithms.ts";
import type { Hashes, HashName } from "./hash/algorithms.ts";
import type { MediaFile } from "./media.ts";
import { type OpenedFile, openFile } from "./open_file.ts";
import { watchedWorkers } from "./probe/watch/watched_workers.ts";
import { physicalOrder } from "./scan/order.ts";
import { createScanStore } from "./scan/store.ts";
import { createScanning } from "./scanning.ts";
import { type Touch, touchFreely } from "./scan/walk/touch.ts";
import { createFindAway } from "./offline/away.ts";
import { createSettling, type Place, type Settled } from "./offline/settle.ts";
import { createOfflineStore } from "./offline/store.ts";
import type { Located } from "./scan/record/record.ts";
import { openTrash } from "./trash/trash.ts";
import { createMediaStore } from "./store.ts";
import type { FileJob, FileResult } from "./worker.ts";

export interface LibrarySettings {
  /** Absolute, links resolved, none inside another. */
  roots: readonly string[];
  extensions: readonly string[];
  excludeDirs: readonly string[];
  algorithms: readonly HashName[];
}

export interface LibraryDeps {
  db: Database;
  lanes: Lanes;
  /** Leaves sleeping drives asleep; without one, all count as awake. */
  gate?: Pick<SleepGate, "pass"> & Partial<Pick<SleepGate, "mayPass" | "waitingFor">>;
  jobs: Jobs;
  workers: number;
  settings: () => LibrarySettings;
  /** Of a path without links. */
  locate(path: string): Promise<Located>;
  /** So long a film plays before a scan goes on without its drives; 10 s unless said. */
  heldUpMs?: number;
  /** Everything that can be reached now; where nobody tells, no file is ever offline. */
  places?: () => Promise<Place[]>;
  /** Where file systems begin, absolute; where nobody tells, perhaps at any folder. */
  mountPoints?: () => Promise<string[]>;
  /** Works on a file system, and gives up when that does not answer. */
  touch?: Touch;
  /** Aborts when the file system of a path answers no more. */
  silence?: (path: string) => Promise<AbortSignal>;
  /** Why a file that is offline cannot be played, and what to do. */
  whyAway?: (volumeId: string) => string;
  run: Run;
  publish: Publish;
  /** There may be files to offer to the edge. */
  onFound(): void;
}

/** Beside this file; the executable holds both as scripts. */
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js",
  import.meta.url,
);

/** For those who know that nothing hangs. */
const neverSilent = () => Promise.resolve(new AbortController().signal);

export type Library = ReturnType<typeof openLibrary>;

/** Opens the library in `deps.db`; dispose it to end its workers. */
export function openLibrary(deps: LibraryDeps) {
  const { db, lanes, settings, publish, places, touch = touchFreely } = deps;
  const { whyAway = () => "its drive is away: plug it in", silence = neverSilent } = deps;
  const offline = createOfflineStore(db);
  const settle = places
    ? createSettling(offline, places)
    : () => Promise.resolve({ gone: 0, back: 0 });
  const store = createMediaStore(db);
  const scanStore = createScanStore(db);
  const workers = new WorkerPool<FileJob, FileResult[]>(
    () => new Worker(workerUrl, { type: "module" }),
    deps.workers,
    { attempts: 1 }, // a scan tries a batch again file by file
  );
  const awake: SleepGate["pass"] = async (...where) => await deps.gate?.pass(...where);
  const { locate } = deps;
  const roots = () => settings().roots;
  const executors = createExecutors<FileJob, FileResult[]>({ workers, lanes, locate, awake });
  // Who stands aside for a film keeps its worker: another takes its place meanwhile.
  const aside = lanes.onAside((jobs) => workers.standAside(jobs));
  const order = physicalOrder({ lanes, run: deps.run });
  const scanning = createScanning(deps, {
    store: scanStore,
    workers: watchedWorkers(workers),
    order,
    awake,
    settle,
    ...places && { findAway: createFindAway(offline, places) },
    touch,
    silence,
  });

  const trash = openTrash({ db, roots, touch, publish, onChanged: deps.onFound });

  return {
    ...store,
    ...scanning,

    /** Opens a file for playing. @throws as openFile() */
    async open(file: MediaFile): Promise<OpenedFile> {
      checkHere(file);
      return await openFile(file, { lanes, touch, roots });
    },

    /** Every volume that some file lies on. */
    volumes: offline.volumes,

    /** A media folder with a file of this volume that is offline. */
    offlineRootOf: offline.offlineRootOf,

    /** Which volumes have had files in these media folders. */
    volumesOf: offline.volumesOf,

    /**
     * Takes note of what can be reached now: files of volumes that are away are kept, offline.
     */
    async settle(): Promise<Settled> {
      const settled = await settle();
      if (settled.gone + settled.back > 0) {
        publish("media.settled", { gone: settled.gone, back: settled.back });
        deps.onFound();
      }
      return settled;
    },

    /**
     * The hashes of a file: known ones, and the rest computed now. Names that are none are left out.
     *
     * @throws {NotFoundError} no such catalogue id (BAD_CATALOG_ID), or its file is gone (FILE_GONE)
     */
    async hashes(catalogId: string, names: string[], signal: AbortSignal): Promise<Hashes> {
      const file = findOffered(catalogId);
      const wanted = [...new Set(names)].filter(isHashName);
      const known = store.hashesOf(file.id);
      const missing = wanted.filter((name) => !(name in known));
      const found = missing.length > 0 ? await hashNow(file, missing, signal) : {};
      store.addHashes(file.id, found);
      return Object.fromEntries(wanted.map((name) => [name, (known[name] ?? found[name])!]));
    },

    findOffered,

    /** What counts as media, and where it lies; how others work on files in turn with scans. */
    settings,
    locate,
    work: createFileWork({ lanes, workers, locate, touch, silence }),
    /** What was thrown away, and how to have it back. */
    trash,

    /**
     * Moves a file into the trash of its volume.
     *
     * @param why In words, for those who look into the trash
     * @throws {ConflictError} its drive is away, or it is gone; and as trash.put()
     */
    async throwAway(file: MediaFile, why: string): Promise<void> {
      const { status, title, volumeId = "" } = file;
      if (status === "offline" || status === "missing") {
        const state = status === "offline" ? whyAway(volumeId) : "its file is gone already";
        throw new ConflictError(`Cannot throw "${title}" away: ${state}`, { volumeId });
      }
      await trash.put(file, { why });
    },

    /** How many files are read or hashed at once, and what the workers have done. */
    workers: {
      resize: (size: number) => workers.resize(size),
      counts: () => workers.counts(),
    },

    [Symbol.dispose]: () => {
      aside[Symbol.dispose]();
      workers[Symbol.dispose]();
    },
  };

  /** @throws {UnavailableError} its drive is away, or does not answer */
  function checkHere({ status, title, volumeId = "" }: MediaFile): void {
    if (status !== "offline") return;
    throw new UnavailableError(`Cannot read "${title}": ${whyAway(volumeId)}`, { volumeId });
  }

  function findOffered(catalogId: string): MediaFile {
    const file = store.findByCatalogId(catalogId);
    if (!file || file.status === "forgotten") {
      const details = { reason: "BAD_CATALOG_ID" };
      throw new NotFoundError(`Cannot find "${catalogId}" in this library`, details);
    }
    checkHere(file);
    if (file.status === "missing" || file.status === "unreadable") {
      throw new NotFoundError(`Cannot read "${file.title}": the file is gone or cannot be read`, {
        reason: "FILE_GONE",
      });
    }
    return file;
  }

  async function hashNow(file: MediaFile, names: HashName[], signal: AbortSignal): Promise<Hashes> {
    const path = join(file.root, file.relativePath);
    const expected = { sizeBytes: file.sizeBytes, modifiedMs: file.modifiedMs };
    const job: FileJob = { kind: "hash", files: [{ path, expected, names }] };
    const [result] = await executors.computing(job, {
      signal,
      name: `the hashes of "${file.title}"`,
      attempts: 2,
      priority: "interactive",
      reads: file,
    });
    if (result && "hashed" in result && result.hashed !== "changed") return result.hashed.hashes;
    throw new NotFoundError(`Cannot hash "${file.title}": the file is gone or has changed`, {
      reason: "FILE_GONE",
    });
  }
}
