/**
 * `diskutil info -plist DISK`, of one device or of several one after another.
 *
 * @module
 */
import { type Reader, unreadable } from "../../reader.ts";
import { fileSystemOf, nameOf } from "../devices.ts";
import { type DiskInfo, findingsOf } from "./info.ts";
import { storeOf } from "./list_plist.ts";
import { hasKey, treesIn } from "../tree.ts";
import { flag, integer, records, type Values, word } from "../../values.ts";

const TOOL = "diskutil info -plist";

export const infoPlist: Reader = {
  name: TOOL,
  platform: "darwin",
  recognise: (text) =>
    hasKey(text, "DeviceIdentifier") && hasKey(text, "DeviceNode") &&
    !hasKey(text, "AllDisksAndPartitions"),
  read(text) {
    const infos = treesIn(TOOL, text).flatMap((tree) => toInfo(tree) ?? []);
    if (infos.length === 0) throw unreadable(TOOL, text, "it names no disk");
    return { devices: infos.flatMap(findingsOf) };
  },
};

function toInfo(tree: Values): DiskInfo | undefined {
  const name = nameOf(tree.DeviceIdentifier) ?? nameOf(tree.DeviceNode);
  if (!name) return;
  const mountPoint = word(tree.MountPoint);
  const isWhole = flag(tree.WholeDisk) ?? !/s\d+$/.test(name.slice("disk".length));
  const fileSystem = fileSystemOf(word(tree.FilesystemType) ?? word(tree.FilesystemName));
  return {
    name,
    isWhole,
    model: word(tree.MediaName),
    entryName: word(tree.IORegistryEntryName),
    protocol: word(tree.BusProtocol),
    place: word(tree.DeviceTreePath),
    content: word(tree.Content),
    fileSystem,
    label: word(tree.VolumeName),
    uuid: word(tree.VolumeUUID),
    diskUuid: word(tree.DiskUUID),
    mountPoint: mountPoint?.startsWith("/") ? mountPoint : undefined,
    sizeBytes: integer(tree.Size) ?? integer(tree.TotalSize),
    solidState: flag(tree.SolidState),
    removable: flag(tree.RemovableMedia) ?? flag(tree.Removable),
    isVirtual: word(tree.VirtualOrPhysical)?.toLowerCase() === "virtual",
    isOptical: word(tree.OpticalMediaType) !== undefined,
    stores: records(tree.APFSPhysicalStores).flatMap((store) => storeOf(store) ?? []),
    container: isWhole ? undefined : containerOf(tree, fileSystem),
    readOnly: flag(tree.WritableVolume) === false,
    ...spaceOf(tree),
    ...stackOf(tree),
  };
}

/** A physical store has a reference to its container too; only volumes have a file system. */
function containerOf(tree: Values, fileSystem: string | undefined): string | undefined {
  return fileSystem === "apfs" ? nameOf(tree.APFSContainerReference) : undefined;
}

function spaceOf(tree: Values): Partial<DiskInfo> {
  return {
    totalBytes: integer(tree.VolumeSize) || integer(tree.TotalSize),
    freeBytes: integer(tree.FreeSpace),
    inUseBytes: integer(tree.CapacityInUse),
    containerFreeBytes: integer(tree.APFSContainerFree),
  };
}

function stackOf(tree: Values) {
  // Nobody here has seen which key of these has the name of the partition.
  const physicalVolumes = records(tree.CoreStoragePVs)
    .flatMap((pv) => Object.values(pv).flatMap((value) => nameOf(value) ?? []));
  const isSet = flag(tree.RAIDMaster) ?? false;
  const ids = Array.isArray(tree.RAIDSetMembers) ? tree.RAIDSetMembers : [];
  const own = isSet ? word(tree.RAIDSetUUID) : word(tree.RAIDMemberUUID);
  const lv = word(tree.CoreStorageLVUUID);
  return {
    physicalVolumes,
    isCoreStorage: lv !== undefined || physicalVolumes.length > 0,
    raidLevel: isSet ? word(tree.RAIDSetLevelType) ?? "unknown" : undefined,
    raidMembers: ids.flatMap((id) => word(id) ?? []),
    aliases: [own, lv, word(tree.CoreStoragePVUUID)].flatMap((id) => id ?? []),
  };
}
