/**
 * What a peer holds: its database, its configuration, its drives, and its library.
 *
 * @module
 */
import { join } from "node:path";
import { availableParallelism } from "node:os";
import { run } from "../base/command.ts";
import type { Events } from "../base/events.ts";
import type { Log } from "../base/log.ts";
import { currentPlatform } from "../base/platform.ts";
import { type Config, type ConfigTexts, Configuration } from "../config/mod.ts";
import {
  CorruptError,
  type Database,
  migrations,
  openDatabase,
  setAsideCorrupt,
} from "../db/mod.ts";
import { detectDrives, openDriveStore, openLocator, strategies } from "../drives/mod.ts";
import { type Library, openLibrary, toHashName } from "../media/mod.ts";
import { Lanes } from "../pool/mod.ts";
import { resolveFolders } from "./media_folders.ts";
import { samplesFolder } from "./samples.ts";

export type Peer = Awaited<ReturnType<typeof openPeer>>;

export interface PeerOptions {
  db: Database;
  config: Configuration;
  dataDir: string;
  events: Events;
  log: Log;
  /** There may be new files for the edge. */
  onFound(): void;
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

export async function openPeer({ db, config, dataDir, events, log, onFound }: PeerOptions) {
  const driveStore = openDriveStore(db);
  const lanes = new Lanes((id) => driveStore.findDrive(id)?.kind);
  const locator = openLocator({ report: () => driveStore.report() });
  let folders: string[] = [];
  let samplesOnly = false;

  const refreshFolders = async () => {
    const { mediaDirs } = config.value;
    samplesOnly = mediaDirs.length === 0;
    folders = await resolveFolders(samplesOnly ? [await samplesFolder(dataDir)] : mediaDirs);
  };
  await refreshFolders();

  const library: Library = openLibrary({
    db,
    lanes,
    workers: config.value.workers || availableParallelism(),
    settings: () => librarySettings(config.value, folders),
    locate: (path) => locator.locate(path),
    run,
    publish: events.publish,
    onFound,
  });

  return {
    library,
    lanes,
    drives: {
      ...driveStore,
      /** Detects the drives anew and keeps what was found. */
      refresh: async (signal: AbortSignal) => {
        const detection = await detectDrives({
          strategies: strategies[currentPlatform()],
          run,
          log: log.child("drives"),
          signal,
        });
        const added = driveStore.save(detection);
        lanes.refresh();
        events.publish("drives.detected", { strategy: detection.strategy, ...added });
        return { ...added, strategy: detection.strategy };
      },
    },
    folders: () => folders,
    samplesOnly: () => samplesOnly,
    refreshFolders,
    [Symbol.dispose]: () => library[Symbol.dispose](),
  };
}

function librarySettings(config: Config, roots: readonly string[]) {
  return {
    roots,
    extensions: config.includeExtensions,
    excludeDirs: config.excludeDirs,
    algorithms: config.hashAlgorithms.map(toHashName),
  };
}
