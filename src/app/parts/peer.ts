/**
 * What a peer holds: its database, its configuration, its drives, and its library.
 *
 * @module
 */
import { join } from "node:path";
import { availableParallelism } from "node:os";
import { run } from "../../base/command.ts";
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import { untilAborted } from "../../base/service.ts";
import { type Config, type ConfigTexts, Configuration } from "../../config/mod.ts";
import {
  CorruptError,
  type Database,
  migrations,
  openDatabase,
  setAsideCorrupt,
} from "../../db/mod.ts";
import { openItems } from "../../items/mod.ts";
import { type Library, openArtwork, openLibrary, toHashName } from "../../media/mod.ts";
import { explainWaiting, openJobs } from "../../pool/mod.ts";
import { resolveFolders } from "./media_folders.ts";
import { openPeerDrives } from "./drives/peer_drives.ts";
import { createPlaces, followVolumes, reachable, whyAway } from "./drives/places.ts";
import { samplesFolder } from "../samples.ts";

export type Peer = Awaited<ReturnType<typeof openPeer>>;

export interface PeerOptions {
  db: Database;
  config: Configuration;
  dataDir: string;
  publish: Publish;
  log: Log;
  /** There may be new files for the edge. */
  onFound(): void;
  /** There may be work for a scan: a job that was paused may go on. */
  onResumed?(): void;
}

/** Opens the library's database; a damaged one is kept aside, and a new one begun. */
export function openData(dataDir: string, name: keyof typeof migrations, log: Log): Database {
  const path = join(dataDir, `${name}.db`);
  try {
    return openDatabase(path, migrations[name]);
  } catch (error) {
    if (!(error instanceof CorruptError)) throw error;
    const aside = setAsideCorrupt(path);
    log.warn("Database was damaged: it is kept aside, and a new one begun by scanning anew", {
      path,
      aside,
      error,
    });
    return openDatabase(path, migrations[name]);
  }
}

export function openConfiguration(db: Database, texts: Omit<ConfigTexts, "stored">) {
  return new Configuration(db, texts);
}

export async function openPeer(options: PeerOptions) {
  const { db, config, dataDir, publish, log, onFound, onResumed = () => {} } = options;
  let onPlaces = () => {};
  const drives = openPeerDrives({
    db,
    config,
    publish,
    log: log.child("drives"),
    onPlaces: () => onPlaces(),
  });
  const jobs = openJobs({
    db,
    publish,
    onResumed,
    look: () => drives.lanes.list(),
    explain: (driveIds, others) =>
      explainWaiting({
        driveIds,
        others,
        lanes: drives.lanes.list(),
        sleeping: drives.gate.waitingFor(driveIds),
      }),
  });
  let folders: string[] = [];
  let samplesOnly = false;
  /** Aborts when there are other media folders, or something has come where they are. */
  let changed = new AbortController();

  const refreshFolders = async () => {
    const { mediaDirs } = config.value;
    samplesOnly = mediaDirs.length === 0;
    const wanted = samplesOnly ? [await samplesFolder(dataDir)] : mediaDirs;
    const set = await resolveFolders(wanted, drives.realPath);
    const now = await followVolumes(set, { drives, library });
    if (now.join("\n") !== folders.join("\n")) changed.abort();
    folders = now;
  };

  const library: Library = openLibrary({
    db,
    lanes: drives.lanes,
    gate: drives.gate,
    jobs,
    workers: workersOf(config.value),
    settings: () => librarySettings(config.value, folders),
    locate: drives.locateReal,
    places: () => reachable(drives),
    mountPoints: drives.mountPoints,
    touch: drives.touch,
    silence: drives.silence,
    whyAway: (volumeId) => whyAway(volumeId, drives),
    run,
    publish,
    onFound: () => {
      onFound();
      artwork.nudge();
    },
  });

  const artwork = openArtwork({
    db,
    folder: join(dataDir, "artwork"),
    settings: () => ({ cacheBytes: config.value.screenshotCacheSizeMb * 1_000_000 }),
    find: library.find,
    roots: () => folders,
    lanes: drives.lanes,
    gate: drives.gate,
    jobs,
    touch: drives.touch,
    silence: drives.silence,
    whyAway: (volumeId) => whyAway(volumeId, drives),
    run,
    publish,
    log: log.child("artwork"),
  });

  await refreshFolders();
  const onNew = () => {
    changed.abort();
    onResumed();
  };
  onPlaces = createPlaces({ drives, library, folders: () => folders, onNew, log });

  const items = openItems({
    db,
    library,
    jobs,
    artwork,
    publish,
    log: log.child("items"),
    historyDays: () => config.value.historyDays,
    ingestDirs: () => config.value.ingestDirs,
    mediaFolders: () => folders,
    backupFolder: join(dataDir, "backups"),
    backupKeep: () => config.value.backupKeep,
    similarDistance: () => config.value.similarPercent / 100,
    isFailing: (driveIds) =>
      driveIds.map(drives.findDrive).some((it) => it && drives.healthOf(it).verdict === "failing"),
  });

  return {
    library,
    artwork,
    items,
    drives,
    jobs,
    folders: () => folders,
    foldersChange(): AbortSignal {
      if (changed.signal.aborted) changed = new AbortController();
      return changed.signal;
    },
    samplesOnly: () => samplesOnly,
    refreshFolders,
    /** The setting `workers` holds at once; whoever works comes to its end. */
    workers: config.live.service(workersOf, async (size, signal) => {
      library.workers.resize(size);
      await untilAborted(signal);
    }),
    /** Pictures of all files are made, or only when they are wanted, as ARTWORK says. */
    pictures: config.live.service(
      ({ artwork }) => ({ all: artwork === "all" }),
      (settings, signal) => artwork.service(settings, signal),
    ),
    [Symbol.asyncDispose]: async () => {
      artwork[Symbol.dispose]();
      await jobs[Symbol.asyncDispose]();
      items.search[Symbol.dispose]();
      library[Symbol.dispose]();
      drives[Symbol.dispose]();
    },
  };
}

function workersOf({ workers }: Config): number {
  return workers || availableParallelism();
}

function librarySettings(config: Config, roots: readonly string[]) {
  return {
    roots,
    extensions: config.includeExtensions,
    excludeDirs: config.excludeDirs,
    algorithms: config.hashAlgorithms.map(toHashName),
  };
}
