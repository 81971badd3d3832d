/**
 * Names of topics on the bus: the seeds' own for what they knew, and ours for what goes on between
 * edges. docs/protocol.md says what is in them.
 *
 * @module
 */

/** Commands for the peers of one edge: the published words, one JSON object each. */
export const commandsOf = (edgeId: string) => `edge-commands-${token(edgeId)}`;
export const deadLettersOf = (edgeId: string) => `${commandsOf(edgeId)}.deadletter`;

/** What came of commands that this edge gave to others. */
export const repliesOf = (edgeId: string) => `edge-replies-${token(edgeId)}`;
/** Questions that one edge has to another. */
export const questionsOf = (edgeId: string) => `edge-questions-${token(edgeId)}`;
/** Events, for the listeners of all edges. */
export const EVENTS = "edge-events";
/** What peers say of streams that another edge than theirs has opened. */
export const STREAMS = "edge-streams";

export const topics = {
  lifecycle: "peer-lifecycle-events",
  catalogUpdates: "peer-catalog-updates",
  deleted: "file-delete-responses",
  hashed: "file-hash-responses",
  // What the seeds' tracker heard and said.
  established: "peer.connection.established",
  closed: "peer.connection.closed",
  catalogUpdated: "peer.catalog.updated",
  availability: "catalog.availability.changed",
  matched: "catalog.subscription.matched",
} as const;

/** What is kept for a while for those who read along. */
export const logged: string[] = [...Object.values(topics), "*.deadletter"];

/** An edge's name as a part of a topic: other characters mean something there. */
function token(edgeId: string): string {
  return edgeId.replaceAll(
    /[^A-Za-z0-9_-]/g,
    (it) =>
      [...new TextEncoder().encode(it)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`)
        .join(""),
  );
}

/** A text as the key of a record. */
export function toKey(text: string): string {
  return new TextEncoder().encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** @throws {SyntaxError} it is none of ours */
export function fromKey(key: string): string {
  return new TextDecoder().decode(Uint8Array.fromBase64(key, { alphabet: "base64url" }));
}
