/**
 * What a viewer asks of an edge: streams, and what allows them.
 *
 * @module
 */
import type { GrantDesk, GrantFilter, GrantRow } from "../grants/mod.ts";
import type { IceCandidate, IceServer } from "../messages.ts";
import type { Page, PageRequest } from "./catalog_item.ts";
import { fromCursor, toCursor } from "./cursor.ts";
import {
  type EdgeStreamInfo,
  type OpenedStream,
  type StreamRequest,
  type Streams,
  toInfo,
} from "./signalling/mod.ts";

/** With a viewer named, only that viewer's streams are there. */
export interface Watching {
  /**
   * @throws {NotFoundError} no such title
   * @throws {DeniedError} this viewer may not play it
   * @throws {UnavailableError} no peer that holds it can be reached now
   */
  openStream(request: StreamRequest, signal: AbortSignal): Promise<OpenedStream>;
  /** @throws {NotFoundError} no such stream */
  findStream(sessionId: string, viewer?: string): EdgeStreamInfo;
  /**
   * The viewer's answer to an offer of the peer.
   *
   * @throws {ConflictError} it was not offered, or has been answered
   */
  answerStream(sessionId: string, sdp: string, viewer?: string): Promise<void>;
  /** @throws {NotFoundError} no such stream */
  addCandidate(candidate: IceCandidate, viewer?: string): Promise<void>;
  /** The peer's addresses that came after its answer, each once. */
  takeCandidates(sessionId: string, viewer?: string): IceCandidate[];
  /** @throws {NotFoundError} no such stream */
  closeStream(sessionId: string, viewer?: string): void;
  streams(viewer?: string): EdgeStreamInfo[];
  /** For a viewer's end that has no stream yet. */
  iceServers(viewer: string): IceServer[];
  /** The log of all plays, the newest first. */
  grants(request: PageRequest): Promise<Page<GrantRow>>;
  /** Ends what plays and matches, at once; how many. */
  revokeGrants(filter: GrantFilter, reason: string): Promise<number>;
  /** Who may play what is another matter now: ends what plays here and may not; how much. */
  revokeForbidden(reason: string): Promise<number>;
}

const MAX_PAGE = 1000;

export function openWatching(
  streams: Streams,
  desk: GrantDesk,
  iceServers: (user: string) => IceServer[],
): Watching {
  const { open } = streams;
  return {
    openStream: (request, signal) => streams.start(request, signal),
    findStream: (sessionId, viewer) => toInfo(open.find(sessionId, viewer)),
    answerStream: (sessionId, sdp, viewer) => streams.answer(sessionId, sdp, viewer),
    addCandidate: (candidate, viewer) => streams.candidate(candidate, viewer),
    takeCandidates: (sessionId, viewer) => open.candidates(sessionId, viewer),
    closeStream: (sessionId, viewer) => open.close(sessionId, viewer),
    streams: (viewer) => open.all().filter((it) => viewer === undefined || it.viewer === viewer),
    iceServers: (viewer) => iceServers(`viewer-${viewer}`),
    async grants({ limit, cursor }) {
      const [issuedAt, sessionId] = fromCursor(cursor, 2);
      const before = issuedAt && sessionId ? { issuedAt, sessionId } : undefined;
      const count = Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE);
      const rows = await desk.page(before, count + 1);
      const last = rows[count - 1];
      return {
        items: rows.slice(0, count),
        ...rows.length > count && last &&
          { nextCursor: toCursor(last.issuedAt, last.sessionId) },
      };
    },
    revokeGrants: (filter, reason) => open.revoke(filter, reason),
    revokeForbidden: (reason) => open.revokeForbidden(reason),
  };
}
