/**
 * The device graph as a person reads it: each drive, and what stands on it.
 *
 * @module
 */
import type { DriveReport, GraphNode } from "../../../drives/mod.ts";
import { formatBytes, plain } from "../../terminal.ts";

/** Every drive with what stands on it, an array once under each of its drives. */
export function tree(report: DriveReport): string {
  const { drives, volumes, graph } = report;
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const above = Map.groupBy(graph.edges, ({ to }) => to);

  function linesOf(id: string, indent: string, seen: readonly string[]): string[] {
    // Nothing real is so deep, and a circle in what a tool told must end.
    if (seen.includes(id) || seen.length > 40) return [];
    const children = above.get(id) ?? [];
    return children.flatMap(({ from, role }, index) => {
      const isLast = index === children.length - 1;
      const node = nodes.get(from);
      const line = `${indent}${isLast ? "└─" : "├─"} ${node ? label(node) : from}`;
      const deeper = linesOf(from, `${indent}${isLast ? "   " : "│  "}`, [...seen, id]);
      return [role ? `${line}  (${role})` : line, ...deeper];
    });
  }

  function label({ id, type, name, layer, sizeBytes }: GraphNode): string {
    const size = sizeBytes ? formatBytes(sizeBytes) : undefined;
    const volume = volumes.find((one) => one.id === id);
    if (!volume) return words(name, layer ?? type, size);
    const where = volume.mountPoints.length > 0
      ? `at ${volume.mountPoints.join(", ")}`
      : "not mounted";
    const label = volume.label && `"${volume.label}"`;
    const { freeBytes } = volume;
    const free = freeBytes === undefined ? undefined : `${formatBytes(freeBytes)} free`;
    return words(`volume ${id}`, volume.fileSystem, label, size, free, where);
  }

  return drives.flatMap(({ id, name, kind, sizeBytes, model, serial }) => [
    words(
      name,
      kind,
      sizeBytes ? formatBytes(sizeBytes) : "?",
      model,
      serial && `serial ${serial}`,
      id,
    ),
    ...linesOf(id, "", []),
  ]).join("\n");
}

function words(...all: (string | undefined)[]): string {
  return all.filter(Boolean).map((it) => plain(it!)).join("  ");
}
