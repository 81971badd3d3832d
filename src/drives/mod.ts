/**
 * Physical drives: what they are, how each platform is asked, and which of them hold a path.
 *
 * @module
 */
export { detectDrives, type Detection, type DetectOptions } from "./detect.ts";
export {
  type Drive,
  type DriveKind,
  driveKinds,
  type DriveReport,
  type Partition,
  UNKNOWN_DRIVE,
} from "./drive.ts";
export { type Location, type Locator, type LocatorOptions, openLocator } from "./locate.ts";
export {
  type DriveStore,
  openDriveStore,
  type Page,
  type StoredDrive,
  type StoredPartition,
} from "./store.ts";
export { strategies } from "./strategies/mod.ts";
export type { Strategy } from "./strategy.ts";
