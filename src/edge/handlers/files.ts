/**
 * Answers to the messages of proto/file_operations.proto.
 *
 * @module
 */
import { DeniedError, Failure } from "../../base/errors.ts";
import { reasonFor } from "../failures.ts";
import type { EdgePayloads } from "../messages.ts";
import type { Answer, HandlerContext } from "./mod.ts";

/** One answer for each id, so that the edge knows of every one. The file itself always stays. */
export function deleteFiles(
  { catalogIds }: EdgePayloads["fileDeleteRequest"],
  { library, settings, announce, log }: HandlerContext,
): Answer<"fileDeleteRequest"> {
  const forget = (catalogId: string) => {
    try {
      if (settings.remoteDelete === "deny") throw new DeniedError("REMOTE_DELETE is deny");
      library.forget(catalogId);
      return { catalogId, success: true };
    } catch (error) {
      log.warn("Did not delete what the edge asked for", { catalogId, error });
      return { catalogId, success: false, error: reasonFor(error) };
    }
  };
  const answers = catalogIds.map(forget);

  if (answers.some(({ success }) => success)) announce();
  return answers.map((value) => ({ case: "fileDeleteResponse", value }));
}

/** The digests that could be had; none at all is a failure. */
export async function hashFile(
  { catalogId, hashTypes }: EdgePayloads["fileHashRequest"],
  { library, log }: HandlerContext,
  signal: AbortSignal,
): Promise<Answer<"fileHashRequest">> {
  try {
    const hashes = await library.hashes(catalogId, hashTypes, signal);
    const success = Object.keys(hashes).length > 0 || hashTypes.length === 0;
    return [{ case: "fileHashResponse", value: { catalogId, hashes, success } }];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Failure)) log.error("Cannot hash for the edge", { catalogId, error });
    const value = { catalogId, hashes: {}, success: false, error: reasonFor(error) };
    return [{ case: "fileHashResponse", value }];
  }
}
