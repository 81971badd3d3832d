/**
 * How the edge and the link to one are.
 *
 * @module
 */
import type { Parts } from "../../../http/mod.ts";
import type { EdgeRole } from "../edge_role.ts";
import type { PeerLink } from "../peer_link.ts";

/** Degraded while it is not there, and why. */
export function linkPart(link: Pick<PeerLink, "state">): Parts[string] {
  const { nextTryAt, ...state } = link.state();
  if (state.connected) return { status: "healthy", ...state };
  const { address, since, reason } = state;
  const text = `There is no link to the edge${address && ` at ${address}`} since ${since}: ` +
    `${reason ?? "it is being made"}${nextTryAt ? `. The next try is at ${nextTryAt}` : ""}`;
  const next = nextTryAt !== undefined && { next_try_at: nextTryAt };
  return { status: "degraded", ...state, ...next, problems: [{ text }] };
}

/** Degraded while what it stands on is away. */
export async function edgePart(
  edge: Pick<EdgeRole, "address" | "peersOnline" | "problems">,
): Promise<Parts[string]> {
  const problems = await edge.problems();
  return {
    status: problems.length > 0 ? "degraded" : "healthy",
    address: edge.address() ?? null,
    peers: edge.peersOnline(),
    problems,
  };
}
