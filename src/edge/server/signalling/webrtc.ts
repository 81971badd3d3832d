/**
 * The published, unary signalling, message types as declared. The caller is the viewer's end: it asks
 * for a session, is given a peer's offer, and answers that. Of a title that it holds itself it is
 * the playing end, too, has a viewer of its own, and the edge only keeps book.
 *
 * @module
 */
import { NotFoundError } from "../../../base/errors.ts";
import type { Log } from "../../../base/log.ts";
import { reasonFor } from "../../failures.ts";
import type { CatalogErrorReason, EdgeWebRTCMessage, PeerWebRTCMessage } from "../../messages.ts";
import { CALLER } from "./stream.ts";
import type { Streams } from "./streams.ts";

/** A connected peer, as the caller of these operations. */
export interface Caller {
  readonly peerId: string;
  /** Aborts when it has gone. */
  readonly signal: AbortSignal;
  /** By the session ids that it chose: the edge's stream; "" where the caller plays itself. */
  readonly viewers: Map<string, string>;
}

export interface UnaryContext {
  streams: Streams;
  holds(peerId: string, catalogId: string): boolean | Promise<boolean>;
  log: Log;
}

type Request = NonNullable<EdgeWebRTCMessage["payload"]>;
type Reply = NonNullable<PeerWebRTCMessage["payload"]>;

const MAX_VIEWERS = 1000;

/** Never throws: what is refused is an answer, too. */
export async function answerWebRTC(
  { requestId, payload }: EdgeWebRTCMessage,
  caller: Caller,
  context: UnaryContext,
): Promise<PeerWebRTCMessage> {
  if (!payload) return { requestId };
  try {
    return { requestId, payload: await answer(payload, caller, context) };
  } catch (error) {
    const { peerId } = caller;
    context.log.info("Cannot signal for a peer", { peerId, message: payload.case, error });
    const reason = error instanceof NotFoundError ? "BAD_CATALOG_ID" : reasonFor(error);
    return { requestId, payload: response(payload, reason) };
  }
}

/** The caller has gone, and its viewers with it. */
export function endViewers(viewers: Map<string, string>, streams: Streams): void {
  for (const streamId of viewers.values()) {
    try {
      if (streamId) streams.open.close(streamId);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
  viewers.clear();
}

async function answer(payload: Request, caller: Caller, context: UnaryContext): Promise<Reply> {
  const { streams, holds } = context;
  const { viewers, peerId } = caller;
  const { sessionId } = payload.value;
  if (payload.case === "streamSessionRequest") {
    const { catalogId } = payload.value;
    if (await holds(peerId, catalogId)) {
      remember(caller, streams, sessionId, "");
      return response(payload);
    }
    const viewer = `${CALLER}${peerId}`;
    const stream = await streams.start({ catalogId, viewer }, caller.signal);
    remember(caller, streams, sessionId, stream.sessionId);
    return { case: "sdpOffer", value: { sessionId, sdp: stream.sdp } };
  }

  const streamId = viewers.get(sessionId);
  if (streamId === undefined) return response(payload, "BAD_CATALOG_ID");
  if (streamId === "") return response(payload);
  if (payload.case === "sdpAnswer") {
    await streams.answer(streamId, payload.value.sdp);
    return response(payload);
  }
  await streams.candidate({ ...payload.value, sessionId: streamId });
  const [candidate] = streams.open.candidates(streamId);
  if (!candidate) return response(payload);
  return { case: "iceCandidate", value: { ...candidate, sessionId } };
}

function remember(caller: Caller, streams: Streams, sessionId: string, streamId: string): void {
  const { viewers } = caller;
  const [oldest] = viewers.keys();
  for (const forgotten of [sessionId, ...viewers.size >= MAX_VIEWERS ? [oldest!] : []]) {
    endViewers(new Map([[forgotten, viewers.get(forgotten) ?? ""]]), streams);
    viewers.delete(forgotten);
  }
  viewers.set(sessionId, streamId);
}

function response(payload: Request, error?: CatalogErrorReason): Reply {
  const { sessionId } = payload.value;
  const catalogId = payload.case === "streamSessionRequest" ? payload.value.catalogId : "";
  const success = error === undefined;
  return {
    case: "streamSessionResponse",
    value: { catalogId, sessionId, success, ...!success && { error } },
  };
}
