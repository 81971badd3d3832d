/**
 * From block devices to drives, partitions, volumes and the graph between them: what is a physical
 * drive, and which drives lie beneath each file system, through every layer in between.
 *
 * @module
 */
import type { Drive, DriveReport } from "../drive.ts";
import { type BlockDevice, byName, emmcNameOf, type Graph, isGhost } from "./block.ts";
import { type Findings, gather } from "./gather.ts";
import { createId, identityOf } from "./identity.ts";
import { busOf, kindOf } from "./kind.ts";
import { graphOf } from "./nodes.ts";
import { partitionsOf } from "./partitions.ts";
import { createGraph } from "./stack.ts";
import { isReadable, volumesOf } from "./volumes.ts";

/** Decides what is what. Pure: the same findings give the same report. */
export function describe(findings: readonly Findings[]): DriveReport {
  const graph = createGraph(gather(findings));
  const drives = new Map<string, Drive>();
  const driveIdOf = new Map<string, string>();
  for (const paths of groupPaths(graph)) {
    const drive = toDrive(paths, graph);
    drives.set(paths[0]!.name, drive);
    for (const { name } of paths) driveIdOf.set(name, paths[0]!.name);
  }
  tellApart([...drives.values()], graph);
  for (const [path, name] of driveIdOf) driveIdOf.set(path, drives.get(name)!.id);

  const volumes = volumesOf(graph, driveIdOf);
  const partitions = partitionsOf(graph, driveIdOf, volumes);
  const known = {
    drives: [...drives.values()].sort((a, b) => byName(a.name, b.name)),
    partitions: partitions.sort((a, b) => byName(a.name, b.name)),
    volumes: volumes.sort((a, b) => byName(a.name, b.name)),
  };
  return { ...known, graph: graphOf(graph, driveIdOf, known) };
}

/** The drives, each as the paths that lead to it: more than one only with multipath. */
function groupPaths(graph: Graph): BlockDevice[][] {
  const groups = new Map<string, BlockDevice[]>();
  const disksAreKnown = [...graph.devices.values()].some((device) =>
    device.type === "disk" && device.parents.size === 0 && !isGhost(device) &&
    !/^zd\d/.test(device.name)
  );
  for (const device of graph.devices.values()) {
    if (device.parents.size > 0 || isGhost(device)) continue;
    // An empty slot of a card reader is listed with no size: there is no drive.
    if (device.sizeBytes === 0 && device.type !== "rom") continue;
    // Windows tells of volumes apart from the disks beneath them; nobody told which these are.
    if (device.type === "volume") continue;
    if ((isMinor(device) || isSlot(device)) && !isUsed(device, graph)) continue;
    const isLayer = !["disk", "rom", "server", "floppy"].includes(device.type);
    // A layer stands for the disk that no tool shows; where disks are shown, it is on one of them,
    // and nobody told on which. A mere name stands for nothing.
    const isOnSome = device.mentioned || (disksAreKnown && linuxLayer.test(device.type));
    // A volume of ZFS is a disk to its users, and on the disks of its pool.
    if (/^zd\d/.test(device.name) && disksAreKnown) continue;
    if (isLayer && (isOnSome || !holdsFiles(device, graph))) continue;
    const multipath = graph.childrenOf(device.name).find(({ type }) => type === "mpath");
    const key = multipath?.name ?? device.name;
    groups.set(key, [...groups.get(key) ?? [], device]);
  }
  return [...groups.values()].map((paths) => paths.sort((a, b) => byName(a.name, b.name)));
}

const linuxLayer = /^(part|lvm|crypt|dm|mpath|dmraid|bcache|md|raid\d+|linear|zpool|integrity)$/;

/** A floppy drive, or the flash of a board's firmware: a drive only to who keeps files on it. */
function isMinor({ name, type }: BlockDevice): boolean {
  return type === "floppy" || /^(fd|mtdblock|ubiblock)\d/.test(name);
}

/** A card reader of which nobody told a size, with nothing on it. */
function isSlot({ sizeBytes, model }: BlockDevice): boolean {
  return sizeBytes === undefined &&
    /\b(SD|MMC|MS|CF|xD|SM)\b.*(\/|memory ?stick|card|reader)|(multi|flash|card)[ _-]?(card|reader)|memorystick|-CRW\b/i
      .test(model ?? "");
}

/** Whether somebody could open something on it, or on what stands on it. */
function holdsFiles(device: BlockDevice, graph: Graph, seen = new Set<string>()): boolean {
  if (seen.has(device.name)) return false;
  seen.add(device.name);
  return isReadable(device) ||
    graph.childrenOf(device.name).some((child) => holdsFiles(child, graph, seen));
}

function isUsed(device: BlockDevice, graph: Graph): boolean {
  return isReadable(device) || graph.childrenOf(device.name).length > 0;
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
    // A server's lane has its name in it, so that a person can say "net:nas=2".
    id: device.type === "server" ? device.name : createId("drv", facts),
    name: device.name,
    vendor: vendor && !noVendor.test(vendor) ? vendor : undefined,
    model: device.model?.trim() || undefined,
    serial: device.serial?.trim() || undefined,
    wwn: device.wwn?.trim() || undefined,
    sizeBytes: device.sizeBytes ?? 0,
    kind,
    evidence: `${evidence}; id from ${from}${several}`,
    bus,
    rotationRpm: device.rotationRpm,
    removable: device.removable || bus === "usb" || (kind === "sd" && !isEmmc && bus !== "emmc"),
  };
}

/** Two drives that claim to be one get ids of their own, and say so. */
function tellApart(drives: Drive[], { devices }: Graph): void {
  for (const twins of Map.groupBy(drives, ({ id }) => id).values()) {
    if (twins.length < 2) continue;
    const names = twins.map(({ name }) => name).join(", ");
    // On macOS an address is that of a controller, and all disks on it have the same.
    const addresses = twins.map(({ name }) => devices.get(name)?.address);
    const isAddressOwn = new Set(addresses).size === twins.length;
    for (const twin of twins) {
      const address = isAddressOwn ? devices.get(twin.name)?.address : undefined;
      const place = address ?? twin.name;
      twin.id = createId("drv", [twin.id, String(twin.sizeBytes), place]);
      twin.evidence += `, size and place, for ${names} claim the same identity`;
    }
  }
}
