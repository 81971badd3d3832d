/**
 * `diskutil corestorage list -plist` and `info -plist`: how macOS 10.7 to 10.14 joined partitions
 * (PV) to a group (LVG) and cut volumes (LV) from it. Its list knows ids only; `info` has names.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { type Reader, unreadable } from "../../reader.ts";
import { fileSystemIn, nameOf, partition } from "../devices.ts";
import { hasKey, treesIn } from "../tree.ts";
import { integer, records, type Values, word } from "../../values.ts";

const LIST = "diskutil corestorage list -plist";
const INFO = "diskutil corestorage info -plist";
const GROUPS = "CoreStorageLogicalVolumeGroups";

export const coreStorageList: Reader = {
  name: LIST,
  platform: "darwin",
  recognise: (text) => hasKey(text, GROUPS),
  read(text) {
    const lists = treesIn(LIST, text).filter((tree) => GROUPS in tree);
    if (lists.length === 0) throw unreadable(LIST, text, "it has no list of groups");
    return { devices: lists.flatMap((tree) => records(tree[GROUPS])).flatMap(group) };
  },
};

export const coreStorageInfo: Reader = {
  name: INFO,
  platform: "darwin",
  recognise: (text) =>
    hasKey(text, "CoreStorageRole") && hasKey(text, "CoreStorageUUID") && !hasKey(text, GROUPS),
  read(text) {
    const infos = treesIn(INFO, text).filter((tree) => "CoreStorageRole" in tree);
    if (infos.length === 0) throw unreadable(INFO, text, "it tells no role");
    return { devices: infos.flatMap(member) };
  },
};

function group(tree: Values): Finding[] {
  const name = word(tree.CoreStorageUUID);
  if (!name) return [];
  const physical = records(tree.CoreStoragePhysicalVolumes);
  const families = records(tree.CoreStorageLogicalVolumeFamilies);
  const parents = physical.flatMap((one) => word(one.CoreStorageUUID) ?? []);
  return [
    ...parents.map((pv) => ({ name: pv, type: "corestorage" })),
    { name, type: parents.length > 1 ? "fusion" : "corestorage", parents },
    ...families.flatMap((family) => records(family.CoreStorageLogicalVolumes))
      .flatMap((one) => word(one.CoreStorageUUID) ?? [])
      .map((lv) => ({ name: lv, type: "corestorage", parents: [name] })),
  ];
}

function member(tree: Values): Finding[] {
  const uuid = word(tree.CoreStorageUUID);
  const name = nameOf(tree.DeviceIdentifier) ?? uuid;
  const role = word(tree.CoreStorageRole);
  if (!name) return [];
  const aliases = uuid && uuid !== name ? [uuid] : [];
  if (role === "PV" && name !== uuid) return partition(name, { aliases });
  if (role !== "LV") return [];
  const groupId = word(tree.MemberOfCoreStorageLogicalVolumeGroup);
  return [{
    name,
    type: "corestorage",
    aliases,
    parents: groupId ? [groupId] : [],
    sizeBytes: integer(tree.CoreStorageLogicalVolumeSize),
    label: word(tree.VolumeName) ?? word(tree.CoreStorageLogicalVolumeName),
    fileSystem: fileSystemIn(word(tree.CoreStorageLogicalVolumeContentHint)),
  }];
}
