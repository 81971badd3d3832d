/**
 * A block device as a tool tells of it: the common ground on which all Linux strategies meet,
 * before anyone decides what is a drive.
 *
 * @module
 */

export interface BlockDevice {
  /** The kernel's name: "sda1", "dm-0". */
  name: string;
  /** The device mapper's name, where it has one: "vg-root". */
  mapperName?: string | undefined;
  /** In lsblk's words: disk, part, lvm, crypt, raid1, mpath, rom, loop … */
  type: string;
  /** Kernel names of what lies directly beneath. */
  parents: Set<string>;
  deviceNumber?: string | undefined;
  sizeBytes?: number | undefined;
  vendor?: string | undefined;
  model?: string | undefined;
  serial?: string | undefined;
  wwn?: string | undefined;
  /** sata, usb, nvme, iscsi … */
  transport?: string | undefined;
  /** Host:channel:target:lun. */
  address?: string | undefined;
  /** Kernel subsystems from the device up to its controller: "block:mmc:mmc_host:pci". */
  subsystems?: string | undefined;
  rotational?: boolean | undefined;
  removable: boolean;
  fileSystem?: string | undefined;
  uuid?: string | undefined;
  label?: string | undefined;
  partUuid?: string | undefined;
  mountPoints: string[];
}

/** The devices by name, and what lies under and over each of them. */
export interface Graph {
  devices: Map<string, BlockDevice>;
  /** The bottom of the stack beneath `name`, itself included when it is the bottom. */
  rootsOf(name: string): string[];
  childrenOf(name: string): BlockDevice[];
}

/** Memory or a file that looks like a disk. */
export function isGhost({ name }: { name: string }): boolean {
  return /^(loop|ram|zram)\d/.test(name);
}

/** The name of the disk that a partition name belongs to: sda1 → sda, nvme0n1p2 → nvme0n1. */
export function diskNameOf(partition: string): string | undefined {
  // A disk whose name ends in a digit puts a "p" before the number; sdag is no partition of sda.
  return /^(.*\d)p\d+$/.exec(partition)?.[1] ?? /^(.*\D)\d+$/.exec(partition)?.[1];
}

/** The eMMC that a hardware partition is part of: mmcblk0boot1 → mmcblk0. */
export function emmcNameOf(name: string): string | undefined {
  return /^(mmcblk\d+)(boot\d+|rpmb|gp\d+)$/.exec(name)?.[1];
}
