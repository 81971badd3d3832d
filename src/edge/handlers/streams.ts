/**
 * Viewers, as the edge hands them to this peer.
 *
 * @module
 */
import { Failure } from "../../base/errors.ts";
import { failureToWire } from "../failures.ts";
import type { EdgePayloads } from "../messages.ts";
import type { Answer, HandlerContext } from "./mod.ts";

/** Connects one viewer; the reason of a refusal travels back to it. */
export async function openStream(
  offer: EdgePayloads["streamOpenRequest"],
  { streams, log }: HandlerContext,
  signal: AbortSignal,
): Promise<Answer<"streamOpenRequest">> {
  const { sessionId, catalogId } = offer;
  try {
    const sdp = await streams.open(offer, signal);
    return [{ case: "streamOpenResponse", value: { sessionId, sdp, message: "" } }];
  } catch (error) {
    signal.throwIfAborted();
    const level = error instanceof Failure ? "warn" : "error";
    log[level]("Cannot open a stream for the edge", { sessionId, catalogId, error });
    return [{ case: "streamOpenResponse", value: { sessionId, sdp: "", ...failureToWire(error) } }];
  }
}

export function closeStream(
  { sessionId }: EdgePayloads["streamClose"],
  { streams }: HandlerContext,
): never[] {
  streams.close(sessionId);
  return [];
}
