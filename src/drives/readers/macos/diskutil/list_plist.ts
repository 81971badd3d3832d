/**
 * `diskutil list -plist`: whole disks, the partitions on them, and APFS containers, which are whole
 * disks to it, with their volumes. It does not tell a disk from an image or a RAID set.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { type Reader, unreadable } from "../../reader.ts";
import {
  apfsContainer,
  apfsVolume,
  fileSystemIn,
  isMember,
  nameOf,
  partition,
} from "../devices.ts";
import { hasKey, treesIn } from "../tree.ts";
import { integer, records, type Values, word } from "../../values.ts";

const TOOL = "diskutil list -plist";

export const listPlist: Reader = {
  name: TOOL,
  platform: "darwin",
  recognise: (text) => hasKey(text, "AllDisksAndPartitions"),
  read(text) {
    const lists = treesIn(TOOL, text).filter((tree) => "AllDisksAndPartitions" in tree);
    if (lists.length === 0) throw unreadable(TOOL, text, "it has no list of disks");
    return { devices: lists.flatMap(disksIn) };
  },
};

function disksIn(tree: Values): Finding[] {
  const disks = records(tree.AllDisksAndPartitions);
  return disks.flatMap((one) => disk(one, disks));
}

function disk(tree: Values, all: Values[]): Finding[] {
  const name = nameOf(tree.DeviceIdentifier);
  if (!name) return [];
  const volumes = records(tree.APFSVolumes);
  const told = records(tree.APFSPhysicalStores).flatMap((store) => storeOf(store) ?? []);
  const stores = told.length === 0 && volumes.length > 0 ? storesBySize(tree, all) : told;
  const sizeBytes = integer(tree.Size);
  if (stores.length > 0 || volumes.length > 0) {
    const container = apfsContainer(name, stores, { sizeBytes });
    return [...container, ...volumes.flatMap(volume)];
  }
  // Not said to be a disk: it may be an image, a RAID set or a CoreStorage volume.
  const { partUuid: _, ...facts } = factsOf(tree);
  const slices = records(tree.Partitions);
  const tableUuid = word(slices[0]?.DiskUUID);
  return [{ name, tableUuid, ...facts }, ...slices.flatMap(slice)];
}

/**
 * macOS 10.13 does not tell what a container stands on: it is the one partition for APFS of the
 * same size to the byte, if no second one and no second container has that size.
 */
function storesBySize({ Size: size }: Values, all: Values[]): string[] {
  const sameSize = all.filter((one) => one.APFSVolumes && one.Size === size);
  const slices = all.flatMap((one) => records(one.Partitions))
    .filter((one) => one.Content === "Apple_APFS" && one.Size === size);
  const [store] = slices.flatMap((one) => nameOf(one.DeviceIdentifier) ?? []);
  return store && slices.length === 1 && sameSize.length === 1 ? [store] : [];
}

/** macOS 10.13 to 26 name it so; `diskutil info` has another key for the same. */
export function storeOf(store: Values): string | undefined {
  return nameOf(store.DeviceIdentifier) ?? nameOf(store.APFSPhysicalStore);
}

function slice(tree: Values): Finding[] {
  const name = nameOf(tree.DeviceIdentifier);
  return name ? partition(name, factsOf(tree)) : [];
}

function factsOf(tree: Values): Partial<Finding> {
  const content = word(tree.Content);
  const label = word(tree.VolumeName);
  return {
    sizeBytes: integer(tree.Size),
    partUuid: word(tree.DiskUUID),
    mountPoints: mountsOf(tree),
    ...isMember(content) ? { partLabel: label } : {
      label,
      uuid: word(tree.VolumeUUID),
      fileSystem: fileSystemIn(content),
    },
  };
}

function volume(tree: Values): Finding[] {
  const name = nameOf(tree.DeviceIdentifier);
  if (!name) return [];
  const isSnapshot = /^disk\d+s\d+s\d+$/.test(name);
  const snapshots = records(tree.MountedSnapshots);
  return apfsVolume(name, {
    // Its "Size" is the container's, which all volumes share.
    ...isSnapshot ? {} : { uuid: word(tree.VolumeUUID), sizeBytes: integer(tree.CapacityInUse) },
    label: word(tree.VolumeName),
    mountPoints: [
      ...mountsOf(tree),
      ...snapshots.flatMap((one) => word(one.SnapshotMountPoint) ?? []),
    ],
    aliases: snapshots.flatMap((one) => nameOf(one.SnapshotBSD) ?? []),
  });
}

function mountsOf(tree: Values): string[] {
  const path = word(tree.MountPoint);
  return path?.startsWith("/") ? [path] : [];
}
