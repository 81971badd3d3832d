/**
 * What happens at one edge, for the listeners of all; and in the words of the seeds, for those who
 * read along on the bus.
 *
 * @module
 */
import type { Publish } from "../../../../base/events.ts";
import { snakeCased } from "../../../../base/text/snake_case.ts";
import type { Case, PeerPayloads } from "../../../messages.ts";
import type { Bus } from "../bus/bus.ts";
import { EVENTS, topics } from "../bus/topics.ts";

type Data = Record<string, unknown>;

/** THE EVENTS that go to all edges, and what the seeds call them. */
const shared: Record<string, (at: string, data: Data) => [topic: string, words: Data][]> = {
  "peer.connected": (at, { peerId }) => [
    [topics.lifecycle, { "peer_id": peerId, "edge_id": at, "event_type": "connected" }],
    [topics.established, { "peer_id": peerId, "edge_id": at, "catalog_ids": [] }],
  ],
  "peer.disconnected": (at, { peerId }) => [
    [topics.lifecycle, { "peer_id": peerId, "edge_id": at, "event_type": "disconnected" }],
    [topics.closed, { "peer_id": peerId, "edge_id": at }],
  ],
  "catalog.changed": () => [],
  "catalog.availability": (_at, data) => [[topics.availability, {
    "catalog_id": data.catalogId,
    "available_peer_count": data.availablePeerCount,
    "is_available": data.isAvailable,
  }]],
  "catalog.endangered": () => [],
  "catalog.tagged": () => [],
  "subscription.matched": (_at, data) => [[topics.matched, snakeCased(data) as Data]],
  "command.done": () => [],
  "command.dead": () => [],
  "screenshots.requested": () => [],
  "screenshots.completed": () => [],
  "screenshots.failed": () => [],
  // Who may do what is decided anew at each edge, and who listens there may be one no more.
  "sharing.changed": () => [],
  "user.changed": () => [],
  "session.ended": () => [],
  "session.reused": () => [],
  "token.deleted": () => [],
  "invitation.changed": () => [],
  "peer.revoked": () => [],
  "peer.restored": () => [],
  "peer.joined": () => [],
};

/** Ids in one message. */
const MAX_IDS = 1000;

export interface NewsDeps {
  bus: Bus;
  edgeId: string;
  run: string;
  publish: Publish;
}

export function createNews({ bus, edgeId, run, publish }: NewsDeps) {
  const isAlone = bus.kind === "embedded";
  const say = (topic: string, words: Data) => {
    if (!isAlone) bus.tell(topic, { ...words, timestamp: new Date().toISOString() });
  };
  const publishAll: Publish = (type, data) => {
    publish(type, data);
    const translate = shared[type];
    if (!translate) return;
    bus.tell(EVENTS, { run, type, data });
    if (!isAlone) { for (const [topic, words] of translate(edgeId, data)) say(topic, words); }
  };
  return {
    /** Here, and where it is everybody's business, everywhere. */
    publish: publishAll,

    hearing: (): Disposable =>
      bus.hear(EVENTS, (it) => {
        const { run: from, type, data } = it as { run: string; type: string; data: Data };
        if (from !== run && Object.hasOwn(shared, type)) publish(type, data);
      }),

    /** Of these titles a peer has copies now; or has them no more. */
    catalogue(peerId: string, catalogIds: readonly string[], areLost: boolean): void {
      if (isAlone) return;
      for (let at = 0; at < catalogIds.length; at += MAX_IDS) {
        const ids = catalogIds.slice(at, at + MAX_IDS);
        const words = {
          "peer_id": peerId,
          "edge_id": edgeId,
          "catalog_ids": areLost ? [] : ids,
          ...areLost && { "removed_catalog_ids": ids },
          "is_full_update": false,
        };
        say(topics.catalogUpdates, words);
        say(topics.catalogUpdated, words);
      }
    },

    /** What a peer has said to a command. */
    answered(peerId: string, { case: name, value }: Case<PeerPayloads>): void {
      if (isAlone) return;
      const common = { "peer_id": peerId, "edge_id": edgeId };
      if (name === "fileDeleteResponse") {
        const { catalogId, success, error } = value;
        say(topics.deleted, {
          ...common,
          "catalog_uuid": catalogId,
          success,
          "error_message": error ?? "",
        });
      } else if (name === "fileHashResponse") {
        const { catalogId, hashes, error } = value;
        say(topics.hashed, {
          ...common,
          "catalog_uuid": catalogId,
          hashes,
          "error_message": error ?? "",
        });
      }
    },
  };
}
