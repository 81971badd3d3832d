/**
 * What streams, WHEP, ICE servers and grants need of the edge, and whose streams a call may touch.
 *
 * @module
 */
import type {
  EdgeStreamInfo,
  GrantFilter,
  GrantRow,
  IceCandidate,
  IceServer,
  OpenedStream,
  StreamRequest,
} from "../../../edge/mod.ts";
import { currentCaller } from "../../admission/caller.ts";

export interface PlayRequest extends StreamRequest {
  /** The id of the sign-in or token that asks: the play ends with it. */
  begunBy?: string;
}

/** With a viewer named, only that viewer's streams are there. */
export interface ViewersPort {
  openStream(request: PlayRequest, signal: AbortSignal): Promise<OpenedStream>;
  findStream(sessionId: string, viewer?: string): EdgeStreamInfo;
  answerStream(sessionId: string, sdp: string, viewer?: string): Promise<void>;
  addCandidate(candidate: IceCandidate, viewer?: string): Promise<void>;
  takeCandidates(sessionId: string, viewer?: string): IceCandidate[];
  closeStream(sessionId: string, viewer?: string): void;
  streams(viewer?: string): EdgeStreamInfo[];
  iceServers(viewer: string): IceServer[];
}

/** `src/edge` provides it as it is. */
export interface WatchingPort extends ViewersPort {
  grants(
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ items: GrantRow[]; nextCursor?: string | undefined }>;
  revokeGrants(filter: GrantFilter, reason: string): Promise<number>;
}

/** Who plays; and whose streams they may touch: an owner those of everybody. */
export function watcher(): { viewer: string; only: string | undefined } {
  const { role, userId } = currentCaller();
  const viewer = userId ?? OWNER;
  return { viewer, only: role === "owner" ? undefined : viewer };
}

/** Whose play it is, and what it ends with. */
export function player(): Pick<PlayRequest, "viewer" | "begunBy"> {
  const { sessionId, tokenId } = currentCaller();
  const begunBy = sessionId ?? tokenId;
  return { viewer: watcher().viewer, ...begunBy !== undefined && { begunBy } };
}

/** The owner at this machine has no account. */
const OWNER = "owner";

/** The edge gives up earlier, and says why. */
export const OPEN_MS = 30_000;

export const MAX_SDP = 100_000;

export function iceServerBody({ urls, username, credential }: IceServer) {
  return { urls, ...username !== "" && { username, credential } };
}
