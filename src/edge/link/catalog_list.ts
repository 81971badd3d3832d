/**
 * The list of what this peer has, read from the library page by page: a million ids are never held
 * at once.
 *
 * @module
 */
import { textBytes } from "../batches.ts";
import type { CatalogEntry, LinkLibrary } from "../deps.ts";
import { CatalogDigest } from "../id_hash.ts";
import { paced, PAGE } from "../steps.ts";

/** Ids in one announcement to a foreign edge, which may take each for the whole list: 1.9 MB. */
export const MANY_IDS = 50_000;
/** To an edge that waits for the end of a list: written and read in a few milliseconds. */
export const FEW_IDS = 5000;
/** An id may be longer than a UUID. */
const MAX_BYTES = 3 * 1024 * 1024;

/** Ends early when `signal` aborts. */
export async function* catalogPages(
  library: Pick<LinkLibrary, "catalogPage">,
  signal: AbortSignal,
  withTags = false,
): AsyncGenerator<CatalogEntry[]> {
  const pace = paced();
  for (let after = ""; !signal.aborted;) {
    const page = library.catalogPage(after, PAGE, withTags);
    const last = page.at(-1);
    if (!last) return;
    yield page;
    after = last.catalogId;
    await pace();
  }
}

/** The list in messages that fit, with the digest so far; an empty list is one empty message. */
export async function* announcements(
  library: Pick<LinkLibrary, "catalogPage">,
  maxIds: number,
  signal: AbortSignal,
): AsyncGenerator<{ catalogIds: string[]; digest: string }> {
  const digest = new CatalogDigest();
  let catalogIds: string[] = [];
  let bytes = 0;
  const cut = () => {
    digest.add(catalogIds);
    const part = { catalogIds, digest: textOf(digest) };
    catalogIds = [];
    bytes = 0;
    return part;
  };
  for await (const page of catalogPages(library, signal)) {
    for (const { catalogId } of page) {
      const size = textBytes(catalogId);
      const isFull = catalogIds.length >= maxIds || bytes + size > MAX_BYTES;
      if (isFull && catalogIds.length > 0) yield cut();
      catalogIds.push(catalogId);
      bytes += size;
    }
  }
  if (!signal.aborted && (catalogIds.length > 0 || digest.count === 0)) yield cut();
}

/** Lists with the same text are the same list. */
export function textOf(digest: CatalogDigest): string {
  return `${digest.count}:${digest}`;
}
