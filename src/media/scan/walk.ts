/**
 * Walks a media folder and yields its media files, a folder at a time.
 *
 * @module
 */
import { join } from "node:path";
import { type FileState, stateOf } from "../file_state.ts";
import { extensionOf } from "../media.ts";
import { TRASH_FOLDER } from "../trash/folder.ts";

export interface FoundFile extends FileState {
  /** Inside the root, always with "/". */
  relativePath: string;
}

/** Something in a folder that cannot be used, and why; the walk goes on. */
export interface WalkIssue {
  path: string;
  /** Everything below `path` is unknown now, not gone. */
  folder: boolean;
  problem: string;
}

export interface WalkedFolder {
  files: FoundFile[];
  issues: WalkIssue[];
}

export interface WalkOptions {
  /** Lower case, with the dot. */
  extensions: ReadonlySet<string>;
  /** Folder names, or absolute paths, that are passed over. */
  excludeDirs: ReadonlySet<string>;
  signal: AbortSignal;
  touch?: Touch;
}

/** Works on the file system of a path, and gives up when that does not answer: see drives/mounts. */
export type Touch = <T>(path: string, work: (alive: () => void) => Promise<T>) => Promise<T>;

/** For those who know that nothing hangs. */
export const touchFreely: Touch = (_, work) => work(() => {});

/**
 * Yields one result for each folder below `root`, which has its links resolved. Symbolic links are
 * not followed: what they point to is either in another media folder or none of our business.
 */
export async function* walk(
  root: string,
  { extensions, excludeDirs, signal, touch = touchFreely }: WalkOptions,
): AsyncGenerator<WalkedFolder> {
  const folders = [""];
  while (folders.length > 0) {
    signal.throwIfAborted();
    const folder = folders.pop()!;
    const { entries, issue } = await list(join(root, folder), touch);
    if (issue) yield { files: [], issues: [issue] };

    const subfolders: string[] = [];
    const names: string[] = [];
    const issues: WalkIssue[] = [];
    for (const { name, isDirectory, isFile, isSymlink } of entries) {
      const relativePath = folder ? `${folder}/${name}` : name;
      if (isDirectory) {
        if (name === TRASH_FOLDER) continue;
        if (excludeDirs.has(name) || excludeDirs.has(join(root, relativePath))) continue;
        subfolders.push(relativePath);
      } else if (isSymlink) {
        const problem = await linkProblem(join(root, relativePath), extensions, touch);
        if (problem) issues.push({ path: join(root, relativePath), folder: false, problem });
      } else if (isFile && extensions.has(extensionOf(name))) {
        names.push(relativePath);
      }
    }
    folders.push(...subfolders.sort().reverse());

    for (let at = 0; at < names.length || issues.length > 0; at += FILES_AT_ONCE) {
      signal.throwIfAborted();
      const some = names.slice(at, at + FILES_AT_ONCE);
      const found = await statAll(root, folder, some, touch);
      const files = found.filter((it) => "relativePath" in it);
      yield { files, issues: [...issues.splice(0), ...found.filter((it) => "problem" in it)] };
    }
  }
}

/** The most files in one result. */
const FILES_AT_ONCE = 64;
/**
 * Questions for files under way at once; more are no faster. Each that hangs keeps one of the 32
 * threads that Deno has for all files, for as long as its file system hangs.
 */
const STATS_AT_ONCE = 8;

async function list(
  path: string,
  touch: Touch,
): Promise<{ entries: Deno.DirEntry[]; issue?: WalkIssue }> {
  const entries: Deno.DirEntry[] = [];
  try {
    await touch(path, async (alive) => {
      for await (const entry of Deno.readDir(path)) {
        entries.push(entry);
        alive();
      }
    });
    return { entries };
  } catch (error) {
    return { entries, issue: { path, folder: true, problem: explain(error, "folder") } };
  }
}

async function statAll(
  root: string,
  folder: string,
  names: string[],
  touch: Touch,
): Promise<(FoundFile | WalkIssue)[]> {
  try {
    return await touch(join(root, folder), async (alive) => {
      const found: (FoundFile | WalkIssue)[] = [];
      const waiting = names.entries();
      const ask = async () => {
        for (const [at, name] of waiting) found[at] = await stat(root, name).finally(alive);
      };
      await Promise.all(Array.from({ length: STATS_AT_ONCE }, ask));
      return found;
    });
  } catch (error) {
    // Nobody answers any more: these files are unknown, and so is what lies below.
    return [{ path: join(root, folder), folder: true, problem: explain(error, "folder") }];
  }
}

async function stat(root: string, relativePath: string): Promise<FoundFile | WalkIssue> {
  const path = join(root, relativePath);
  try {
    return { relativePath, ...stateOf(await Deno.lstat(path)) };
  } catch (error) {
    return { path, folder: false, problem: explain(error, "file") };
  }
}

/** What to tell about a link; nothing where it leads to something that is no media. */
async function linkProblem(
  path: string,
  extensions: ReadonlySet<string>,
  touch: Touch,
): Promise<string | undefined> {
  try {
    const { isDirectory, isFile } = await touch(path, () => Deno.stat(path));
    if (isDirectory) {
      const target = await touch(path, () => Deno.realPath(path));
      const loops = path === target || path.startsWith(target + "/");
      return loops
        ? "The link leads back to a folder above it: it is not followed"
        : "Links are not followed: add the folder it leads to as a media folder";
    }
    if (isFile && extensions.has(extensionOf(path))) {
      return "Links are not followed: add the folder of the file it leads to as a media folder";
    }
  } catch (error) {
    const loop = (error as { code?: string }).code === "ELOOP";
    if (loop) return "The link leads round in a circle: it is not followed";
    if (extensions.has(extensionOf(path))) return "The link leads nowhere";
  }
}

/** A reading failure in words for the folder's owner. */
export function explain(error: unknown, what: "file" | "folder"): string {
  if (error instanceof Deno.errors.PermissionDenied) {
    return `The ${what} may not be read: give this user the right to read it`;
  }
  if (error instanceof Deno.errors.NotFound) {
    return `The ${what} is not there (any more), or its name is not valid UTF-8`;
  }
  return `The ${what} cannot be read: ${error instanceof Error ? error.message : error}`;
}
