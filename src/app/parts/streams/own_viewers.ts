/**
 * Viewers of a peer whose edge is elsewhere, and brings it none: they come to the peer's own REST, and
 * see what this peer has. An edge of the published protocol is told of them, as the original peer does.
 *
 * @module
 */
import { NotFoundError } from "../../../base/errors.ts";
import type { EdgeStreamInfo } from "../../../edge/mod.ts";
import type { ViewersPort } from "../../../http/mod.ts";
import type { Sessions } from "../../../stream/mod.ts";
import type { PeerLink } from "../peer_link.ts";

export interface OwnViewersOptions {
  peerId: string;
  sessions: Sessions;
  link: Pick<PeerLink, "tellViewer">;
  /** STUN servers, which viewers use as well. */
  stunServers(): string[];
}

export function createOwnViewers(
  { peerId, sessions, link, stunServers }: OwnViewersOptions,
): ViewersPort {
  const known = new Map<string, EdgeStreamInfo>();
  /** Those that have ended are forgotten. */
  const playing = () => {
    const open = new Set(sessions.list().map(({ sessionId }) => sessionId));
    for (const id of known.keys()) if (!open.has(id)) known.delete(id);
    return known;
  };
  const find = (sessionId: string, viewer?: string): EdgeStreamInfo => {
    const stream = playing().get(sessionId);
    if (stream && (viewer === undefined || stream.viewer === viewer)) return stream;
    throw new NotFoundError(`Cannot find stream "${sessionId}"`, { sessionId });
  };
  const iceServers = () => {
    const urls = stunServers();
    return urls.length > 0 ? [{ urls, username: "", credential: "" }] : [];
  };

  return {
    iceServers,
    async openStream({ catalogId, sdp, viewer = "owner" }, signal) {
      const sessionId = crypto.randomUUID();
      const offer = { sessionId, catalogId, ...sdp !== undefined && { sdp } };
      const ours = await sessions.open(offer, signal);
      const openedAt = new Date().toISOString();
      const viewerSdp = sdp ?? "";
      known.set(sessionId, { sessionId, catalogId, peerId, viewer, openedAt, viewerSdp });
      link.tellViewer({ case: "streamSessionRequest", value: { catalogId, sessionId } });
      return { sessionId, peerId, sdp: ours, iceServers: iceServers() };
    },
    async answerStream(sessionId, sdp, viewer) {
      const stream = find(sessionId, viewer);
      await sessions.answer(sessionId, sdp);
      stream.viewerSdp = sdp;
      link.tellViewer({ case: "sdpAnswer", value: { sessionId, sdp } });
    },
    addCandidate({ sessionId, ...candidate }, viewer) {
      find(sessionId, viewer);
      sessions.addCandidate(sessionId, candidate);
      return Promise.resolve();
    },
    // All of this peer's addresses are in its SDP.
    takeCandidates: () => [],
    findStream: (sessionId, viewer) => ({ ...find(sessionId, viewer) }),
    closeStream(sessionId, viewer) {
      find(sessionId, viewer);
      void sessions.close(sessionId);
    },
    streams: (viewer) =>
      [...playing().values()].filter((it) => viewer === undefined || it.viewer === viewer),
  };
}
