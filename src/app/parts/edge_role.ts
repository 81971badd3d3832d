/**
 * The edge role: the catalogue over all peers, in the words of REST.
 *
 * @module
 */
import { NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import type { Configuration } from "../../config/mod.ts";
import {
  type Database,
  migrations,
  openPostgresState,
  openSqliteState,
  type State,
} from "../../db/mod.ts";
import { openEdge } from "../../edge/mod.ts";
import { catalogItemBody, type EdgePort, peerBody } from "../../http/mod.ts";

export interface EdgeRoleOptions {
  state: State;
  config: Configuration;
  publish: Publish;
  log: Log;
}

export interface Listening {
  address: string;
  stopped: AbortSignal;
}

export type EdgeRole = ReturnType<typeof openEdgeRole>;

/** What the edge keeps: in PostgreSQL where that is said, else in edge.db, which is opened then. */
export async function openEdgeState(url: string, openDb: () => Database): Promise<State> {
  if (url) return await openPostgresState(url, migrations.edge);
  const db = openDb();
  const state = openSqliteState(db);
  return { ...state, [Symbol.asyncDispose]: () => Promise.resolve(db[Symbol.dispose]()) };
}

export function openEdgeRole({ state, config, publish, log }: EdgeRoleOptions) {
  const { edgeId, maxPeers, peerTimeoutSec } = config.value;
  const edge = openEdge({
    state,
    publish,
    log: log.child("edge"),
    edgeId,
    maxPeers,
    timeouts: { peerSec: peerTimeoutSec },
    ice: () => iceSettings(config.value),
  });
  let listening = Promise.withResolvers<Listening>();
  let address: string | undefined;

  const port: EdgePort = {
    ...edge,
    peers: async (request) => {
      const { items, nextCursor } = await edge.peers(request);
      return { items: items.map(peerBody), nextCursor };
    },
    findPeer: async (id) => peerBody(found(await edge.findPeer(id), "peer", id)),
    catalog: async (request) => {
      const { items, nextCursor } = await edge.catalog(request);
      return { items: items.map(catalogItemBody), nextCursor };
    },
    findTitle: async (id) => catalogItemBody(found(await edge.findTitle(id), "title", id)),
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

function iceSettings({ stunServers }: Configuration["value"]) {
  return { stunServers, turnServers: [], turnSecret: "" };
}

function found<T>(it: T | undefined, what: string, id: string): T {
  if (it === undefined) throw new NotFoundError(`Cannot find ${what} "${id}"`, { id });
  return it;
}
