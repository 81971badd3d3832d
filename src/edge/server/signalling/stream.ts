/**
 * One stream, as the edge knows it: opened here, or before this edge was started.
 *
 * @module
 */
import { type GrantFilter, type GrantRow, sha256, type ViewerPlay } from "../../grants/mod.ts";
import type { IceCandidate } from "../../messages.ts";

export interface EdgeStreamInfo {
  sessionId: string;
  catalogId: string;
  peerId: string;
  viewer: string;
  /** ISO 8601. */
  openedAt: string;
  /** The viewer's offer, or its answer; "" before it has answered, and where it is not known. */
  viewerSdp: string;
}

export interface Stream extends Omit<ViewerPlay, "catalogId" | "sdp"> {
  /** "" before the viewer has answered; undefined: of what it offered only the hash was kept. */
  sdp: string | undefined;
  openedAt: string;
  /** The peer has answered. */
  isOpen: boolean;
  over: boolean;
  /** When its grant expires: milliseconds since 1970. */
  expires: number;
  /** When it is renewed, or that is tried again. */
  renewAt: number;
  /** The peer takes renewals, and says what it does not know; it does not before its hello. */
  hasGrants: boolean;
  /** It is not renewed: nobody here would know when it is over. */
  isLast: boolean;
  /** Addresses of the peer that the viewer has not fetched. */
  candidates: IceCandidate[];
}

/** Who plays where there are no accounts: it may be many. */
export const OWNER = "owner";
/** Before the name of a peer that has called the published operations: then that is the viewer. */
export const CALLER = "peer:";

export function newStream(play: ViewerPlay, lifeMs: number): Stream {
  const { sessionId, viewer, titleId, peerId, sdp } = play;
  const now = Date.now();
  return {
    ...{ sessionId, viewer, titleId, peerId, sdp },
    openedAt: new Date(now).toISOString(),
    isOpen: false,
    over: false,
    expires: now + lifeMs,
    renewAt: now + lifeMs / 2,
    hasGrants: false,
    isLast: false,
    candidates: [],
  };
}

/** From the log of an edge that was started anew. */
export async function earlierStream(row: GrantRow, lifeMs: number): Promise<Stream> {
  const { sessionId, viewer, catalogId: titleId, peerId, offer } = row;
  const expires = Date.parse(row.expiresAt);
  return {
    ...{ sessionId, viewer, titleId, peerId, expires },
    sdp: offer === await sha256("") ? "" : undefined,
    openedAt: row.issuedAt,
    isOpen: true,
    over: false,
    renewAt: expires - lifeMs / 2,
    hasGrants: true,
    // That it ends when its caller leaves was known only to the session that has gone.
    isLast: offer === null || viewer.startsWith(CALLER),
    candidates: [],
  };
}

export function matches({ titleId, ...stream }: Stream, filter: GrantFilter): boolean {
  const { sessionId, viewer, peerId } = stream;
  const facts: GrantFilter = { sessionId, viewer, peerId, catalogId: titleId };
  return (Object.keys(facts) as (keyof GrantFilter)[])
    .every((name) => filter[name] === undefined || filter[name] === facts[name]);
}

/** What may be told of a stream. */
export function toInfo({ sdp = "", ...stream }: Stream): EdgeStreamInfo {
  const { sessionId, titleId: catalogId, peerId, viewer, openedAt } = stream;
  return { sessionId, catalogId, peerId, viewer, openedAt, viewerSdp: sdp };
}
