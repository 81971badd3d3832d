/**
 * The device graph as nodes and edges, for REST, `drives --tree` and the proof of `locate`.
 *
 * @module
 */
import type { DriveGraph, DriveReport, GraphEdge, GraphNode } from "../drive.ts";
import type { BlockDevice, Graph } from "./block.ts";
import { byName, isGhost } from "./block.ts";

/** Every device that stands on a drive, and every volume, with what each stands on. */
export function graphOf(
  { devices, rootsOf }: Graph,
  driveIdOf: ReadonlyMap<string, string>,
  { drives, partitions, volumes }: Pick<DriveReport, "drives" | "partitions" | "volumes">,
): DriveGraph {
  const partitionIdOf = new Map(partitions.map(({ name, id }) => [name, id]));
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const partitionId = ({ name, mapperName }: BlockDevice) => partitionIdOf.get(mapperName ?? name);
  const idOf = (device: BlockDevice) =>
    driveIdOf.get(device.name) ?? partitionId(device) ?? volumeIdOf(device, volumes) ??
      `dev:${device.name}`;
  const link = (edge: GraphEdge) => edges.set(`${edge.from} ${edge.to}`, edge);

  for (const { id, name, sizeBytes } of drives) {
    nodes.set(id, { id, type: "drive", name, sizeBytes });
  }
  for (const device of devices.values()) {
    const roots = rootsOf(device.name).map((name) => devices.get(name)!);
    if (roots.length === 0 || roots.every(isGhost)) continue;
    const id = idOf(device);
    if (!nodes.has(id)) nodes.set(id, toNode(id, device, partitionId(device) !== undefined));
    for (const parent of device.parents) {
      const to = idOf(devices.get(parent)!);
      if (to !== id) link({ from: id, to, role: device.roles.get(parent) });
    }
  }
  for (const { id, name, sizeBytes, devices: beneath } of volumes) {
    nodes.set(id, { id, type: "volume", name, sizeBytes });
    for (const device of beneath.flatMap((name) => devices.get(name) ?? [])) {
      if (idOf(device) !== id) link({ from: id, to: idOf(device) });
    }
  }
  return {
    nodes: [...nodes.values()].sort(byTypeAndName),
    edges: [...edges.values()].sort((a, b) => byText(a.from, b.from) || byText(a.to, b.to)),
  };
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

const order: GraphNode["type"][] = ["drive", "partition", "layer", "volume"];

/** So that two tools that tell the same give the same graph. */
function byTypeAndName(a: GraphNode, b: GraphNode): number {
  return order.indexOf(a.type) - order.indexOf(b.type) || byName(a.name, b.name);
}

/** On Windows a volume is a device of its own; on several disks it is a layer of its own, too. */
function volumeIdOf(
  { name, type, parents }: BlockDevice,
  volumes: DriveReport["volumes"],
): string | undefined {
  if (type !== "volume" || parents.size > 1) return;
  return volumes.find(({ devices }) => devices.includes(name))?.id;
}

function toNode(id: string, device: BlockDevice, isPartition: boolean): GraphNode {
  const { backing, sizeBytes } = device;
  if (backing !== undefined) return { id, type: "layer", name: backing, layer: "image", sizeBytes };
  return {
    id,
    type: isPartition ? "partition" : "layer",
    name: device.mapperName ?? device.name,
    layer: isPartition ? undefined : device.type === "volume" ? "dynamic volume" : device.type,
    sizeBytes: device.sizeBytes,
  };
}
