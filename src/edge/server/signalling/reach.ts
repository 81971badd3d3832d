/**
 * A peer as signalling needs it: asked, and told.
 *
 * @module
 */
import type { Case, EdgePayloads, PeerMessage } from "../../messages.ts";

/** A session of this edge is one; a peer on another edge may be another. */
export interface PeerReach {
  readonly peerId: string;
  readonly extensions: readonly string[];
  ask(payload: Case<EdgePayloads>, ms: number, signal?: AbortSignal): Promise<PeerMessage>;
  send(payload: Case<EdgePayloads>): Promise<void>;
}

/** A peer that has gone has no stream left to be told of. */
export async function tellPeer(
  peer: Pick<PeerReach, "send"> | undefined,
  payload: Case<EdgePayloads>,
): Promise<void> {
  await peer?.send(payload).catch(() => {});
}

export function hangUp(peer: PeerReach | undefined, sessionId: string): void {
  void tellPeer(peer, { case: "streamClose", value: { sessionId } });
}
