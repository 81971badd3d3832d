/**
 * Which NFO files are about a film, by Kodi's rules: kodi.wiki/view/NFO_files.
 *
 * @module
 */
import type { ListFolder, Listing } from "../sidecars/folders.ts";
import { join } from "node:path";

export interface FoundNfo {
  /** Absolute. */
  path: string;
  /** As Details tells it: "film.nfo", "../tvshow.nfo". */
  name: string;
}

/** @param folder Absolute. @param depth How many folders up a series' NFO may lie: not above the root. */
export function findNfo(
  { folder, stem, depth }: { folder: string; stem: string; depth: number },
  list: ListFolder,
): { own?: FoundNfo; series?: FoundNfo } {
  const here = list(folder);
  const own = here.nfos.get(`${stem.toLowerCase()}.nfo`) ??
    // That is about the folder: with several films in it, nobody knows which is meant.
    (here.films === 1 ? here.nfos.get("movie.nfo") : undefined);
  const found = seriesNfo(folder, depth, here, list);
  return {
    ...own && { own: { path: join(folder, own), name: own } },
    ...found && { series: found },
  };
}

/** "Show/tvshow.nfo" beside the episodes, or above the folders of its seasons. */
function seriesNfo(
  folder: string,
  depth: number,
  here: Listing,
  list: ListFolder,
): FoundNfo | undefined {
  const name = here.nfos.get("tvshow.nfo");
  if (name) return { path: join(folder, name), name };
  if (depth < 1) return undefined;
  const above = join(folder, "..");
  const there = list(above).nfos.get("tvshow.nfo");
  return there ? { path: join(above, there), name: `../${there}` } : undefined;
}
