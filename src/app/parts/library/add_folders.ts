/**
 * Makes folders media folders: a person who scans one wants it in the library for good.
 *
 * @module
 */
import { InvalidError, reasonOf } from "../../../base/errors.ts";
import { isWithin } from "../../../base/files.ts";
import type { Log } from "../../../base/log.ts";
import type { Configuration } from "../../../config/mod.ts";
import { resolveFolder } from "../media_folders.ts";
import type { Peer } from "../peer.ts";

/**
 * Returns the folders to scan, links resolved: each is a media folder now, or lies in one.
 *
 * @throws {InvalidError} one of them is no folder
 */
export async function addFolders(
  folders: readonly string[],
  { config, peer, log }: { config: Configuration; peer: Peer; log: Log },
): Promise<string[]> {
  for (const folder of folders) {
    const info = await peer.drives.touch(folder, () => Deno.stat(folder)).catch((cause) => {
      const reason = cause instanceof Deno.errors.NotFound ? "no such folder" : reasonOf(cause);
      throw new InvalidError(`Cannot scan "${folder}": ${reason}`, { folder }, { cause });
    });
    if (!info.isDirectory) throw new InvalidError(`Cannot scan "${folder}": it is not a folder`);
  }
  const wanted = await Promise.all(
    folders.map((folder) => resolveFolder(folder, peer.drives.realPath)),
  );
  const rootOf = (folder: string) => peer.folders().find((root) => isWithin(folder, root));
  const added = wanted.filter((folder) => rootOf(folder) === undefined);

  const { source } = config.find("media_dirs");
  if (added.length > 0 && (source === "default" || source === "stored")) {
    config.set("media_dirs", [...config.value.mediaDirs, ...added]);
    await peer.refreshFolders();
    log.info("Media folders added", { folders: added });
  } else if (added.length > 0) {
    throw new InvalidError(
      `Cannot add "${added[0]}": the ${source} sets MEDIA_DIRS. Add it there`,
      { folder: added[0] },
    );
  }
  return [...new Set(wanted)];
}
