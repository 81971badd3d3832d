/**
 * `diskutil apfs list -plist`: what each container stands on, and the space that its volumes share.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { type Reader, unreadable } from "../../reader.ts";
import { apfsContainer, apfsVolume, nameOf, partition } from "../devices.ts";
import { storeOf } from "./list_plist.ts";
import { hasKey, treesIn } from "../tree.ts";
import { integer, records, type Values, word } from "../../values.ts";

const TOOL = "diskutil apfs list -plist";

export const apfsList: Reader = {
  name: TOOL,
  platform: "darwin",
  recognise: (text) =>
    hasKey(text, "Containers") && !hasKey(text, "AllDisksAndPartitions") &&
    /APFSContainerUUID|ContainerReference|PhysicalStores|<array\/>|\[\s*\]/.test(text),
  read(text) {
    const lists = treesIn(TOOL, text).filter((tree) => "Containers" in tree);
    if (lists.length === 0) throw unreadable(TOOL, text, "it has no containers");
    return { devices: lists.flatMap((tree) => records(tree.Containers)).flatMap(container) };
  },
};

function container(tree: Values): Finding[] {
  const name = nameOf(tree.ContainerReference);
  if (!name) return [];
  const stores = records(tree.PhysicalStores);
  const names = stores.flatMap((store) => storeOf(store) ?? []);
  const freeBytes = integer(tree.CapacityFree);
  const slices = stores.flatMap((store) => {
    const slice = storeOf(store);
    const facts = { partUuid: word(store.DiskUUID), sizeBytes: integer(store.Size) };
    return slice ? partition(slice, facts) : [];
  });
  const own = apfsContainer(name, names, { sizeBytes: integer(tree.CapacityCeiling) });
  return [
    ...slices,
    ...own,
    ...records(tree.Volumes).flatMap((volume) => volumeIn(volume, freeBytes)),
  ];
}

function volumeIn(tree: Values, containerFree: number | undefined): Finding[] {
  const name = nameOf(tree.DeviceIdentifier);
  if (!name) return [];
  return apfsVolume(name, {
    uuid: word(tree.APFSVolumeUUID),
    label: word(tree.Name),
    ...apfsSpace(integer(tree.CapacityInUse), containerFree, integer(tree.CapacityQuota)),
  });
}

/**
 * What a volume of a shared container holds, and what it could hold if no other grew, in bytes: so
 * the sizes of a container's volumes add up to no more than the container.
 */
export function apfsSpace(
  inUse: number | undefined,
  containerFree: number | undefined,
  quota = 0,
): Pick<Finding, "sizeBytes" | "totalBytes" | "freeBytes"> {
  const left = quota > 0 && inUse !== undefined ? Math.max(0, quota - inUse) : Infinity;
  const freeBytes = containerFree === undefined ? undefined : Math.min(containerFree, left);
  const isKnown = inUse !== undefined && freeBytes !== undefined;
  return { sizeBytes: inUse, freeBytes, totalBytes: isKnown ? inUse + freeBytes : undefined };
}
