/**
 * The table of CIM classes: what the objects of each tell of devices. First the Storage module's,
 * which knows pools and kinds, then those that every Windows has.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import type { Findings } from "../../../graph/gather.ts";
import type { Row, Tables } from "../row.ts";
import { links } from "./links.ts";
import { disks, physicalDisks } from "./msft_disks.ts";
import { storagePools, virtualDisks } from "./msft_pools.ts";
import { msftPartitions, msftVolumes } from "./msft_volumes.ts";
import { cdromDrives, diskDrives, diskPartitions, failurePredictions } from "./win32_disks.ts";
import {
  encryptableVolumes,
  logicalDisks,
  mountPoints,
  networkConnections,
  win32Volumes,
} from "./win32_volumes.ts";

/** Findings of the objects of one class; `tables` has those of the others in the recording. */
export type ClassReader = (rows: readonly Row[], tables: Tables) => Finding[];

export const classes: ReadonlyMap<string, ClassReader> = new Map([
  ["MSFT_PhysicalDisk", physicalDisks],
  ["MSFT_VirtualDisk", virtualDisks],
  ["MSFT_StoragePool", storagePools],
  ["MSFT_Disk", disks],
  ["MSFT_Partition", msftPartitions],
  ["MSFT_Volume", msftVolumes],
  ["Win32_DiskDrive", diskDrives],
  ["Win32_DiskPartition", diskPartitions],
  ["Win32_CDROMDrive", cdromDrives],
  // Before Win32_Volume, which does not tell a floppy from a stick.
  ["Win32_LogicalDisk", logicalDisks],
  ["Win32_MappedLogicalDisk", logicalDisks],
  ["Win32_Volume", win32Volumes],
  ["Win32_NetworkConnection", networkConnections],
  ["Win32_EncryptableVolume", encryptableVolumes],
  ["Win32_MountPoint", mountPoints],
  ["Win32_DiskDriveToDiskPartition", links],
  ["Win32_LogicalDiskToPartition", links],
  ["MSStorageDriver_FailurePredictStatus", failurePredictions],
  // They tell of what drives are plugged into, and nothing of drives.
  ["CIM_Controller", () => []],
  ["CIM_ControlledBy", () => []],
]);

/** What the objects tell together. */
export function findingsOf(tables: Tables): Findings {
  return {
    devices: [...classes].flatMap(([name, read]) => {
      const rows = tables.get(name) ?? [];
      return rows.length > 0 ? read(rows, tables) : [];
    }),
  };
}
