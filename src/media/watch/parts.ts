/**
 * How a media folder is watched that holds folders which this user may not read: the system refuses
 * to watch such a tree as a whole, so what can be read of it is watched piece by piece.
 *
 * @module
 */
import { join } from "node:path";
import { UnavailableError } from "../../base/errors.ts";

export interface WatchParts {
  /** Folders to watch with all below them. */
  whole: string[];
  /** Folders to watch themselves: somewhere below each, something is left out. */
  alone: Set<string>;
  /** Folders that may not be read. */
  leftOut: Set<string>;
}

/** With more than these left out, the rights of the tree are in disorder as a whole. */
const MAX_LEFT_OUT = 1000;

/**
 * Looks through all folders of a tree; follows links, as the system does.
 *
 * @throws {UnavailableError} too many of them may not be read
 */
export function watchParts(root: string): WatchParts {
  const parts: WatchParts = { whole: [], alone: new Set(), leftOut: new Set() };
  /** Whether all of a folder can be watched. @param above The folders that it lies in, by inode. */
  const isWhole = (folder: string, above: readonly string[]): boolean => {
    const below: string[] = [];
    let id: string;
    try {
      const { dev, ino } = Deno.statSync(folder);
      id = `${dev}:${ino}`;
      if (above.includes(id)) return true; // a link in a circle; the system leaves it as well
      for (const entry of Deno.readDirSync(folder)) {
        const path = join(folder, entry.name);
        if (entry.isDirectory || entry.isSymlink && isFolder(path)) below.push(path);
      }
    } catch (error) {
      // What is gone meanwhile is no hindrance.
      if (!(error instanceof Deno.errors.PermissionDenied)) return true;
      if (parts.leftOut.add(folder).size > MAX_LEFT_OUT) {
        const state = `more than ${MAX_LEFT_OUT} of its folders may not be read`;
        throw new UnavailableError(`Cannot watch "${root}": ${state}`);
      }
      return false;
    }
    const whole = below.filter((path) => isWhole(path, [...above, id]));
    if (whole.length === below.length) return true;
    parts.alone.add(folder);
    parts.whole.push(...whole);
    return false;
  };
  if (isWhole(root, [])) parts.whole.push(root);
  return parts;
}

/** Whether a folder is there, through links as well. */
export function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

export function isReadable(folder: string): boolean {
  try {
    Deno.readDirSync(folder)[Symbol.iterator]().next();
    return true;
  } catch {
    return false;
  }
}
