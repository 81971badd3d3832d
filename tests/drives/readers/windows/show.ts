/** A picture in short lines, so that a test shows what it expects. @module */
import { pictureOf } from "../../../../src/drives/readers/mod.ts";
import type { DriveReport } from "../../../../src/drives/drive.ts";
import { sharedText } from "../../../helpers/shared_fixtures.ts";

/** The picture that files of one machine give together. */
export function pictureOfShared(...paths: string[]): DriveReport {
  return pictureOf(paths.map((path) => ({ text: sharedText(`windows/${path}`), name: path })));
}

/** "PhysicalDrive0 nvme SAMSUNG … serial 512110190592". */
export function drivesIn({ drives }: DriveReport): unknown[][] {
  return drives.map(({ name, kind, model, serial, sizeBytes }) => [
    name,
    kind,
    model,
    serial,
    sizeBytes,
  ]);
}

/** Name, file system, label, mount points and the names of the drives beneath. */
export function volumesIn({ volumes, drives }: DriveReport): unknown[][] {
  const nameOf = new Map(drives.map(({ id, name }) => [id, name]));
  return volumes.map(({ name, fileSystem, label, mountPoints, driveIds }) => [
    name,
    fileSystem,
    label,
    mountPoints.join(" "),
    driveIds.map((id) => nameOf.get(id)).sort().join(" "),
  ]);
}

/** "volume C: → partition Harddisk0Partition3", without those of `graph` that nobody asked for. */
export function edgesIn({ graph }: DriveReport): string[] {
  const nodes = new Map(graph.nodes.map(({ id, type, layer, name }) => [
    id,
    `${layer ?? type} ${name}`,
  ]));
  return graph.edges.map(({ from, to, role }) =>
    `${nodes.get(from)} → ${nodes.get(to)}${role ? ` (${role})` : ""}`
  );
}
