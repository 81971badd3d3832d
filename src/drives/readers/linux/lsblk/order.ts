/**
 * What stands on what in an answer of lsblk that does not say so.
 *
 * Pairs and raw lines come in the order of the tree, and what has two parents comes under each: so
 * the disk beneath a layer is the last one named before it, and its parent lies between the two.
 * A list comes in the order of device numbers, and that says nothing.
 *
 * @module
 */
import { emmcNameOf, type Finding, isGhost } from "../../../graph/block.ts";

type Device = Finding & { parents: Set<string> };

/** Signatures of a device that carries another one of this type. */
const carriers: [type: RegExp, fileSystem: RegExp][] = [
  [/^lvm$/, /^lvm\d_member$/i],
  [/^crypt$/, /^(crypto_luks|bitlocker)$/i],
  [/^(raid\d+|linear|md|faulty)$/, /_raid_member$/i],
  [/^mpath$/, /^mpath_member$/i],
  [/^bcache$/, /^bcache$/i],
];

const bottoms = new Set(["disk", "rom", "loop"]);

/** Adds the parents that the order of the lines gives. */
export function guessParents(lines: Device[]): void {
  if (isSorted(lines)) return;
  /** From the disk down to the line before. */
  let chain: Device[] = [];
  for (const device of lines) {
    if (bottoms.has(device.type ?? "")) {
      chain = [device];
      continue;
    }
    if (device.parents.size > 0 && device.type === "part") {
      chain = [...upTo(chain, device.parents), device];
      continue;
    }
    const at = parentIn(chain, device);
    if (at < 0) continue;
    device.parents.add(chain[at]!.name);
    chain = [...chain.slice(0, at + 1), device];
  }
}

/** Where there is one disk, all layers are on it, in whatever order they were printed. */
export function guessFromOnlyDisk(lines: Device[]): void {
  const devices = [...new Set(lines)];
  const disks = devices.filter((one) =>
    one.type === "disk" && !isGhost(one) && !emmcNameOf(one.name) && one.sizeBytes !== 0
  );
  const [disk] = disks;
  if (!disk || disks.length > 1) return;
  for (const device of devices) {
    if (bottoms.has(device.type ?? "") || device.parents.size > 0) continue;
    const carries = carriers.find(([type]) => type.test(device.type ?? ""))?.[1];
    const fitting = devices.filter(({ fileSystem }) =>
      fileSystem !== undefined && carries?.test(fileSystem)
    );
    const [only = disk] = fitting;
    device.parents.add(fitting.length > 1 ? disk.name : only.name);
  }
}

/** Where in the chain the parent of this device is: by its signature, else the line before. */
function parentIn(chain: Device[], device: Device): number {
  const carries = carriers.find(([type]) => type.test(device.type ?? ""))?.[1];
  const bySignature = chain.findLastIndex(({ fileSystem }) =>
    fileSystem !== undefined && carries?.test(fileSystem)
  );
  if (bySignature >= 0) return bySignature;
  const last = chain.length - 1;
  // One volume after another is its brother.
  const isBrother = chain[last]?.type === device.type && !bottoms.has(device.type ?? "");
  return isBrother ? last - 1 : last;
}

function upTo(chain: Device[], parents: Set<string>): Device[] {
  const at = chain.findIndex(({ name }) => parents.has(name));
  return at < 0 ? [] : chain.slice(0, at + 1);
}

/** Somebody had it sorted by name: then the order says nothing. */
function isSorted(lines: Device[]): boolean {
  const names = lines.map(({ name, mapperName }) => mapperName ?? name);
  const disks = lines.filter(({ type }) => type === "disk").length;
  return disks > 1 && names.every((name, at) => at === 0 || names[at - 1]! < name);
}
