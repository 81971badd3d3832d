/**
 * Mounts that show other folders or an image: the union of what lies beneath, each part located by
 * itself. A part that nobody finds counts as unknown; it is never left out.
 *
 * @module
 */
import { reasonOf } from "../../base/errors.ts";
import { UNKNOWN_DRIVE } from "../drive.ts";
import type { FindMount, Mount } from "../graph/mount_info.ts";
import { type Beneath, beneath, branchesIn } from "./beneath.ts";
import { laneStep } from "./chain.ts";
import type { Location, Step } from "./location.ts";
import type { LocatorSystem } from "./system.ts";

export interface StackedDeps {
  system: LocatorSystem;
  /** Locates a folder beneath; it has no links to follow. */
  locate(path: string): Promise<Location>;
  mountOf: FindMount;
  /** How many such mounts stand on this one. */
  depth: number;
}

/** An image in an image in an image: nobody means that. */
const MAX_DEPTH = 6;

/** The drives beneath `mount`, and the steps that lead to them; undefined if it is not stacked. */
export async function locateStacked(
  mount: Mount,
  { system, locate, mountOf, depth }: StackedDeps,
): Promise<Pick<Location, "driveIds" | "chain"> | undefined> {
  const found = await partsOf(mount, system);
  if (!found) return undefined;
  const { type, paths, lost } = found;
  const driveIds = new Set<string>();
  const chain: Step[] = [];

  for (const path of depth < MAX_DEPTH ? paths : []) {
    const there = await exists(path);
    if (there === false) {
      lost.push(`${path} is not to be seen from here`);
    } else if (mountOf(path) === mount) {
      lost.push(`${path} lies outside of what this program sees`);
    } else {
      const part = await locate(path);
      chain.push({ type, name: path, text: `${type} ${path}` }, ...part.chain);
      for (const id of part.driveIds) driveIds.add(id);
    }
  }
  if (depth >= MAX_DEPTH) lost.push("too many of these stand on each other");
  for (const why of lost) {
    driveIds.add(UNKNOWN_DRIVE);
    chain.push(laneStep(UNKNOWN_DRIVE, why));
  }
  return driveIds.size > 0 ? { driveIds: [...driveIds], chain: once(chain) } : undefined;

  /** Undefined where nobody answers: then the name must do. */
  async function exists(path: string): Promise<boolean | undefined> {
    try {
      return await system.exists(path);
    } catch (error) {
      chain.push({ type: "note", name: path, text: reasonOf(error) });
    }
  }
}

interface Parts {
  type: "folder" | "image";
  paths: string[];
  /** What cannot be found, and why. */
  lost: string[];
}

async function partsOf(mount: Mount, system: LocatorSystem): Promise<Parts | undefined> {
  const kind = beneath(mount);
  if (kind) {
    const told = mount.fileSystem === "fuse.mergerfs"
      ? branchesIn(await system.branchesOf(mount.mountPoint))
      : [];
    const paths = told.length > 0
      ? told
      : [...kind.paths, ...await fromProgram(kind, mount, system)];
    const all = (await Promise.all(paths.map(system.expand))).flat();
    const lost = [...kind.lost ?? []];
    if (kind.fromProgram && all.length === 0) {
      lost.push(`the program behind ${mount.fileSystem} does not tell which folders it shows`);
    }
    return { type: "folder", paths: [...new Set(all)], lost };
  }
  if (mount.deviceNumber.startsWith("0:")) return undefined;
  const images = await system.imagesOf(mount.deviceNumber);
  return images.length > 0 ? { type: "image", paths: images, lost: [] } : undefined;
}

async function fromProgram(
  { fromProgram }: Beneath,
  { fileSystem, mountPoint }: Mount,
  system: LocatorSystem,
): Promise<string[]> {
  const program = /^fuse\.(\w+)/.exec(fileSystem)?.[1];
  if (!fromProgram || !program) return [];
  const args = await system.argumentsFor(program, mountPoint);
  const paths = args ? fromProgram(args) : [];
  // A name inside the folder in which the program was started leads us nowhere.
  return paths.every((path) => path.startsWith("/")) ? paths : [];
}

/** Branches often share their drives: each fact is said once, each branch by itself. */
function once(steps: Step[]): Step[] {
  const said = new Set<string>();
  return steps.filter(({ text }) => {
    const isNew = !said.has(text);
    said.add(text);
    return isNew;
  });
}
