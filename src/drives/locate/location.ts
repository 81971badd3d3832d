/**
 * The answer to "where does this path lie?": the drives, and the chain of facts that proves it.
 *
 * @module
 */
import type { DriveReport } from "../drive.ts";

/** One fact of the proof: data for programs, `text` for people. */
export interface Step {
  type:
    | "link"
    | "mount"
    | "folder"
    | "image"
    | "volume"
    | "partition"
    | "layer"
    | "drive"
    | "lane"
    | "note";
  /** Of a volume, partition, layer or drive, as in the device graph. */
  id?: string | undefined;
  name: string;
  /** What it is for in what stands on it, where it is not plain content: "cache". */
  role?: string | undefined;
  text: string;
}

export interface Location {
  /** Never empty; "mem" for memory, "net:<server>" for a network mount, "unknown" for the rest. */
  driveIds: string[];
  volumeId?: string;
  mountPoint?: string;
  /** From the volume's own root, with "/": the same wherever the volume is mounted. */
  pathInVolume?: string;
  /**
   * What holds the path, by a name that stays when it is mounted elsewhere: the volume's id, else
   * "mount:" and what is mounted. Absent where nothing tells one from the other.
   */
  placeId?: string;
  /** From the path through mounts, volumes and layers down to the drives. */
  chain: Step[];
}

export interface Locator {
  /**
   * The place of a path, its links followed. It never waits long: where a file system does not
   * answer, the names alone decide, and the chain says so.
   *
   * @throws {InvalidError} it can be no path
   */
  locate(path: string): Promise<Location>;
  /** The same for an absolute path that is known to have no links: nothing is touched. */
  locateReal(path: string): Promise<Location>;
  /** The path without links, as far as file systems answer. */
  realPath(path: string): Promise<string>;
  /** Everything that is mounted right now and holds files, with the part of it that shows. */
  places(): Promise<MountedPlace[]>;
  /** Every folder at which something is mounted right now, whatever it holds. */
  mountPoints(): Promise<string[]>;
}

/** A place that can be reached now. */
export interface MountedPlace {
  placeId: string;
  mountPoint: string;
  /** The folder of the place that shows at the mount point: "/" but for bind mounts and the like. */
  rootInPlace: string;
}

/** What a locator asks: the drives of the last detection. */
export type Report = () => DriveReport;
