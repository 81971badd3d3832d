/**
 * Answers to the messages of proto/media.proto.
 *
 * @module
 */
import type { EdgePayloads } from "../messages.ts";
import type { HandlerContext } from "./mod.ts";

/** Frames are not captured yet, and the wire has no word for "no": the log says it. */
export function captureScreenshots(
  { catalogId, quantity }: EdgePayloads["screenshotCaptureRequest"],
  { log }: HandlerContext,
): never[] {
  log.warn("Screenshots are not supported yet: request ignored", { catalogId, quantity });
  return [];
}
