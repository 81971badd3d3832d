/**
 * A second look at files that a walk has not found, before they count as missing: a volume that was
 * pulled and came back to its place in the middle of the walk has shown nothing, and lacks nothing.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { UnavailableError } from "../../../base/errors.ts";
import type { Touch } from "../walk/touch.ts";
import type { GoneStore } from "./store.ts";

export interface SecondLookDeps {
  store: Pick<GoneStore, "pathsOf">;
  touch: Touch;
}

/** Of so many each is looked at. Of more some are, and all are believed if none of them is there. */
export const MOST_LOOKS = 2000;
/** In one turn of the drive. */
const LOOKS_AT_ONCE = 32;

/**
 * What a media folder lies on, by its file system's number; undefined where there is none. Numbers
 * are given anew with each mount.
 *
 * @throws {UnavailableError} its file system does not answer
 */
export function deviceOf(root: string, touch: Touch): Promise<number | undefined> {
  return touch(root, async () => {
    try {
      return (await Deno.stat(root)).dev;
    } catch {
      return undefined; // the walk says why
    }
  });
}

/**
 * Those of a root's files that are still not there. None where the root lies on another file system
 * than it did when its walk began, or on one that does not answer: the next scan will know.
 */
export async function lookAgain(
  rowids: readonly number[],
  { root, device }: { root: string; device: number | undefined },
  { store, touch }: SecondLookDeps,
): Promise<readonly number[]> {
  const isSame = async () => await deviceOf(root, touch) === device;
  try {
    if (rowids.length === 0 || !await isSame()) return [];
    const absent: number[] = [];
    const looked = someOf(rowids);
    const listings = new Map<string, Set<string>>();
    for (let at = 0; at < looked.length; at += LOOKS_AT_ONCE) {
      const some = store.pathsOf(looked.slice(at, at + LOOKS_AT_ONCE));
      const areAbsent = await touch(
        root,
        () => Promise.all(some.map(({ path }) => isAbsent(join(root, path), listings))),
      );
      absent.push(...some.filter((_, index) => areAbsent[index]).map(({ rowid }) => rowid));
      listings.clear();
    }
    if (!await isSame()) return [];
    if (looked.length === rowids.length) return absent;
    return absent.length === looked.length ? rowids : [];
  } catch (error) {
    if (error instanceof UnavailableError) return [];
    throw error;
  }
}

function someOf(rowids: readonly number[]): readonly number[] {
  if (rowids.length <= MOST_LOOKS) return rowids;
  const step = rowids.length / MOST_LOOKS;
  return Array.from({ length: MOST_LOOKS }, (_, index) => rowids[Math.floor(index * step)]!);
}

/**
 * Whether a walk would not find a file here. One that answers to its name may still go by another
 * (where "a" and "A" are one), be no file, or be seen only by a link.
 */
async function isAbsent(path: string, listings: Map<string, Set<string>>): Promise<boolean> {
  try {
    if (!(await Deno.lstat(path)).isFile) return true;
    const folder = dirname(path);
    if (await Deno.realPath(folder) !== folder) return true;
    const names = listings.get(folder) ?? await namesIn(folder);
    listings.set(folder, names);
    return !names.has(basename(path));
  } catch (error) {
    // Whatever else is wrong: nobody knows that it is gone.
    return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
  }
}

async function namesIn(folder: string): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { name } of Deno.readDir(folder)) names.add(name);
  return names;
}
