/**
 * The folders that a run makes: those into which nothing came are removed at its end.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Disk } from "./disk.ts";

export type Folders = ReturnType<typeof createFolders>;

export function createFolders(disk: Pick<Disk, "makeFolder" | "removeFolder">) {
  const made = new Set<string>();
  const unused = new Set<string>();
  return {
    /** Makes a folder and those above it. */
    async make(path: string): Promise<void> {
      for (const it of await disk.makeFolder(path)) made.add(it);
    },

    /** A step has put nothing there. */
    leave(path: string): void {
      unused.add(path);
    },

    /** Once nobody works any more: who makes a folder wants to put something into it. */
    async tidy(): Promise<void> {
      for (const path of unused) {
        for (let at = path; made.has(at); at = dirname(at)) {
          const isGone = await disk.removeFolder(at).then(() => true, () => false);
          if (!isGone) break; // somebody has put something there
        }
      }
    },
  };
}
