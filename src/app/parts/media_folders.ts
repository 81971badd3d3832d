/**
 * The media folders as they are on this machine now: absolute, links resolved, none inside another.
 *
 * @module
 */
import { homedir } from "node:os";
import { resolve } from "node:path";
import { isBelow } from "../../base/files.ts";

/** Follows links as far as file systems answer: a drive that hangs must not hold up the rest. */
export type RealPath = (path: string) => Promise<string>;

export async function resolveFolders(
  folders: readonly string[],
  realPath: RealPath,
): Promise<string[]> {
  const resolved = await Promise.all(folders.map((folder) => resolveFolder(folder, realPath)));
  const all = [...new Set(resolved)];
  return all.filter((folder) => !all.some((other) => isBelow(folder, other)));
}

/** A folder that is not there now keeps its name: its drive may come back. */
export async function resolveFolder(folder: string, realPath: RealPath): Promise<string> {
  const absolute = resolve(folder.replace(/^~(?=$|[/\\])/, homedir()));
  return await realPath(absolute);
}
