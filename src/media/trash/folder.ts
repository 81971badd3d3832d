/**
 * Where a file goes when it is thrown away: into a folder of its own volume, so that it is renamed
 * and never copied. No scan looks into it.
 *
 * @module
 */
import { dirname, join, relative, sep } from "node:path";
import { exists } from "../../base/files.ts";

/** Passed over by every walk, at whatever depth. */
export const TRASH_FOLDER = ".giggityflix-trash";

/** A name for what is about to take a file's place; see half_shared.ts for what a crash leaves. */
export const TEMPORARY = ".giggityflix-tmp-";

/**
 * A free path below the trash of the volume that holds `path`, which lies in `root`:
 * `.giggityflix-trash/<date>/<path in the volume's topmost folder>`. Another file of that name in the
 * trash of that day gets its place beside it.
 */
export async function findTrashPath(path: string, root: string, now: Date): Promise<string> {
  const top = await topFolder(path, root);
  const date = now.toISOString().slice(0, 10);
  const wanted = join(top, TRASH_FOLDER, date, relative(top, path));
  for (let count = 1;; count++) {
    const free = count === 1 ? wanted : numbered(wanted, count);
    if (!await exists(free)) return free;
  }
}

/** The topmost folder of `root` and those below it that is on the file's own volume. */
async function topFolder(path: string, root: string): Promise<string> {
  const { dev } = await Deno.lstat(path);
  let folder = root;
  for (const part of relative(root, dirname(path)).split(sep)) {
    if ((await Deno.stat(folder)).dev === dev) return folder;
    folder = join(folder, part);
  }
  return folder;
}

/** "/films/a.mkv" → "/films/a (2).mkv". */
export function numbered(path: string, count: number): string {
  const [, stem, extension] = /^(.*?)(\.[^./\\]*)?$/s.exec(path)!;
  return `${stem} (${count})${extension ?? ""}`;
}
