/**
 * The published, unary signalling, message types as declared: the peer starts a session of its
 * own viewer and tells the edge of it. The edge only keeps book.
 *
 * @module
 */
import type { EdgeWebRTCMessage, PeerWebRTCMessage } from "../messages.ts";
import type { Session } from "./sessions.ts";
import type { EdgeStore } from "./store.ts";

const MAX_VIEWERS = 1000;

/** Success for sessions of titles that this peer holds; BAD_CATALOG_ID for all others. */
export function answerWebRTC(
  { requestId, payload }: EdgeWebRTCMessage,
  { peerId, viewers }: Session,
  store: EdgeStore,
): PeerWebRTCMessage {
  if (!payload) return { requestId };
  const { sessionId } = payload.value;
  const catalogId = payload.case === "streamSessionRequest" ? payload.value.catalogId : "";
  if (payload.case === "streamSessionRequest" && store.holds(peerId, catalogId)) {
    const [oldest] = viewers;
    if (viewers.size >= MAX_VIEWERS && oldest !== undefined) viewers.delete(oldest);
    viewers.add(sessionId);
  }
  const known = viewers.has(sessionId);
  return {
    requestId,
    payload: {
      case: "streamSessionResponse",
      value: { catalogId, sessionId, success: known, ...(!known && { error: "BAD_CATALOG_ID" }) },
    },
  };
}
