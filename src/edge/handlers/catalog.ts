/**
 * What the edge says about catalogue ids.
 *
 * @module
 */
import { batches, textBytes } from "../batches.ts";
import type { EdgePayloads } from "../messages.ts";
import type { Answer, HandlerContext } from "./mod.ts";

/** Asked for or not, late or in time: every answer to an offer is stored. */
export function applyOffer(
  { files }: EdgePayloads["batchFileOfferResponse"],
  { library, offered, describe, announce }: HandlerContext,
): never[] {
  // A path may come back with another system's separator; but a name may hold a backslash, too.
  const known = files
    .filter(({ relativePath, catalogId }) => relativePath && catalogId)
    .map(({ relativePath, catalogId }) => ({
      relativePath: offered.has(relativePath) ? relativePath : relativePath.replaceAll("\\", "/"),
      catalogId,
    }));
  if (known.length === 0) return [];
  library.assign(known);
  describe(known.map(({ catalogId }) => catalogId));
  announce();
  return [];
}

/** The wire has no answer for a remap; the next announcement shows what became of it. */
export function remapFile(
  { oldCatalogId, newCatalogId }: EdgePayloads["fileRemapRequest"],
  { library, describe, announce, log }: HandlerContext,
): never[] {
  try {
    library.remap(oldCatalogId, newCatalogId);
    describe([newCatalogId]);
  } catch (error) {
    log.warn("Did not remap what the edge asked for", { oldCatalogId, newCatalogId, error });
  }
  announce();
  return [];
}

/** The whole list, under the edge's own request id. */
export function announceCatalog(
  _request: EdgePayloads["catalogAnnouncementRequest"],
  { library }: HandlerContext,
): Answer<"catalogAnnouncementRequest"> {
  const parts = announcements(library.catalogIds());
  return parts.map((catalogIds) => ({ case: "catalogAnnouncement", value: { catalogIds } }));
}

/** The edge lost these ids, or never gave them: the files are as good as new. */
export function dropUnknown(
  { catalogIds }: EdgePayloads["unknownCatalogIds"],
  { library, offer, log }: HandlerContext,
): never[] {
  if (catalogIds.length === 0) return [];
  log.warn("The edge does not know our catalogue ids: offering the files anew", {
    count: catalogIds.length,
  });
  library.unassign(catalogIds);
  offer();
  return [];
}

/** Ids in one announcement: 50,000 UUIDs are 1.9 MB. */
const MAX_IDS = 50_000;

/** The list in messages that fit; an empty list is one empty message. */
export function announcements(catalogIds: Iterable<string>): string[][] {
  const parts = [...batches(catalogIds, MAX_IDS, textBytes)];
  return parts.length > 0 ? parts : [[]];
}
