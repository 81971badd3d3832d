/**
 * What a report says, in lines that a person can compare with the capture it was made of.
 *
 * @module
 */
import type { DriveReport } from "../../../../src/drives/drive.ts";
import { pictureOf } from "../../../../src/drives/readers/mod.ts";
import { sharedText } from "../../../helpers/shared_fixtures.ts";

export interface Picture {
  report: DriveReport;
  /** "sda hdd 1000204886016 WDC WD10EZEX / WD-123", in the order of names. */
  drives: string[];
  /** "sda1 on sda" */
  partitions: string[];
  /** "sda1 ext4 "Films" on sda at /srv /films" */
  volumes: string[];
  /** "vg-root > sda3", "bcache0 > nvme0n1p1 (cache)"; without volumes and plain partitions. */
  edges: string[];
}

/** The picture that recordings of the shared folder give together. */
export function shared(...paths: string[]): Picture {
  return toPicture(pictureOf(paths.map((path) => {
    const name = `linux/${path}`;
    return { text: sharedText(name), name };
  })));
}

export function told(...texts: string[]): Picture {
  return toPicture(pictureOf(texts.map((text) => ({ text }))));
}

export function toPicture(report: DriveReport): Picture {
  const { drives, partitions, volumes, graph } = report;
  const order = drives.map(({ name }) => name);
  const namesOf = (ids: string[]) => {
    const names = ids.map((id) => drives.find((drive) => drive.id === id)?.name ?? `?${id}`);
    return names.sort((a, b) => order.indexOf(a) - order.indexOf(b)).join(",");
  };
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const edges = graph.edges.flatMap(({ from, to, role }) => {
    const [above, below] = [nodes.get(from)!, nodes.get(to)!];
    if (above.type === "volume") return [];
    if (above.type === "partition" && below.type === "drive") return [];
    return [`${above.name} > ${below.name}${role ? ` (${role})` : ""}`];
  });
  return {
    report,
    drives: drives.map(({ name, kind, sizeBytes, model, serial }) =>
      `${name} ${kind} ${sizeBytes} ${model ?? "-"} / ${serial ?? "-"}`
    ),
    partitions: partitions.map(({ name, driveIds }) => `${name} on ${namesOf(driveIds)}`),
    volumes: volumes.map(({ name, fileSystem, label, driveIds, mountPoints }) =>
      [
        name,
        fileSystem ?? "-",
        ...label ? [`"${label}"`] : [],
        "on",
        namesOf(driveIds),
        ...mountPoints.length > 0 ? ["at", ...mountPoints] : [],
      ].join(" ")
    ),
    edges: edges.sort(),
  };
}
