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

/** The viewer's answer to an offer of this peer; one that is none ends the session. */
export async function answerStream(
  { sessionId, sdp, grant = "" }: EdgePayloads["streamAnswer"],
  { streams, log }: HandlerContext,
): Promise<Answer<"streamAnswer">> {
  try {
    await streams.answer(sessionId, sdp, grant);
    return [];
  } catch (error) {
    log.warn("Cannot take a viewer's answer", { sessionId, error });
    streams.close(sessionId);
    return [{ case: "streamClose", value: { sessionId } }];
  }
}

export function addCandidate(
  candidate: EdgePayloads["streamCandidate"],
  { streams }: HandlerContext,
): never[] {
  streams.candidate(candidate);
  return [];
}

/** A session that is not here is over: the edge should know. */
export async function renewGrant(
  { sessionId, grant }: EdgePayloads["grantRenewal"],
  { streams }: HandlerContext,
): Promise<Answer<"grantRenewal">> {
  if (await streams.renew(sessionId, grant)) return [];
  return [{ case: "streamClose", value: { sessionId } }];
}

export function revokeGrant(
  { sessionId, reason }: EdgePayloads["grantRevoked"],
  { streams }: HandlerContext,
): never[] {
  streams.revoke(sessionId, reason);
  return [];
}

export function closeStream(
  { sessionId }: EdgePayloads["streamClose"],
  { streams }: HandlerContext,
): never[] {
  streams.close(sessionId);
  return [];
}
