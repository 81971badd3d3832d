/**
 * A block device as a tool tells of it: the common ground on which the readers of all platforms
 * meet, before anyone decides what is a drive.
 *
 * @module
 */

export interface BlockDevice {
  /** The system's name: "sda1", "dm-0", "disk1s2", "PhysicalDrive0". */
  name: string;
  /** The device mapper's name, where it has one: "vg-root". */
  mapperName?: string | undefined;
  /** Other names by which tools call it, and it alone: two that share one are one device. */
  aliases: Set<string>;
  /** Names that lead here, and maybe to others: "disk/by-id/wwn-0x5…" leads to both paths. */
  links: Set<string>;
  /** In lsblk's words: disk, part, lvm, crypt, raid1, mpath, rom, loop; "server" and "share". */
  type: string;
  /** Names of what lies directly beneath. */
  parents: Set<string>;
  /** Of these, one or more lie beneath: they count where no tool says which. */
  anyOf: Set<string>;
  /** What a parent is for, where it is not plain content: cache, metadata, log, spare. */
  roles: Map<string, string>;
  deviceNumber?: string | undefined;
  sizeBytes?: number | undefined;
  vendor?: string | undefined;
  model?: string | undefined;
  serial?: string | undefined;
  wwn?: string | undefined;
  /** sata, usb, nvme, iscsi … */
  transport?: string | undefined;
  /** Host:channel:target:lun, or another place that stays as long as no cable is moved. */
  address?: string | undefined;
  /** Kernel subsystems from the device up to its controller: "block:mmc:mmc_host:pci". */
  subsystems?: string | undefined;
  rotational?: boolean | undefined;
  rotationRpm?: number | undefined;
  removable?: boolean | undefined;
  /** Memory or a file that looks like a disk, where its name does not tell. */
  ghost?: boolean | undefined;
  /** The file that a loop device shows as a disk: an image. */
  backing?: string | undefined;
  /** No more than its name is known, from another device's line. Such findings count only where no
   * tool lists the disks. */
  mentioned?: boolean | undefined;
  fileSystem?: string | undefined;
  uuid?: string | undefined;
  label?: string | undefined;
  partUuid?: string | undefined;
  partLabel?: string | undefined;
  /** An id in its partition table: it stays with a disk, wherever that is plugged in. */
  tableUuid?: string | undefined;
  /** Where all of it is mounted comes first, then folders of it that are bound elsewhere. */
  mountPoints: Set<string>;
  totalBytes?: number | undefined;
  freeBytes?: number | undefined;
  readOnly?: boolean | undefined;
}

type Collected = "aliases" | "links" | "parents" | "anyOf" | "mountPoints";

/** What one tool tells of one device. Only its name is sure; several findings make one device. */
export type Finding =
  & Partial<Omit<BlockDevice, "name" | "type" | "roles" | Collected>>
  & {
    name: string;
    type?: string | undefined;
    roles?: Record<string, string>;
  }
  & { [Name in Collected]?: Iterable<string> };

/** The devices by name, and what lies under and over each of them. */
export interface Graph {
  devices: Map<string, BlockDevice>;
  /** The bottom of the stack beneath `name`, itself included when it is the bottom. */
  rootsOf(name: string): string[];
  childrenOf(name: string): BlockDevice[];
}

/** Memory or a file that looks like a disk. */
export function isGhost({ name, ghost }: Pick<BlockDevice, "name" | "ghost">): boolean {
  return ghost ?? /^(loop|ram|zram)\d/.test(name);
}

/**
 * A partition as seen on one of several paths to its disk, or on one disk of a firmware's RAID:
 * what joins them has it too.
 */
export function isOnPath({ parents }: BlockDevice, { childrenOf }: Graph): boolean {
  return [...parents].some((name) =>
    childrenOf(name).some(({ type }) => /^(mpath|dmraid)$/.test(type))
  );
}

/** The name of the disk that a partition name belongs to: sda1 → sda, nvme0n1p2 → nvme0n1. */
export function diskNameOf(partition: string): string | undefined {
  // macOS: disk0 is a disk, disk0s2 a partition of it, disk3s1s2 a partition of a partition.
  if (/^disk\d/.test(partition)) return /^(disk\d.*)s\d+$/.exec(partition)?.[1];
  // A disk whose name ends in a digit puts a "p" before the number; sdag is no partition of sda.
  return /^(.*\d)p\d+$/.exec(partition)?.[1] ?? /^(.*\D)\d+$/.exec(partition)?.[1];
}

/** What a name alone says: a disk, or a partition and the disk that it is on; else nothing. */
export function mentionOf(name: string): Finding[] {
  const bare = name.replace(/^\/dev\//, "");
  if (/^sr\d+$/.test(bare)) return [{ name: bare, type: "rom", mentioned: true }];
  const letters = /^((?:[hsv]|xv)d[a-z]+|dasd[a-z]+)(\d+)?$/.exec(bare);
  const digits = /^(nvme\d+n\d+|mmcblk\d+|nbd\d+|rbd\d+|cciss\/c\d+d\d+)(?:p(\d+))?$/.exec(bare);
  const [, disk, number] = letters ?? digits ?? [];
  if (disk === undefined) return [];
  const whole: Finding = { name: disk, type: "disk", mentioned: true };
  if (number === undefined) return [whole];
  return [whole, { name: bare, type: "part", parents: [disk], mentioned: true }];
}

/** One of several ways to an NVMe namespace, which the kernel joins by itself: nvme0c1n1. */
export function isHiddenPath(name: string): boolean {
  return /^nvme\d+c\d+n\d+/.test(name);
}

/** The eMMC that a hardware partition is part of: mmcblk0boot1 → mmcblk0. */
export function emmcNameOf(name: string): string | undefined {
  return /^(mmcblk\d+)(boot\d+|rpmb|gp\d+)$/.exec(name)?.[1];
}

/** sda before sdb before sdaa, nvme2 before nvme10. */
export function byName(a: string, b: string): number {
  return collator.compare(padded(a), padded(b));
}

const collator = new Intl.Collator("en", { numeric: true });

/** The letters of a disk count like digits: what has more of them comes later. */
function padded(name: string): string {
  return name.replace(
    /^([hsv]d|xvd|dasd)([a-z]+)(?=\d*$)/,
    (_, kind, letters) => kind + String(letters.length) + letters,
  );
}
