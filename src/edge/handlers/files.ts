/**
 * Answers to the messages of proto/file_operations.proto.
 *
 * @module
 */
import { DeniedError, Failure, NotFoundError } from "../../base/errors.ts";
import { turn } from "../../base/event_loop.ts";
import { reasonFor } from "../failures.ts";
import type { EdgePayloads, PeerPayloads } from "../messages.ts";
import type { Answer, HandlerContext } from "./mod.ts";

type Deleted = PeerPayloads["fileDeleteResponse"];

/** One answer for each id, so that the edge knows of every one. No file is ever deleted. */
export async function deleteFiles(
  { catalogIds }: EdgePayloads["fileDeleteRequest"],
  context: HandlerContext,
  signal: AbortSignal,
): Promise<Answer<"fileDeleteRequest">> {
  const { command, announce } = context;
  const before = new Set(command.given.map(({ value }) => (value as Deleted).catalogId));
  let isDone = false;
  for (const catalogId of new Set(catalogIds)) {
    if (before.has(catalogId)) continue;
    signal.throwIfAborted();
    const value = await deleteFile(catalogId, context);
    // On disk at once: what was cut off in the middle goes on where it was.
    command.give({ case: "fileDeleteResponse", value });
    isDone ||= value.success;
    await turn();
  }
  if (isDone) announce();
  return [];
}

async function deleteFile(
  catalogId: string,
  { library, settings, command, log }: HandlerContext,
): Promise<Deleted> {
  try {
    if (settings.remoteDelete === "deny") throw new DeniedError("REMOTE_DELETE is deny");
    if (settings.remoteDelete === "trash") await library.trash(catalogId);
    else library.forget(catalogId);
    log.info("Deleted what the edge asked for", { catalogId, how: settings.remoteDelete });
    return { catalogId, success: true };
  } catch (error) {
    // Done by a program that was killed before it could write down that it was.
    if (command.again && error instanceof NotFoundError) return { catalogId, success: true };
    log.warn("Did not delete what the edge asked for", { catalogId, error });
    return { catalogId, success: false, error: reasonFor(error) };
  }
}

/**
 * The digests that are known here. Of other types the wire has no word: they are left out, as the
 * originals do, and `success` says that id and file are good.
 */
export async function hashFile(
  { catalogId, hashTypes }: EdgePayloads["fileHashRequest"],
  context: HandlerContext,
  signal: AbortSignal,
): Promise<Answer<"fileHashRequest">> {
  const { library, log } = context;
  using _signs = sayProgress(catalogId, context);
  try {
    const hashes = await library.hashes(catalogId, hashTypes, signal);
    const unknown = hashTypes.filter((it) => !Object.hasOwn(hashes, it)).slice(0, MAX_NAMED);
    if (unknown.length > 0) log.warn("The edge asked for unknown hash types", { unknown });
    return [{ case: "fileHashResponse", value: { catalogId, hashes, success: true } }];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Failure)) log.error("Cannot hash for the edge", { catalogId, error });
    const value = { catalogId, hashes: {}, success: false, error: reasonFor(error) };
    return [{ case: "fileHashResponse", value }];
  }
}

const PROGRESS_MS = 10_000;
/** Unknown hash types in one line of the log. */
const MAX_NAMED = 10;

/** A large file takes its time: an edge of ours hears that it is still worked on. */
function sayProgress(
  catalogId: string,
  { library, requestId, say, speaks, timing }: HandlerContext,
): Disposable {
  const began = performance.now();
  const sizeBytes = library.sizeOf?.(catalogId) ?? 0;
  const signs = setInterval(() => {
    if (!speaks("hash_progress")) return;
    const elapsedMs = Math.round(performance.now() - began);
    say(requestId, { case: "fileHashProgress", value: { catalogId, sizeBytes, elapsedMs } });
  }, timing?.progressMs ?? PROGRESS_MS);
  return { [Symbol.dispose]: () => clearInterval(signs) };
}
