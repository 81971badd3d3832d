/**
 * Physical drives: what they are, how each platform is asked, and which of them hold a path.
 *
 * @module
 */
export { detectDrives, type Detection, type DetectOptions } from "./detect.ts";
export {
  type Drive,
  type DriveGraph,
  type DriveKind,
  driveKinds,
  type DriveReport,
  type GraphEdge,
  type GraphNode,
  type Partition,
  UNKNOWN_DRIVE,
  type Volume,
} from "./drive.ts";
export type { Location, Locator, MountedPlace, Step } from "./locate/location.ts";
export { type LocatorOptions, openLocator } from "./locate/locator.ts";
export { NotAnsweringError } from "./mounts/breaker.ts";
export { type Mounts, type MountState, openMounts } from "./mounts/mounts.ts";
export { openMountTable } from "./mounts/table.ts";
export {
  type DriveStore,
  openDriveStore,
  type Page,
  type Saved,
  type StoredDrive,
  type StoredPartition,
  type StoredVolume,
} from "./store/store.ts";
export { pictureOf, readers } from "./readers/mod.ts";
export type { Reader, Recording } from "./readers/reader.ts";
export { decodeText } from "./readers/decode.ts";
export { healthIn, type RecordedHealth } from "./readers/smartctl.ts";
export { recordingsIn, toRecord } from "./readers/record.ts";
export { strategies } from "./strategies/mod.ts";
export { publishChanges } from "./watch/changes.ts";
export { watchDrives, type WatchOptions } from "./watch/watch.ts";
export type { Strategy } from "./strategy.ts";
export * from "./health/mod.ts";
