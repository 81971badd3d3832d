/**
 * What the edge says about catalogue ids.
 *
 * @module
 */
import { InvalidError } from "../../base/errors.ts";
import { failureToWire } from "../failures.ts";
import { announcements, MANY_IDS } from "../link/catalog_list.ts";
import type { EdgePayloads, FailureKind } from "../messages.ts";
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

/**
 * The published wire has no answer for a remap: the announcement shows what became of it. An edge of
 * ours is told.
 */
export function remapFile(
  { oldCatalogId, newCatalogId }: EdgePayloads["fileRemapRequest"],
  { library, announce, speaks, log }: HandlerContext,
): Answer<"fileRemapRequest"> {
  const result = (value: { error?: FailureKind; message: string }): Answer<"fileRemapRequest"> => {
    announce();
    return speaks("command_result") ? [{ case: "commandResult", value }] : [];
  };
  try {
    if (!oldCatalogId || !newCatalogId) throw new InvalidError("Cannot remap: an id is empty");
    library.remap(oldCatalogId, newCatalogId);
    return result({ message: "" });
  } catch (error) {
    log.warn("Did not remap what the edge asked for", { oldCatalogId, newCatalogId, error });
    return result(failureToWire(error));
  }
}

/** The whole list, under the edge's own request id: part by part, whatever its length. */
export async function announceCatalog(
  _request: EdgePayloads["catalogAnnouncementRequest"],
  { library, requestId, sayWhenReady, speaks }: HandlerContext,
  signal: AbortSignal,
): Promise<Answer<"catalogAnnouncementRequest">> {
  for await (const { catalogIds } of announcements(library, MANY_IDS, signal)) {
    await sayWhenReady(requestId, { case: "catalogAnnouncement", value: { catalogIds } });
  }
  signal.throwIfAborted();
  return speaks("announcement_end") ? [{ case: "announcementEnd", value: {} }] : [];
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
