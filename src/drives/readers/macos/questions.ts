/**
 * What is to be asked next, by what the first tools told.
 *
 * @module
 */
import { records, type Values, word } from "../values.ts";
import { nameOf } from "./devices.ts";
import { treesIn } from "./tree.ts";

/** The whole disks in `diskutil list -plist`, and of what is on them all that is mounted. */
export function disksToAsk(list: string): string[] {
  const disks = treesIn("diskutil list -plist", list)
    .flatMap((tree) => records(tree.AllDisksAndPartitions));
  const wholes = disks.flatMap((disk) => nameOf(disk.DeviceIdentifier) ?? []);
  const slices = disks.flatMap((disk) =>
    [...records(disk.Partitions), ...records(disk.APFSVolumes)].filter(isMounted)
      .flatMap((slice) => nameOf(slice.DeviceIdentifier) ?? [])
  );
  return [...new Set([...wholes, ...slices])];
}

function isMounted({ MountPoint: path, MountedSnapshots: snapshots }: Values): boolean {
  return word(path) !== undefined || records(snapshots).length > 0;
}

/** The ids of physical and logical volumes in `diskutil corestorage list -plist`. */
export function coreStorageIdsIn(list: string): string[] {
  const groups = treesIn("diskutil corestorage list -plist", list)
    .flatMap((tree) => records(tree.CoreStorageLogicalVolumeGroups));
  const logical = groups.flatMap((group) => records(group.CoreStorageLogicalVolumeFamilies))
    .flatMap((family) => records(family.CoreStorageLogicalVolumes));
  const physical = groups.flatMap((group) => records(group.CoreStoragePhysicalVolumes));
  return [...physical, ...logical].flatMap((one) => word(one.CoreStorageUUID) ?? []);
}
