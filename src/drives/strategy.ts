/**
 * A strategy: what is collected on a platform, as recordings, and a pure parser of those. They can
 * be kept, so every platform is tested on every platform and a bug report replayed.
 * (Not a fixed argv: what lsblk can be asked depends on its version, and sysfs is no program.)
 *
 * @module
 */
import type { Run } from "../base/command.ts";
import type { DriveReport } from "./drive.ts";
import type { Recording } from "./readers/reader.ts";

export interface CollectOptions {
  run: Run;
  signal: AbortSignal;
}

export interface Strategy {
  name: string;
  /** Throws if this machine cannot be asked this way. */
  collect(options: CollectOptions): Promise<Recording[]>;
  /** Throws if a recording is not what its tool documents. */
  parse(recordings: readonly Recording[]): DriveReport;
}
