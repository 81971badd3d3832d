/**
 * The slices that partition tables define, each with an id that survives another name of its disk.
 *
 * @module
 */
import type { Partition, Volume } from "../drive.ts";
import { type BlockDevice, diskNameOf, type Graph, isGhost, isOnPath } from "./block.ts";
import { createId } from "./identity.ts";

/** Every partition on a drive, or on an array of drives. */
export function partitionsOf(
  graph: Graph,
  driveIdOf: ReadonlyMap<string, string>,
  volumes: readonly Volume[],
): Partition[] {
  const volumeOn = volumeByDevice(graph, volumes);
  const taken = new Set<string>();
  const partitions: Partition[] = [];
  for (const device of graph.devices.values()) {
    if (device.type !== "part") continue;
    const roots = graph.rootsOf(device.name).map((name) => graph.devices.get(name)!);
    if (roots.every(isGhost) || isOnPath(device, graph) || isInImage(device, graph)) continue;
    const ids = roots.flatMap(({ name }) => driveIdOf.get(name) ?? []);
    const driveIds = [...new Set(ids)].sort();
    const facts = factsOf(device, driveIds);
    let id = createId("prt", facts);
    if (taken.has(id)) id = createId("prt", [...facts, ...driveIds, device.name]);
    taken.add(id);
    partitions.push({
      id,
      name: device.mapperName ?? device.name,
      driveIds,
      uuid: device.partUuid,
      label: device.partLabel,
      sizeBytes: device.sizeBytes ?? 0,
      volumeId: volumeOn.get(device.name),
    });
  }
  return partitions;
}

/** A partition of an image is none of the drive that the image lies on. */
function isInImage({ parents }: BlockDevice, { devices }: Graph): boolean {
  return [...parents].some((name) => isGhost(devices.get(name)!));
}

/** The volume on each device; on Windows it is a device of its own, above the partition. */
function volumeByDevice(graph: Graph, volumes: readonly Volume[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { id, devices } of volumes) {
    for (const name of devices) {
      const device = graph.devices.get(name);
      const beneath = device?.type === "volume" ? device.parents : [];
      for (const one of [name, ...beneath]) if (!found.has(one)) found.set(one, id);
    }
  }
  return found;
}

/** The table's own id, with the drives it stands on: a copied disk carries the same; else place. */
function factsOf(device: BlockDevice, driveIds: string[]): string[] {
  if (device.partUuid) return ["partuuid", device.partUuid.toLowerCase(), ...driveIds];
  const place = diskNameOf(device.name) ? /\d+$/.exec(device.name)?.[0] ?? "" : device.name;
  return ["place", place, ...driveIds];
}
