/**
 * Moves one file within its volume, and says in words why that cannot be.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { ConflictError, DeniedError } from "../../base/errors.ts";
import { TRASH_FOLDER } from "./folder.ts";

/**
 * Renames a file to a path where nothing is; the folders on the way are made.
 *
 * @throws {ConflictError} it is gone, or that is another volume
 * @throws {DeniedError} the folder may not be changed
 */
export async function renameInto(from: string, to: string): Promise<void> {
  await inWords(from, async () => {
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.rename(from, to);
  });
}

/** As renameInto(), but never writes over what somebody else has put there. */
export async function moveBack(from: string, to: string): Promise<void> {
  await inWords(from, async () => {
    await Deno.mkdir(dirname(to), { recursive: true });
    try {
      await Deno.link(from, to); // refuses what is there already
    } catch (error) {
      const refused = [Deno.errors.AlreadyExists, Deno.errors.NotFound];
      if (refused.some((type) => error instanceof type)) throw error;
      return await Deno.rename(from, to); // a file system without links
    }
    await Deno.remove(from);
  });
}

/** Up to the trash itself, which stays. */
export async function removeEmptyFolders(folder: string): Promise<void> {
  while (basename(folder) !== TRASH_FOLDER && folder.includes(TRASH_FOLDER)) {
    try {
      await Deno.remove(folder);
    } catch {
      return; // it holds something
    }
    folder = dirname(folder);
  }
}

/** What stands in the way of changing a file, as a failure that says what to do. */
export async function inWords<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const fail = (Type: typeof ConflictError | typeof DeniedError, why: string): never => {
      throw new Type(`Cannot move "${path}": ${why}`, { path }, { cause });
    };
    const code = (cause as { code?: string }).code ?? "";
    if (cause instanceof Deno.errors.NotFound) fail(ConflictError, "it is gone");
    if (cause instanceof Deno.errors.AlreadyExists) fail(ConflictError, "its place is taken");
    if (code === "ENOTDIR") fail(ConflictError, "a file stands where a folder is to be");
    if (code === "EXDEV") fail(ConflictError, "its place is on another volume");
    if (code === "EROFS") fail(DeniedError, "its volume is read-only");
    if (code === "ENOSPC") fail(ConflictError, "the volume is full: free some space");
    if (cause instanceof Deno.errors.PermissionDenied || code === "EPERM" || code === "EACCES") {
      fail(DeniedError, "its folder may not be changed: give this user the right to write there");
    }
    throw cause;
  }
}
