/**
 * Answers to the messages of proto/media.proto.
 *
 * @module
 */
import { Failure, InvalidError, UnavailableError } from "../../base/errors.ts";
import { failureToWire } from "../failures.ts";
import { uploadUrl } from "../link/upload/endpoint.ts";
import { uploadPictures } from "../link/upload/upload.ts";
import type { EdgePayloads } from "../messages.ts";
import type { Answer, HandlerContext } from "./mod.ts";

/** Requests that wait for their turn at most. */
const MAX_WAITING = 100;
/** A film may have to be read from a drive that sleeps, and decoded as a whole. */
const CAPTURE_MS = 5 * 60_000;

/**
 * Takes pictures of a film and brings them where the edge wants them. The published wire has no
 * answer: the log says what became of it. An edge of ours is told.
 */
export async function captureScreenshots(
  request: EdgePayloads["screenshotCaptureRequest"],
  context: HandlerContext,
  signal: AbortSignal,
): Promise<Answer<"screenshotCaptureRequest">> {
  const { log, speaks } = context;
  const { catalogId, quantity } = request;
  const result = (value: ReturnType<typeof failureToWire> | { message: string }) =>
    speaks("command_result") ? [{ case: "commandResult", value } as const] : [];
  try {
    const said = await deliver(request, context, signal);
    log.info("Screenshots were delivered", { catalogId, ...said });
    return result({ message: "" });
  } catch (error) {
    signal.throwIfAborted();
    const level = error instanceof Failure ? "warn" : "error";
    log[level]("Screenshots were not delivered", { catalogId, quantity, error });
    return result(failureToWire(error));
  }
}

async function deliver(
  { catalogId, quantity, uploadToken, uploadEndpoint }: EdgePayloads["screenshotCaptureRequest"],
  { screenshots, settings, uploads, uploadBase, command, log }: HandlerContext,
  signal: AbortSignal,
): Promise<{ pictures: number; attempts: number }> {
  const { maxScreenshots = 10 } = settings;
  if (quantity < 1 || quantity > maxScreenshots) {
    throw new InvalidError(`Cannot take ${quantity} screenshots: ask for 1 to ${maxScreenshots}`);
  }
  if (!/^[\x21-\x7e]+$/.test(uploadToken)) {
    throw new InvalidError("Cannot upload screenshots: the token is empty, or no token");
  }
  const url = uploadUrl(uploadEndpoint, uploadBase());
  if (!screenshots) throw new UnavailableError("Cannot take screenshots here");
  if (uploads.waiting >= MAX_WAITING) {
    throw new UnavailableError(`Cannot take screenshots: ${MAX_WAITING} requests wait already`);
  }
  using _turn = await uploads.acquire({ signal });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CAPTURE_MS)]);
  const pictures = await screenshots.capture(catalogId, quantity, limit);
  if (pictures.length === 0) throw new UnavailableError("Cannot take screenshots: there are none");

  // From here on the token may be used up, whatever is heard of it.
  command.decided();
  if (!command.isFirst(uploadToken)) {
    throw new InvalidError("Cannot upload screenshots: this token was used before");
  }
  const attempts = await uploadPictures({ url, token: uploadToken, pictures }, { signal, log });
  return { pictures: pictures.length, attempts };
}
