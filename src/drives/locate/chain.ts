/**
 * The walk from a volume down the device graph to its drives, every layer a step.
 *
 * @module
 */
import type { Drive, DriveReport, GraphEdge, GraphNode, Volume } from "../drive.ts";
import type { Mount } from "../graph/mount_info.ts";
import type { Step } from "./location.ts";

/** `volume` itself and all that it stands on, each once, the uppermost first. */
export function stepsDown(volume: Volume, { graph, drives }: DriveReport): Step[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const beneath = Map.groupBy(graph.edges, ({ from }) => from);
  const seen = new Set<string>([volume.id]);
  const steps: Step[] = [volumeStep(volume)];

  const visit = (id: string) => {
    for (const edge of beneath.get(id) ?? []) {
      const node = nodes.get(edge.to);
      if (!node || seen.has(node.id)) continue;
      seen.add(node.id);
      steps.push(nodeStep(node, edge, drives.find((one) => one.id === node.id)));
      visit(node.id);
    }
  };
  visit(volume.id);

  // A graph of an older detection may lack it; the volume knows its drives itself.
  for (const id of volume.driveIds.filter((id) => !seen.has(id))) {
    const drive = drives.find((one) => one.id === id);
    const node: GraphNode = { id, type: "drive", name: drive?.name ?? id };
    steps.push(nodeStep(node, undefined, drive));
  }
  return steps;
}

export function mountStep({ mountPoint, fileSystem, source, deviceNumber, root }: Mount): Step {
  const part = root === "/" ? "" : `, its folder ${root}`;
  const text = `mount ${mountPoint} (${fileSystem}, ${source}, ${deviceNumber}${part})`;
  return { type: "mount", name: mountPoint, text };
}

export function laneStep(id: string, why: string): Step {
  return { type: "lane", id, name: id, text: `${id}: ${why}` };
}

function volumeStep({ id, name, label, fileSystem }: Volume): Step {
  const facts = [fileSystem, label && `"${label}"`].filter(Boolean).join(" ");
  return { type: "volume", id, name, text: `volume ${name}${facts && ` (${facts})`}, ${id}` };
}

function nodeStep(node: GraphNode, edge: GraphEdge | undefined, drive: Drive | undefined): Step {
  const { id, type, name, layer } = node;
  const role = edge?.role;
  const as = role ? `, as ${role}` : "";
  const text = type === "layer"
    ? `${layer ?? "layer"} ${name}${as}`
    : type === "drive"
    ? `drive ${name}${as} (${driveFacts(drive)}${id})`
    : `${type} ${name}${as}, ${id}`;
  return { type, id, name, ...role && { role }, text };
}

function driveFacts(drive: Drive | undefined): string {
  if (!drive) return "";
  const { kind, vendor, model, serial } = drive;
  const product = [vendor, model].filter(Boolean).join(" ");
  return [kind, product, serial && `serial ${serial}`].filter(Boolean).map((it) => `${it}, `)
    .join("");
}
