/**
 * A strategy: how the raw facts are collected as one text, and a pure parser of that text. The
 * text can be kept, so every platform is tested on every platform and a bug report replayed.
 * (Not a fixed argv: what lsblk can be asked depends on its version, and sysfs is no program.)
 *
 * @module
 */
import type { Run } from "../base/command.ts";
import type { DriveReport } from "./drive.ts";

export interface CollectOptions {
  run: Run;
  signal: AbortSignal;
}

export interface Strategy {
  name: string;
  /** Throws if this machine cannot be asked this way. */
  collect(options: CollectOptions): Promise<string>;
  /** Throws if `text` is not what the tool documents. */
  parse(text: string): DriveReport;
}
