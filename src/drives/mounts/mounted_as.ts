/**
 * Which volume a mount shows, and which mounts show a volume.
 *
 * @module
 */
import type { Volume } from "../drive.ts";
import { isMountOf, type Mount } from "../graph/mount_info.ts";

/** Whether this mount shows this volume, or a part of it. */
export function isMountedAs(mount: Mount, volume: Volume): boolean {
  // A dataset of ZFS names its pool, and no device.
  if (mount.fileSystem === "zfs" && volume.fileSystem === "zfs") {
    return mount.source.split("/")[0] === volume.label;
  }
  return isMountOf(mount, volume.deviceNumber, volume.devices);
}

/** The volume's own folder that a mount shows: "/" but for bind mounts, subvolumes, datasets. */
export function rootInVolume({ fileSystem, source, root }: Mount): string {
  if (fileSystem !== "zfs") return root.replace(/\/\/deleted$/, "");
  const dataset = source.split("/").slice(1).join("/");
  return dataset ? `/${dataset}${root === "/" ? "" : root}` : root;
}
