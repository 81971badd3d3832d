/**
 * Which of the block devices carry a file system, and the one id that each file system keeps.
 *
 * @module
 */
import type { Volume } from "../drive.ts";
import { type BlockDevice, byName, diskNameOf, type Graph, isGhost, isOnPath } from "./block.ts";
import { createId } from "./identity.ts";

/** Signatures that are no file system: a part of something larger, or nothing to read. */
const members =
  /^(lvm\d_member|linux_raid_member|.*_raid_member|mpath_member|crypto_luks|bitlocker|bcache|swap|swsuspend|dm_snapshot_cow|dm_verity_hash|drbd|vmfs_volume_member|jbd|xfs_external_log)$/i;

/** File systems that span devices: one UUID on several of them is one file system. */
const spanning = /^(btrfs|bcachefs|zfs|zfs_member)$/;

/** Whether there is something here that a person could open. */
export function isReadable({ fileSystem, mountPoints, label }: BlockDevice): boolean {
  if (mountPoints.size > 0) return true;
  // A tool that tells a volume's name may not tell its file system.
  return fileSystem === undefined ? label !== undefined : !members.test(fileSystem);
}

interface Draft extends Omit<Volume, "id"> {
  spans: boolean;
  /** It is in a file that looks like a disk. */
  isImage: boolean;
  partUuid: string | undefined;
  /** The devices from this one down. */
  beneath: Set<string>;
  /** It is a volume of LVM. */
  isLogical: boolean;
  /** The devices at the bottom: two paths to one drive are two. */
  roots: string[];
}

/** Every file system of this machine that stands on a drive. */
export function volumesOf(graph: Graph, driveIdOf: ReadonlyMap<string, string>): Volume[] {
  const volumes: Draft[] = [];
  for (const device of graph.devices.values()) {
    if (!isReadable(device)) continue;
    if (device.mountPoints.size === 0 && isInside(device, graph)) continue;
    const roots = graph.rootsOf(device.name);
    if (roots.every((name) => isGhost(graph.devices.get(name)!))) continue;
    const beneath = downFrom(device, graph);
    const isImage = [...beneath].some((name) => isGhost(graph.devices.get(name)!));
    // Of programs that come as images, such as snaps: nobody keeps files in these.
    if (isImage && /^(squashfs|erofs)$/.test(device.fileSystem ?? "")) continue;
    const draft = toDraft(device, roots.flatMap((name) => driveIdOf.get(name) ?? []));
    volumes.push({
      ...draft,
      sizeBytes: draft.sizeBytes || sizeOfPool(device, graph),
      beneath,
      isImage,
      roots,
    });
  }
  return named(merged(volumes));
}

/** What LVM makes a volume of: nothing to open, whatever signature shows through. */
const hidden =
  /(-(real|cow)|_([trc]data|[trc]meta|[rm]image|rmeta|corig|wcorig|vdata|mlog|pmspare)(_\d+)?)$/;

/**
 * Whether what is here shows again where people open it: the signature of a whole disk on its
 * first partition, a pool's on the pool, a path's on the multipath device. The origin of a
 * snapshot is open to them like the snapshot.
 */
function isInside(device: BlockDevice, graph: Graph): boolean {
  const children = graph.childrenOf(device.name);
  if (device.type === "lvm") {
    return hidden.test(device.mapperName ?? device.name) ||
      children.some(({ type }) => type !== "lvm");
  }
  return children.length > 0 || (device.type === "part" && isOnPath(device, graph));
}

/** A pool is as large as what it is made of; logs, caches and spares do not count. */
function sizeOfPool({ type, parents, roles }: BlockDevice, { devices }: Graph): number {
  if (type !== "zpool") return 0;
  const members = [...parents].filter((name) => !roles.has(name));
  return members.reduce((sum, name) => sum + (devices.get(name)?.sizeBytes ?? 0), 0);
}

function downFrom({ name }: BlockDevice, { devices }: Graph): Set<string> {
  const found = new Set([name]);
  for (const one of found) for (const parent of devices.get(one)?.parents ?? []) found.add(parent);
  return found;
}

function toDraft(
  device: BlockDevice,
  driveIds: string[],
): Omit<Draft, "beneath" | "roots" | "isImage"> {
  const { name, mapperName, fileSystem } = device;
  const isPool = device.type === "zpool";
  return {
    name: mapperName ?? (isPool ? device.label : undefined) ?? name,
    driveIds: [...new Set(driveIds)].sort(),
    fileSystem: fileSystem === "zfs_member" ? "zfs" : fileSystem,
    uuid: device.uuid,
    label: device.label,
    mountPoints: [...device.mountPoints],
    sizeBytes: device.sizeBytes ?? 0,
    totalBytes: device.totalBytes,
    freeBytes: device.freeBytes,
    readOnly: device.readOnly,
    deviceNumber: device.deviceNumber,
    devices: [...new Set([name, ...mapperName ? [mapperName] : [], ...device.aliases])],
    spans: spanning.test(fileSystem ?? ""),
    isLogical: device.type === "lvm",
    partUuid: device.partUuid,
  };
}

/** Joins what is one file system: members of one btrfs, one disk seen by two paths. */
function merged(volumes: Draft[]): Draft[] {
  const result: Draft[] = [];
  const isMounted = ({ mountPoints }: Draft) => mountPoints.length > 0;
  // Disks before images of disks; the mounted first, then what stands on most drives: it takes in
  // the others.
  const ordered = volumes.toSorted((a, b) =>
    Number(a.isImage) - Number(b.isImage) ||
    Number(isMounted(b)) - Number(isMounted(a)) || b.driveIds.length - a.driveIds.length ||
    byName(a.name, b.name)
  );
  for (const volume of ordered) {
    const whole = result.find((other) =>
      volume.uuid !== undefined && other.uuid === volume.uuid &&
      other.fileSystem === volume.fileSystem && other.isImage === volume.isImage &&
      (volume.spans || (!isMounted(volume) && isSameThing(volume, other)))
    );
    if (!whole) {
      result.push(volume);
      continue;
    }
    if (volume.spans) {
      whole.sizeBytes += volume.sizeBytes;
      if (byName(volume.name, whole.name) < 0) whole.name = volume.name;
    }
    whole.driveIds = union(whole.driveIds, volume.driveIds);
    whole.mountPoints = [...new Set([...whole.mountPoints, ...volume.mountPoints])];
    whole.devices = union(whole.devices, volume.devices);
    whole.label ??= volume.label;
    whole.totalBytes ??= volume.totalBytes;
    whole.freeBytes ??= volume.freeBytes;
  }
  return result;
}

/**
 * Whether one signature was seen twice: on a disk and on what stands on it, or by two paths to one
 * drive. A snapshot carries the same one as well, and is a file system of its own.
 */
function isSameThing(volume: Draft, other: Draft): boolean {
  const [name, otherName] = [volume.devices[0]!, other.devices[0]!];
  if (volume.beneath.has(otherName) || other.beneath.has(name)) {
    return isPlainStep(volume, other);
  }
  return volume.driveIds.length > 0 &&
    volume.driveIds.every((id) => other.driveIds.includes(id)) &&
    !volume.roots.some((root) => other.roots.includes(root));
}

/** A snapshot stands on its origin, and both are open to their users. */
function isPlainStep(volume: Draft, other: Draft): boolean {
  return !(volume.isLogical && other.isLogical);
}

function union(a: string[], b: string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}

function named(volumes: Draft[]): Volume[] {
  const taken = new Set<string>();
  return volumes.map(
    (
      { spans: _, isLogical: __, isImage: ___, beneath: ____, roots: _____, partUuid, ...volume },
    ) => {
      const facts = factsOf(volume, partUuid);
      let id = createId("vol", facts);
      // A copied disk carries the UUID of its original. The first, a mounted one, keeps the id.
      if (taken.has(id)) id = createId("vol", [...facts, ...volume.driveIds, volume.name]);
      taken.add(id);
      return { id, ...volume };
    },
  );
}

/** What an id is made of: the file system's UUID, else the partition's, else its place. */
function factsOf(volume: Omit<Volume, "id">, partUuid?: string): string[] {
  const uuid = volume.uuid?.toLowerCase();
  const digits = uuid?.replaceAll(/[^\da-f]/g, "").length ?? 0;
  // What macOS shows as the UUID of a FAT volume (version 3) is computed from those 32 bits.
  const isFat = /^(msdos|exfat)$/.test(volume.fileSystem ?? "msdos") && uuid?.[14] === "3";
  if (uuid && digits >= 16 && !isFat) return ["uuid", uuid];
  // FAT's 32 bits are the same on many a stick from one factory.
  if (uuid) return ["uuid", uuid, ...volume.driveIds];
  if (partUuid) return ["partuuid", partUuid.toLowerCase(), ...volume.driveIds];
  const [name = volume.name] = volume.devices;
  // A share is known by its path: it stands on all of its server.
  const isShare = volume.driveIds.some((id) => id.startsWith("net:"));
  const place = volume.name !== name || isShare
    ? volume.name
    : diskNameOf(name)
    ? /\d+$/.exec(name)?.[0] ?? ""
    : "whole";
  return ["place", place, ...volume.driveIds];
}
