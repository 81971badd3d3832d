/**
 * What an ingest needs of the rest of the program.
 *
 * @module
 */
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import type { Database } from "../../db/mod.ts";
import type { FileState, FileWork, HashName } from "../../media/mod.ts";
import type { Jobs, RunningJob } from "../../pool/mod.ts";

export type Touch = FileWork["touch"];

/** How files are read and written in turn with all others; src/media/file_work.ts. */
export type Hands = Pick<FileWork, "touch" | "inLanes"> & {
  digest(
    path: string,
    expected: FileState,
    options: {
      algorithm: HashName;
      job: RunningJob;
      signal: AbortSignal;
      onBytes?: (bytes: number) => void;
    },
  ): Promise<string | undefined>;
};

export interface Located {
  driveIds: string[];
  /** The volume's id, and where in it. */
  placeId?: string | undefined;
  pathInVolume?: string | undefined;
}

export interface IngestDeps {
  db: Database;
  jobs: Jobs;
  publish: Publish;
  log: Log;
  hands: Hands;
  /** What counts as media, and where that is. */
  settings(): {
    /** The media folders; absolute, without links. */
    roots: readonly string[];
    extensions: readonly string[];
    excludeDirs: readonly string[];
  };
  /** Folders outside of the media folders that callers from elsewhere may ingest from. */
  ingestDirs(): readonly string[];
  locate(path: string): Promise<Located>;
  /** There are new files in these folders of the library. */
  learn(folders: readonly string[], signal: AbortSignal): Promise<void>;
}
