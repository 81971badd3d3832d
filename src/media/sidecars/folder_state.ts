/**
 * By which facts the sidecar files of a folder are taken to be unchanged: the folder's own time,
 * which changes with the names in it, and size and time of each of them.
 *
 * @module
 */
import { join } from "node:path";
import { extensionOf } from "../media.ts";
import { subtitleExtensions } from "./subtitles.ts";

export interface FolderState {
  /** Of the folder, in milliseconds since 1970. */
  modifiedMs: number;
  /** Name → size and time of each NFO file and subtitle, in order of name. */
  files: [name: string, sizeBytes: number, modifiedMs: number][];
}

const MAX_FILES = 20_000;
/** Some file systems tell times in steps of two seconds. */
const RECENT_MS = 3000;
const NEVER = -1;

/** Undefined of a folder that is not there, or cannot be read. Synchronous: for workers. */
export function stateOfFolder(path: string): FolderState | undefined {
  try {
    const changedMs = timeOf(Deno.statSync(path));
    // What is added within the same moment leaves the same time: it is looked at once more.
    const modifiedMs = Date.now() - changedMs < RECENT_MS ? NEVER : changedMs;
    const names: string[] = [];
    for (const { name, isFile } of Deno.readDirSync(path)) {
      const extension = isFile ? extensionOf(name) : "";
      const isSidecar = extension === ".nfo" || subtitleExtensions.has(extension);
      if (isSidecar && names.length < MAX_FILES) names.push(name);
    }
    return { modifiedMs, files: names.sort().flatMap((name) => look(path, name)) };
  } catch {
    return undefined;
  }
}

/** The state of a folder that is another now; an unchanged one costs a look at it and its sidecars. */
export function changedState(path: string, seen: FolderState): FolderState | undefined {
  try {
    const isSame = timeOf(Deno.statSync(path)) === seen.modifiedMs &&
      seen.files.every((file) => isEqual(file, look(path, file[0])[0]));
    return isSame ? undefined : stateOfFolder(path);
  } catch {
    return undefined; // whether its files are there is the walk's question
  }
}

/** Names of sidecars that are new, changed or gone. */
export function changedNames(before: FolderState, now: FolderState): string[] {
  const known = new Map(before.files.map((file) => [file[0], file]));
  const changed = now.files.filter((file) => !isEqual(file, known.get(file[0])));
  const present = new Set(now.files.map(([name]) => name));
  return [...changed.map(([name]) => name), ...[...known.keys()].filter((it) => !present.has(it))];
}

function look(path: string, name: string): FolderState["files"] {
  try {
    const info = Deno.statSync(join(path, name));
    return [[name, info.size, timeOf(info)]];
  } catch {
    return [];
  }
}

function isEqual(
  one: FolderState["files"][0],
  other: FolderState["files"][0] | undefined,
): boolean {
  return other !== undefined && one.every((it, index) => it === other[index]);
}

function timeOf({ mtime }: Deno.FileInfo): number {
  return Math.floor(mtime?.getTime() ?? 0);
}
