/**
 * Looking at a file system that may hang, and what its refusals mean to the folder's owner.
 *
 * @module
 */

/** Works on the file system of a path, and gives up when that does not answer: see drives/mounts. */
export type Touch = <T>(path: string, work: (alive: () => void) => Promise<T>) => Promise<T>;

/** For those who know that nothing hangs. */
export const touchFreely: Touch = (_, work) => work(() => {});

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
