/**
 * What `diskutil info` tells of one device, in either of its forms, and what that makes it.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { apfsSpace } from "./apfs_list.ts";
import { raidType } from "./apple_raid.ts";
import {
  apfsContainer,
  apfsVolume,
  fileSystemIn,
  isImage,
  isMember,
  partition,
  rotationalOf,
  transportOf,
  wholeOf,
} from "../devices.ts";

export interface DiskInfo {
  /** "disk0s2". */
  name: string;
  isWhole: boolean;
  model?: string | undefined;
  /** The name of its node in the registry: vendor, model and the word "Media". */
  entryName?: string | undefined;
  protocol?: string | undefined;
  /** Its controller in the device tree: every disk of one USB controller has the same. */
  place?: string | undefined;
  content?: string | undefined;
  fileSystem?: string | undefined;
  label?: string | undefined;
  uuid?: string | undefined;
  diskUuid?: string | undefined;
  mountPoint?: string | undefined;
  sizeBytes?: number | undefined;
  solidState?: boolean | undefined;
  removable?: boolean | undefined;
  isVirtual?: boolean | undefined;
  isOptical?: boolean | undefined;
  /** What an APFS container, or the container of this volume, stands on. */
  stores: string[];
  container?: string | undefined;
  /** The partitions of a CoreStorage volume's group. */
  physicalVolumes: string[];
  isCoreStorage?: boolean | undefined;
  /** By other tools' names for it. */
  aliases?: string[];
  /** "Mirror", "Stripe", "Concat", of an Apple RAID set, and the ids of its members. */
  raidLevel?: string | undefined;
  raidMembers: string[];
  /** Of its own file system. */
  totalBytes?: number | undefined;
  freeBytes?: number | undefined;
  /** Of an APFS volume, and of the container that it shares. */
  inUseBytes?: number | undefined;
  containerFreeBytes?: number | undefined;
  readOnly?: boolean | undefined;
}

/** The type that APFS gives to its container, where a partition table would be. */
const APFS_CONTAINER = /^EF57347C-0000-11AA-AA11-00306543ECAC$/i;

export function findingsOf(info: DiskInfo): Finding[] {
  const { name, isWhole, stores, content = "" } = info;
  if (isWhole && (stores.length > 0 || APFS_CONTAINER.test(content))) {
    // Its model, bus and kind are those of the disk beneath, said once more.
    return apfsContainer(name, stores, { sizeBytes: info.sizeBytes });
  }
  if (info.fileSystem === "apfs" || info.container) return apfsFindings(info);
  if (!isWhole) return sliceFindings(info);
  if (isImage(info.protocol)) return [{ name, type: "image", ghost: true, ...volumeOf(info) }];
  if (info.isCoreStorage) return stacked(info, "corestorage", info.physicalVolumes);
  if (info.raidLevel) return stacked(info, raidType(info.raidLevel), info.raidMembers);
  if (info.isVirtual) return stacked(info, "virtual disk", []);
  return [{ name, ...hardwareOf(info), ...volumeOf(info), aliases: info.aliases ?? [] }];
}

function apfsFindings(info: DiskInfo): Finding[] {
  const { name, stores, container = wholeOf(name) } = info;
  const isSnapshot = /^disk\d+s\d+s\d+$/.test(name);
  const { uuid, ...facts } = volumeOf(info);
  return [
    ...stores.length > 0 ? apfsContainer(container, stores) : [],
    ...apfsVolume(name, {
      ...facts,
      ...isSnapshot ? {} : { uuid },
      ...apfsSpace(info.inUseBytes, info.containerFreeBytes),
      fileSystem: "apfs",
    }),
  ];
}

function sliceFindings(info: DiskInfo): Finding[] {
  const { name, protocol, place, solidState } = info;
  const image = isImage(protocol) ? { type: "image", ghost: true } : {};
  const facts = {
    partUuid: info.diskUuid,
    sizeBytes: info.sizeBytes,
    aliases: info.aliases ?? [],
    ...volumeOf(info),
  };
  // A slice inherits these from its disk.
  const transport = transportOf(protocol, place);
  const whole = { transport, rotational: rotationalOf(solidState, protocol), ...image };
  return [...partition(name, facts), { name: wholeOf(name), ...whole }];
}

function stacked(info: DiskInfo, type: string, parents: string[]): Finding[] {
  const { name, sizeBytes, aliases = [] } = info;
  return [
    ...parents.flatMap((parent) => parent.startsWith("disk") ? partition(parent) : []),
    { name, type, parents, aliases, sizeBytes, ...volumeOf(info) },
  ];
}

function hardwareOf(info: DiskInfo): Partial<Finding> {
  const { protocol, place, isOptical } = info;
  // Before macOS 10.10 the name ends in a word of the registry.
  const model = info.model?.replace(/ Media$/, "") || undefined;
  return {
    type: isOptical ? "rom" : "disk",
    model,
    vendor: vendorIn(info.entryName, model),
    sizeBytes: info.sizeBytes,
    transport: transportOf(protocol, place),
    address: place,
    rotational: isOptical ? undefined : rotationalOf(info.solidState, protocol),
    removable: info.removable,
  };
}

/** "SAMSUNG SSD PM830 mSATA Media" is the entry of the model "SSD PM830 mSATA". */
function vendorIn(entry = "", model = ""): string | undefined {
  const end = ` ${model} Media`;
  return model && entry.endsWith(end) ? entry.slice(0, -end.length).trim() || undefined : undefined;
}

/** The file system on this device, if it has one. */
function volumeOf(info: DiskInfo): Partial<Finding> {
  const { content, label, mountPoint, totalBytes, freeBytes } = info;
  const fileSystem = info.fileSystem ?? fileSystemIn(content);
  if (!fileSystem && !mountPoint && isMember(content)) return { partLabel: label };
  const mounted = mountPoint ? { totalBytes, freeBytes, readOnly: info.readOnly } : {};
  return {
    fileSystem,
    label,
    uuid: info.uuid,
    mountPoints: mountPoint ? [mountPoint] : [],
    ...mounted,
  };
}
