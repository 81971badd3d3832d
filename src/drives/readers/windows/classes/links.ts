/**
 * The associations of drives, partitions and letters. A letter whose volume stands on several
 * partitions, of dynamic disks, is told once for each of them.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { diskPartition, driveIndexIn, driveName, letterIn, referencesIn } from "../names.ts";
import { type Row, text } from "../row.ts";

export function links(rows: readonly Row[]): Finding[] {
  return rows.flatMap((row) => {
    const told = `${text(row, "Antecedent") ?? ""}\n${text(row, "Dependent") ?? ""}`;
    const keys = referencesIn(told).map(({ key }) => key);
    // What is named without its class.
    if (keys.length < 2) keys.splice(0, keys.length, ...told.split("\n"));
    const [above] = keys;
    const drive = keys.map(driveIndexIn).find((index) => index !== undefined);
    const partition = keys.map(diskPartition).find(Boolean);
    const letter = keys.map((key) => letterIn(key.trim())).find(Boolean);
    if (!above || !partition) return [];
    // A name is all that is known of them here: a tool that lists them knows better.
    const index = drive ?? partition.index;
    const found: Finding[] = [
      { name: driveName(index), type: "disk", mentioned: true },
      { name: partition.name, type: "part", parents: [driveName(index)] },
    ];
    if (letter) {
      found.push({
        name: letter,
        type: "volume",
        parents: [partition.name],
        mountPoints: [`${letter}\\`],
      });
    }
    return found;
  });
}
