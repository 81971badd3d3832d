/**
 * The room of ingest over the library: through its workers and lanes, and it hears of new files.
 *
 * @module
 */
import { ConflictError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import { pause } from "../../base/service.ts";
import type { Database } from "../../db/mod.ts";
import { type Library, openNameParser } from "../../media/mod.ts";
import type { Jobs } from "../../pool/mod.ts";
import { type Ingest, openIngest } from "./ingest.ts";

export interface IngestRoomDeps {
  db: Database;
  library: Library;
  jobs: Jobs;
  publish: Publish;
  log: Log;
  /** Folders outside of the media folders that callers from elsewhere may ingest from; none. */
  ingestDirs?: () => readonly string[];
}

export function openIngestRoom(deps: IngestRoomDeps): Ingest {
  const { db, library, jobs, publish, log, ingestDirs = () => [] } = deps;
  return openIngest({
    db,
    jobs,
    publish,
    log,
    ingestDirs,
    hands: library.work,
    settings: library.settings,
    locate: library.locate,
    learn: (folders, signal) => learn(library, folders, signal),
  }, { openParser: openNameParser });
}

const SCAN_EVERY_MS = 1000;
/** A scan under way that takes longer is followed by another one anyway. */
const SCAN_ATTEMPTS = 120;

/** A scan of these folders, once no other is under way. */
async function learn(
  library: Pick<Library, "scan">,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      await library.scan({ signal, folders: [...folders] });
      return;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === SCAN_ATTEMPTS) throw error;
      await pause(SCAN_EVERY_MS, signal);
      signal.throwIfAborted();
    }
  }
}
