/**
 * Which names are taken below the target: by what is on the disk, and by what the plan has given
 * already. Names that differ by case or by Unicode form only are one name: the target may be moved
 * to, or shared by, a file system that takes them for one.
 *
 * @module
 */
import { join } from "node:path";
import { bytesOf, keyOf, MAX_PATH } from "./names.ts";

interface Taken {
  name: string;
  isFolder: boolean;
  /** The source that the plan has put there; absent of what is on the disk. */
  by?: string;
}

export interface Clash {
  path: string;
  reason: string;
}

export type Names = ReturnType<typeof createNames>;

/** @param list The entries of a folder; none where there is no such folder. */
export function createNames(
  target: string,
  list: (folder: string) => Promise<{ name: string; isDirectory: boolean }[]>,
) {
  const folders = new Map<string, Map<string, Taken>>();

  const entriesOf = async (folder: string): Promise<Map<string, Taken>> => {
    let entries = folders.get(folder);
    if (!entries) {
      const all = await list(folder);
      entries = new Map(
        all.map(({ name, isDirectory }) => [keyOf(name), { name, isFolder: isDirectory }]),
      );
      folders.set(folder, entries);
    }
    return entries;
  };

  return {
    /**
     * Takes a name below the target for a source, in folders as they are spelled there already.
     *
     * @param segments Folders and a file name, made safe.
     */
    async take(segments: readonly string[], by: string): Promise<{ path: string } | Clash> {
      let folder = target;
      for (const segment of segments.slice(0, -1)) {
        const entries = await entriesOf(folder);
        const known = entries.get(keyOf(segment));
        if (known && !known.isFolder) {
          return { path: join(folder, known.name), reason: "A file is where a folder would be" };
        }
        if (!known) entries.set(keyOf(segment), { name: segment, isFolder: true, by });
        folder = join(folder, known?.name ?? segment);
      }
      const name = segments.at(-1)!;
      const path = join(folder, name);
      if (bytesOf(path) > MAX_PATH) return { path, reason: "The whole path would be too long" };
      const entries = await entriesOf(folder);
      const known = entries.get(keyOf(name));
      if (known) return { path, reason: explain(known, name) };
      entries.set(keyOf(name), { name, isFolder: false, by });
      return { path };
    },
  };
}

function explain({ name: known, isFolder, by }: Taken, name: string): string {
  const spelled = known === name ? "" : `, spelled "${known}"`;
  if (by) return `The plan has given this name${spelled} to "${by}" already`;
  return `${isFolder ? "A folder" : "Another file"} of this name is there already${spelled}`;
}
