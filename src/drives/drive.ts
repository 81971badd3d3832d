/**
 * What this agent knows of physical drives and of the file systems on them. A fact that nobody
 * told is `undefined`, never the word "Unknown".
 *
 * @module
 */

export const driveKinds = [
  "hdd",
  "ssd",
  "nvme",
  "usb",
  "sd",
  "optical",
  "virtual",
  "network",
  "unknown",
] as const;

export type DriveKind = typeof driveKinds[number];

export interface Drive {
  /** From what the drive says of itself, so that it survives another port and another name. */
  id: string;
  /** The kernel's name of it today. */
  name: string;
  vendor?: string | undefined;
  model?: string | undefined;
  serial?: string | undefined;
  wwn?: string | undefined;
  /** 0 when not known. */
  sizeBytes: number;
  kind: DriveKind;
  /** Why that kind, and what the id is made of. */
  evidence: string;
  bus?: string | undefined;
  removable: boolean;
}

/** Whatever carries a file system or a mount: a partition, a whole disk, a volume over several. */
export interface Partition {
  id: string;
  name: string;
  /** Every physical drive beneath it. */
  driveIds: string[];
  fileSystem?: string | undefined;
  uuid?: string | undefined;
  label?: string | undefined;
  mountPoints: string[];
  sizeBytes: number;
  /** "8:1", as in /proc/self/mountinfo. */
  deviceNumber?: string | undefined;
  /** Every name under /dev by which a mount may call it: "dm-0", "vg-root", "sdb1". */
  devices: string[];
}

export interface DriveReport {
  drives: Drive[];
  partitions: Partition[];
  /** Nobody could be asked: something to work with, not a finding. */
  isGuess?: boolean;
}

/** The id of the one drive that stands for all that nothing is known of. */
export const UNKNOWN_DRIVE = "unknown";
