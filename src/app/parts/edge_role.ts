/**
 * The edge role: the catalogue over all peers, in the words of REST.
 *
 * @module
 */
import { NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import type { Configuration } from "../../config/mod.ts";
import type { Database } from "../../db/mod.ts";
import { openEdge } from "../../edge/mod.ts";
import { catalogItemBody, type EdgePort, peerBody } from "../../http/mod.ts";

export interface EdgeRoleOptions {
  db: Database;
  config: Configuration;
  publish: Publish;
  log: Log;
}

export interface Listening {
  address: string;
  stopped: AbortSignal;
}

export type EdgeRole = ReturnType<typeof openEdgeRole>;

export function openEdgeRole({ db, config, publish, log }: EdgeRoleOptions) {
  const { edgeId, maxPeers, peerTimeoutSec } = config.value;
  const edge = openEdge({
    db,
    publish,
    log: log.child("edge"),
    edgeId,
    maxPeers,
    timeouts: { peerSec: peerTimeoutSec },
  });
  let listening = Promise.withResolvers<Listening>();
  let address: string | undefined;

  const port: EdgePort = {
    peers: (request) => {
      const { items, nextCursor } = edge.peers(request);
      return { items: items.map(peerBody), nextCursor };
    },
    findPeer: (id) => peerBody(found(edge.findPeer(id), "peer", id)),
    catalog: (request) => {
      const { items, nextCursor } = edge.catalog(request);
      return { items: items.map(catalogItemBody), nextCursor };
    },
    findTitle: (id) => catalogItemBody(found(edge.findTitle(id), "title", id)),
    streams: () => edge.streams().map(streamBody),
    openStream: async ({ catalog_id: catalogId, sdp }, signal) => {
      const stream = await edge.openStream({ catalogId, sdp }, signal);
      return { ...streamBody({ ...stream, catalogId }), sdp: stream.sdp };
    },
    closeStream: (id) => edge.closeStream(id),
  };

  return {
    port,
    /** Serves peers at `at`; a port of 0 takes any free one. */
    serve: async (at: string, signal: AbortSignal) => {
      const stopped = new AbortController();
      try {
        await edge.serve(at, (port) => {
          address = `${at.slice(0, at.lastIndexOf(":"))}:${port}`;
          listening.resolve({ address, stopped: stopped.signal });
          publish("edge.listening", { address });
        })(signal);
      } finally {
        listening = Promise.withResolvers();
        address = undefined;
        stopped.abort();
      }
    },
    /** Where peers reach it, as soon as it listens, and until when. */
    listening: () => listening.promise,
    /** Where it listens now. */
    address: () => address,
    peersOnline: () => edge.onlineCount(),
  };
}

function found<T>(it: T | undefined, what: string, id: string): T {
  if (it === undefined) throw new NotFoundError(`Cannot find ${what} "${id}"`, { id });
  return it;
}

function streamBody(it: { sessionId: string; catalogId: string; peerId: string }) {
  return { id: it.sessionId, catalog_id: it.catalogId, peer_id: it.peerId };
}
