/**
 * What the edge says about catalogue ids.
 *
 * @module
 */
import { announcements, MANY_IDS, readCatalog } from "../link/catalog_list.ts";
import type { EdgePayloads } from "../messages.ts";
import { inSteps } from "../steps.ts";
import type { Answer, HandlerContext } from "./mod.ts";

/** Asked for or not, late or in time: every answer to an offer is stored. */
export async function applyOffer(
  { files }: EdgePayloads["batchFileOfferResponse"],
  { library, offered, refresh }: HandlerContext,
  signal: AbortSignal,
): Promise<never[]> {
  // A path may come back with another system's separator; but a name may hold a backslash, too.
  const known = files
    .filter(({ relativePath, catalogId }) => relativePath && catalogId)
    .map(({ relativePath, catalogId }) => ({
      relativePath: offered.has(relativePath) ? relativePath : relativePath.replaceAll("\\", "/"),
      catalogId,
    }));
  if (known.length === 0) return [];
  await inSteps(known, signal, (some) => library.assign(some));
  refresh();
  return [];
}

/** The wire has no answer for a remap; the next announcement shows what became of it. */
export function remapFile(
  { oldCatalogId, newCatalogId }: EdgePayloads["fileRemapRequest"],
  { library, announce, log }: HandlerContext,
): never[] {
  try {
    library.remap(oldCatalogId, newCatalogId);
  } catch (error) {
    log.warn("Did not remap what the edge asked for", { oldCatalogId, newCatalogId, error });
  }
  announce();
  return [];
}

/** The whole list, under the edge's own request id. */
export async function announceCatalog(
  _request: EdgePayloads["catalogAnnouncementRequest"],
  { library, endsLists }: HandlerContext,
  signal: AbortSignal,
): Promise<Answer<"catalogAnnouncementRequest">> {
  const { ids } = await readCatalog(library, signal);
  signal.throwIfAborted();
  const parts: Answer<"catalogAnnouncementRequest"> = [...announcements(ids, MANY_IDS)]
    .map((catalogIds) => ({ case: "catalogAnnouncement", value: { catalogIds } }));
  return endsLists() ? [...parts, { case: "announcementEnd", value: {} }] : parts;
}

/** The edge lost these ids, or never gave them: the files are as good as new. */
export async function dropUnknown(
  { catalogIds }: EdgePayloads["unknownCatalogIds"],
  { library, offer, log }: HandlerContext,
  signal: AbortSignal,
): Promise<never[]> {
  if (catalogIds.length === 0) return [];
  log.warn("The edge does not know our catalogue ids: offering the files anew", {
    count: catalogIds.length,
  });
  await inSteps(catalogIds, signal, (some) => library.unassign(some));
  offer();
  return [];
}
