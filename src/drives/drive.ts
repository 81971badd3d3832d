/**
 * What this agent knows of physical drives, of the partitions and volumes on them, and of the graph
 * between them. A fact that nobody told is `undefined`, never the word "Unknown".
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
  /** The system's name of it today: "sda", "disk0", "PhysicalDrive0". */
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
  /** Revolutions a minute, of a rotating disk that tells. */
  rotationRpm?: number | undefined;
  removable: boolean;
}

/** A slice of a disk, or of an array, that a partition table defines. */
export interface Partition {
  id: string;
  /** The system's name of it today: "sda1", "disk0s2". */
  name: string;
  /** Every physical drive beneath it. */
  driveIds: string[];
  /** The partition table's own id of it: GPT's GUID, or disk signature and number. */
  uuid?: string | undefined;
  /** Its name in the partition table. */
  label?: string | undefined;
  sizeBytes: number;
  /** The volume that stands directly on it. */
  volumeId?: string | undefined;
}

/** A file system, on whatever it stands: a partition, a whole disk, an array, several disks. */
export interface Volume {
  id: string;
  name: string;
  /** Every physical drive beneath it. */
  driveIds: string[];
  fileSystem?: string | undefined;
  uuid?: string | undefined;
  label?: string | undefined;
  /** Where all of it is mounted, or a subvolume, comes first; then folders bound elsewhere. Single
   * files bound into containers are left out, unless there is nothing else. */
  mountPoints: string[];
  /** Of the devices beneath it. */
  sizeBytes: number;
  /** What its file system offers, and what is left of that; known where a tool told. */
  totalBytes?: number | undefined;
  freeBytes?: number | undefined;
  readOnly?: boolean | undefined;
  /** "8:1", as in /proc/self/mountinfo. */
  deviceNumber?: string | undefined;
  /** Every name under /dev by which a mount may call it: "dm-0", "vg-root", "sdb1". */
  devices: string[];
}

/** One thing in the stack: a drive, a volume, or what lies between them. */
export interface GraphNode {
  /** The id of the drive, partition or volume; "dev:dm-0" for a layer. */
  id: string;
  type: "drive" | "partition" | "layer" | "volume";
  name: string;
  /** What a layer is: lvm, crypt, raid1, mpath, bcache, apfs container, storage space … */
  layer?: string | undefined;
  sizeBytes?: number | undefined;
}

/** `from` stands on `to`. */
export interface GraphEdge {
  from: string;
  to: string;
  /** What `to` is for, where it is not plain content: "cache", "metadata", "log", "spare". */
  role?: string | undefined;
}

export interface DriveGraph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export interface DriveReport {
  drives: Drive[];
  partitions: Partition[];
  volumes: Volume[];
  graph: DriveGraph;
  /** Nobody could be asked: something to work with, not a finding. */
  isGuess?: boolean;
}

/** The id of the one drive that stands for all that nothing is known of. */
export const UNKNOWN_DRIVE = "unknown";
