/**
 * The list of what this peer has: read from the library page by page, and cut into announcements.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { batches, textBytes } from "../batches.ts";
import type { LinkLibrary } from "../deps.ts";
import { breathe, PAGE } from "../steps.ts";

export interface CatalogList {
  ids: string[];
  /** Lists with the same digest are the same list. */
  digest: string;
  /** Id to version: what an edge that was told of all of them knows. */
  versions: Map<string, string>;
  /** Ids whose version is not the one in `told`. */
  untold: string[];
}

/** Reads the whole list; a part of it when `signal` aborts. */
export async function readCatalog(
  library: LinkLibrary,
  signal: AbortSignal,
  told: ReadonlyMap<string, string> = new Map(),
): Promise<CatalogList> {
  const hash = createHash("sha256");
  const ids: string[] = [];
  const untold: string[] = [];
  const versions = new Map<string, string>();
  for (let after = ""; !signal.aborted;) {
    const page = library.catalogPage(after, PAGE);
    for (const { catalogId, version } of page) {
      ids.push(catalogId);
      versions.set(catalogId, version);
      if (told.get(catalogId) !== version) untold.push(catalogId);
    }
    const last = page.at(-1);
    if (!last) break;
    hash.update(page.map(({ catalogId }) => `${catalogId}\n`).join(""));
    after = last.catalogId;
    await breathe();
  }
  return { ids, digest: hash.digest("hex"), versions, untold };
}

/** Ids in one announcement to a foreign edge, which may take each for the whole list: 1.9 MB. */
export const MANY_IDS = 50_000;
/** To an edge that waits for the end of a list: written and read in a few milliseconds. */
export const FEW_IDS = 5000;

/** The list in messages that fit; an empty list is one empty message. */
export function* announcements(ids: string[], maxIds: number): Generator<string[]> {
  if (ids.length === 0) yield [];
  yield* batches(ids, maxIds, textBytes);
}
