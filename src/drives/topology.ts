/**
 * From block devices to drives and partitions: what is a physical drive, and which drives lie
 * beneath each file system, through partitions, LUKS, LVM, md, bcache and multipath.
 *
 * @module
 */
import { type BlockDevice, emmcNameOf, type Graph, isGhost } from "./block.ts";
import type { Drive, DriveReport } from "./drive.ts";
import { createId, identityOf } from "./identity.ts";
import { busOf, kindOf } from "./kind.ts";
import { isReadable, partitionsOf } from "./partitions.ts";

/** Decides what is a drive and what a partition. Pure: the same devices give the same report. */
export function describe(found: Iterable<BlockDevice>): DriveReport {
  const graph = createGraph(found);
  const drives = new Map<string, Drive>();
  const driveIdOf = new Map<string, string>();
  for (const paths of groupPaths(graph)) {
    const drive = toDrive(paths, graph);
    drives.set(paths[0]!.name, drive);
    for (const { name } of paths) driveIdOf.set(name, paths[0]!.name);
  }
  tellApart([...drives.values()], graph);
  for (const [path, name] of driveIdOf) driveIdOf.set(path, drives.get(name)!.id);

  return {
    drives: [...drives.values()].sort((a, b) => byName(a.name, b.name)),
    partitions: partitionsOf(graph, driveIdOf).sort((a, b) => byName(a.name, b.name)),
  };
}

function createGraph(found: Iterable<BlockDevice>): Graph {
  const devices = new Map<string, BlockDevice>();
  for (const device of found) devices.set(device.name, device);
  const children = new Map<string, BlockDevice[]>();
  for (const device of devices.values()) {
    const emmc = emmcNameOf(device.name);
    const beneath = emmc ? [emmc] : [...device.parents];
    device.parents = new Set(beneath.filter((name) => name !== device.name && devices.has(name)));
    for (const name of device.parents) {
      children.set(name, [...children.get(name) ?? [], device]);
    }
  }

  function rootsOf(name: string, seen = new Set<string>()): string[] {
    // A tool that tells of a circle must not hang us.
    if (seen.has(name)) return [];
    seen.add(name);
    const parents = devices.get(name)?.parents ?? new Set();
    if (parents.size === 0) return [name];
    return [...new Set([...parents].flatMap((parent) => rootsOf(parent, seen)))];
  }
  return {
    devices,
    rootsOf: (name) => rootsOf(name),
    childrenOf: (name) => children.get(name) ?? [],
  };
}

/** The drives, each as the paths that lead to it: more than one only with multipath. */
function groupPaths(graph: Graph): BlockDevice[][] {
  const groups = new Map<string, BlockDevice[]>();
  for (const device of graph.devices.values()) {
    if (device.parents.size > 0 || isGhost(device)) continue;
    // An empty slot of a card reader is listed with no size: there is no drive.
    if (device.sizeBytes === 0) continue;
    if (!["disk", "rom"].includes(device.type) && !isReadable(device)) continue;
    const multipath = graph.childrenOf(device.name).find(({ type }) => type === "mpath");
    const key = multipath?.name ?? device.name;
    groups.set(key, [...groups.get(key) ?? [], device]);
  }
  return [...groups.values()].map((paths) => paths.sort((a, b) => byName(a.name, b.name)));
}

/** Words that stand where a vendor should: the PCI id of virtio, the SCSI layer over ATA. */
const noVendor = /^(0x[\da-f]{4}|ATA)$/i;

function toDrive(paths: BlockDevice[], graph: Graph): Drive {
  const device = paths[0]!;
  const bus = busOf(device);
  const { kind, evidence } = kindOf(device, bus);
  const { facts, from } = identityOf(device);
  const vendor = device.vendor?.trim();
  const several = paths.length > 1 ? `; paths: ${paths.map(({ name }) => name).join(", ")}` : "";
  const isEmmc = graph.childrenOf(device.name).some(({ name }) => emmcNameOf(name));
  return {
    id: createId("drv", facts),
    name: device.name,
    vendor: vendor && !noVendor.test(vendor) ? vendor : undefined,
    model: device.model?.trim() || undefined,
    serial: device.serial?.trim() || undefined,
    wwn: device.wwn?.trim() || undefined,
    sizeBytes: device.sizeBytes ?? 0,
    kind,
    evidence: `${evidence}; id from ${from}${several}`,
    bus,
    removable: device.removable || bus === "usb" || (kind === "sd" && !isEmmc),
  };
}

/** Two drives that claim to be one get ids of their own, and say so. */
function tellApart(drives: Drive[], { devices }: Graph): void {
  for (const twins of Map.groupBy(drives, ({ id }) => id).values()) {
    if (twins.length < 2) continue;
    const names = twins.map(({ name }) => name).join(", ");
    for (const twin of twins) {
      const place = devices.get(twin.name)?.address ?? twin.name;
      twin.id = createId("drv", [twin.id, String(twin.sizeBytes), place]);
      twin.evidence += `, size and place, for ${names} claim the same identity`;
    }
  }
}

/** sda before sdb before sdaa, nvme2 before nvme10. */
function byName(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
