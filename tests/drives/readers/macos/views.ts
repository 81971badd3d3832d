/** Reports as short lists, to be compared with what a person read in a capture. @module */
import type { DriveReport, Volume } from "../../../../src/drives/drive.ts";
import { pictureOf } from "../../../../src/drives/readers/mod.ts";
import { sharedText } from "../../../helpers/shared_fixtures.ts";

/** The picture of recordings of one machine, by their paths below the folder of macOS. */
export function shown(...paths: string[]): DriveReport {
  return pictureOf(paths.map((path) => ({ name: path, text: sharedText(`macos/${path}`) })));
}

export function told(...texts: string[]): DriveReport {
  return pictureOf(texts.map((text) => ({ text })));
}

/** "disk2 usb 1000204140544 SanDisk: Extreme SSD #SERIAL". */
export function drives({ drives }: DriveReport): string[] {
  return drives.map(({ name, kind, vendor, model, serial, sizeBytes }) =>
    [
      `${name} ${kind} ${sizeBytes}`,
      ...vendor ? [`${vendor}:`] : [],
      ...model ? [model] : [],
      ...serial ? [`#${serial}`] : [],
    ].join(" ")
  );
}

/** "disk0s2 on disk0 250135076864". */
export function partitions(report: DriveReport): string[] {
  return report.partitions.map(({ name, driveIds, sizeBytes }) =>
    `${name} on ${names(driveIds, report)} ${sizeBytes}`
  );
}

/** "disk1s1 on disk0 apfs 'Macintosh HD' /". */
export function volumes(report: DriveReport): string[] {
  return report.volumes.map((volume) => volumeLine(volume, report));
}

function volumeLine(volume: Volume, report: DriveReport): string {
  const { name, driveIds, fileSystem = "?", label, mountPoints } = volume;
  const title = label === undefined ? "" : ` '${label}'`;
  const on = names(driveIds, report);
  return [`${name} on ${on} ${fileSystem}${title}`, ...mountPoints].join(" ");
}

/** What each thing stands on, without what volumes stand on: "disk1 (apfs container) → disk0s2". */
export function edges({ graph: { nodes, edges } }: DriveReport): string[] {
  const known = new Map(nodes.map((node) => [node.id, node]));
  return edges.flatMap(({ from, to, role }) => {
    const [upper, lower] = [known.get(from)!, known.get(to)!];
    if (upper.type === "volume") return [];
    const layer = upper.layer ? ` (${upper.layer})` : "";
    return [`${upper.name}${layer} → ${lower.name}${role ? ` as ${role}` : ""}`];
  }).sort();
}

function names(ids: string[], { drives }: DriveReport): string {
  const found = ids.map((id) => drives.find((drive) => drive.id === id)?.name ?? id);
  return found.sort().join("+") || "nothing";
}

/** A property list around `body`. */
export function plist(body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">${body}</plist>\n`;
}

type Value = string | number | boolean | Value[] | { [key: string]: Value };

/** The same from values. */
export function toPlist(value: Value): string {
  return plist(xml(value));
}

function xml(value: Value): string {
  if (typeof value === "string") return `<string>${value.replaceAll("&", "&amp;")}</string>`;
  if (typeof value === "number") return `<integer>${value}</integer>`;
  if (typeof value === "boolean") return `<${value}/>`;
  if (Array.isArray(value)) return `<array>${value.map(xml).join("")}</array>`;
  const entries = Object.entries(value).map(([key, item]) => `<key>${key}</key>${xml(item)}`);
  return `<dict>${entries.join("")}</dict>`;
}
