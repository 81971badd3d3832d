/**
 * Files and folders: whether they are there, where they lie, and that they stay.
 *
 * @module
 */
import * as here from "node:path";
import { currentPlatform } from "./platform.ts";

/** Whether something has this name, be it a link that leads nowhere. @throws nobody can tell */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Whether a folder within `root` is reached through a link, be it one itself: it lies elsewhere. */
export async function isLinked(folder: string, root: string): Promise<boolean> {
  let path = root;
  for (const name of here.relative(root, folder).split(here.sep).filter(Boolean)) {
    path = here.join(path, name);
    try {
      if ((await Deno.lstat(path)).isSymlink) return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }
  return false;
}

/**
 * Holds a name against other programs and against others in this one, by a locked file that goes with
 * it; a program that is killed holds it no more. Undefined: somebody else has it.
 *
 * @throws the file cannot be made
 */
export async function holdName(path: string): Promise<AsyncDisposable | undefined> {
  const file = await Deno.open(path, { create: true, write: true });
  // Not every file system has locks: there the name alone has to do.
  const isHeld = await file.tryLock(true).catch(() => true);
  const [held, there] = [await file.stat(), await Deno.stat(path).catch(() => undefined)];
  // Whoever had it may have let it go, and the file with it, since it was opened here.
  if (!isHeld || held.ino !== there?.ino) {
    file.close();
    return undefined;
  }
  return {
    async [Symbol.asyncDispose]() {
      await Deno.remove(path).catch(() => {}); // its folder may be gone
      file.close();
    },
  };
}

/**
 * Resolves when the names in a folder are on the disk. Only Unix opens folders; what keeps none of
 * its names apart needs no more.
 */
export async function syncFolder(path: string): Promise<void> {
  if (currentPlatform() === "windows") return;
  using folder = await Deno.open(path);
  try {
    await folder.sync();
  } catch (error) {
    if ((error as { code?: string }).code !== "EINVAL") throw error; // of some servers
  }
}

/** Of node:path, or of one of its platforms. */
type Paths = Pick<typeof here, "relative" | "isAbsolute" | "sep">;

/**
 * Whether an absolute path lies in a folder, however deep; by the names alone, so both are to be real
 * where links matter. On Windows "c:\films" is "C:\Films".
 */
export function isBelow(path: string, folder: string, paths: Paths = here): boolean {
  const inside = paths.relative(folder, path);
  return inside !== "" && isInside(inside, paths);
}

/** Below, or the folder itself. */
export function isWithin(path: string, folder: string, paths: Paths = here): boolean {
  return isInside(paths.relative(folder, path), paths);
}

/** Another drive has no relative path; "..x" is a name like others. */
function isInside(inside: string, { isAbsolute, sep }: Paths): boolean {
  return inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}
