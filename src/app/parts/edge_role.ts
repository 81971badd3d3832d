/**
 * The edge role: the catalogue over all peers, in the words of REST.
 *
 * @module
 */
import { join } from "node:path";
import { NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import { untilAborted } from "../../base/service.ts";
import type { Config, Configuration } from "../../config/mod.ts";
import {
  type Database,
  migrations,
  openPostgresState,
  openSqliteState,
  type State,
} from "../../db/mod.ts";
import {
  type Bus,
  folderObjects,
  type IdentityKey,
  natsObjects,
  openEdge,
  openNatsBus,
  s3Objects,
} from "../../edge/mod.ts";
import { patiently, watchEngines } from "./edge/engines.ts";
import { endingWithProof } from "./edge/begun_by.ts";
import { createRelay } from "./edge/relay.ts";
import { catalogItemBody, type EdgePort, peerBody } from "../../http/mod.ts";
import { identitiesPort, identitySettings } from "./edge/identity.ts";

export interface EdgeRoleOptions {
  /** What peers know this edge by. */
  key: IdentityKey;
  /** To other edges, where there are any. */
  bus?: Bus | undefined;
  state: State;
  config: Configuration;
  dataDir: string;
  publish: Publish;
  log: Log;
  /** Whether this viewer (an account's id, or "owner") may play this title. */
  mayPlay(viewer: string, catalogId: string, peerId?: string): Promise<boolean>;
  /** Whether a sign-in or token, by its id, goes on. */
  isOn(proof: string): Promise<boolean>;
}

export interface Listening {
  address: string;
  stopped: AbortSignal;
}

export type EdgeRole = ReturnType<typeof openEdgeRole>;

/** What the edge keeps: in PostgreSQL where that is said, else in edge.db, which is opened then. */
export async function openEdgeState(
  url: string,
  openDb: () => Database,
  log: Log,
): Promise<State> {
  if (url) return await patiently("PostgreSQL", openPostgresState(url, migrations.edge), log);
  const db = openDb();
  const state = openSqliteState(db);
  return { ...state, [Symbol.asyncDispose]: () => Promise.resolve(db[Symbol.dispose]()) };
}

/** What joins several edges, where that is said. */
export async function openEdgeBus(
  config: Config,
  log: Log,
): Promise<Bus | undefined> {
  if (!config.edgeBusUrl) return undefined;
  const opening = openNatsBus({ ...natsOf(config), name: config.edgeId, log: log.child("bus") });
  return await patiently("NATS", opening, log);
}

export function openEdgeRole(options: EdgeRoleOptions) {
  const { state, config, dataDir, publish, log, mayPlay } = options;
  const { edgeId, maxPeers, peerTimeoutSec } = config.value;
  const relay = createRelay({ config, dataDir, log: log.child("relay") });
  const shared = config.value.edgeBusUrl ? natsObjects(natsOf(config.value)) : undefined;
  const objects = s3Of(config.value) ?? shared ?? folderObjects(join(dataDir, "screenshots"));
  const edge = openEdge({
    state,
    publish,
    mayPlay: orPeer(mayPlay, () => config.value.peerViewers),
    log: log.child("edge"),
    edgeId,
    maxPeers,
    timeouts: { peerSec: peerTimeoutSec },
    identity: identitySettings(config, options.key),
    bus: options.bus,
    ice: relay.ice,
    httpUrl: () => httpUrlOf(config.value, httpPort),
    screenshots: {
      objects,
      limitBytes: () => config.value.screenshotStoreSizeMb * 1024 ** 2,
      ttlHours: () => config.value.pendingRequestTtlHours,
      tokenMinutes: () => config.value.jwtTokenExpireMinutes,
      algorithm: () => config.value.jwtAlgorithm,
      baseUrl: () => config.value.screenshotBaseUrl || oneHost(httpUrlOf(config.value, httpPort)),
    },
  });
  const plays = endingWithProof(edge, options.isOn, log);
  let listening = Promise.withResolvers<Listening>();
  let address: string | undefined;
  /** Where the port was left to chance: the one that it became. */
  let httpPort = 0;

  const port: EdgePort = {
    ...edge,
    ...identitiesPort(edge),
    openStream: plays.openStream,
    picturesAt: URL.parse(config.value.screenshotS3Endpoint)?.origin,
    maxScreenshots: () => config.value.maxScreenshotsPerRequest,
    peers: async (request) => {
      const { items, nextCursor } = await edge.peers(request);
      return { items: items.map(peerBody), nextCursor };
    },
    findPeer: async (id) => peerBody(found(await edge.findPeer(id), "peer", id)),
    catalog: async (request) => {
      const { items, nextCursor } = await edge.catalog(request);
      return { items: items.map(catalogItemBody), nextCursor };
    },
    lastCopies: async (request) => {
      const { items, nextCursor } = await edge.lastCopies(request);
      return { items: items.map(catalogItemBody), nextCursor };
    },
    findTitle: async (id, sees) =>
      catalogItemBody(found(await edge.findTitle(id, sees), "title", id)),
  };

  return {
    port,
    /** Whether there is such a peer, title or tag. */
    knows: edge.knows,
    /** The TURN server of its own, where TURN_RELAY is on. */
    relay: relay.service,
    /** Serves peers at `at`; a port of 0 takes any free one. */
    serve: async (at: string, signal: AbortSignal) => {
      const stopped = new AbortController();
      try {
        await edge.serve(at, (port, innerPort) => {
          address = `${at.slice(0, at.lastIndexOf(":"))}:${port}`;
          const inner = innerPort === undefined ? address : `127.0.0.1:${innerPort}`;
          listening.resolve({ address: inner, stopped: stopped.signal });
          publish("edge.listening", { address });
        })(signal);
      } finally {
        listening = Promise.withResolvers();
        address = undefined;
        stopped.abort();
        await shared?.[Symbol.asyncDispose]();
      }
    },
    /** The peer in this same process is known by its key, whoever else may come. */
    trust: (peerId: string, publicKey: string) => edge.identities.trust(peerId, publicKey),
    /** Where the peer in this same process reaches it, as soon as it listens, and until when. */
    listening: () => listening.promise,
    /** Ends what plays and may not any more. */
    endForbidden: (reason: string) => edge.revokeForbidden(reason),
    /** Viewers of peers that may not have any, from one moment on. */
    viewers: config.live.service((it) => it.peerViewers, async (may, signal) => {
      if (!may) await edge.revokeForbidden("PEER_VIEWERS is off");
      await untilAborted(signal);
    }),
    /** Of all that happens here. */
    onEvent: plays.onEvent,
    /** To the listeners of all edges, where that is everybody's business. */
    publish: edge.publish,
    /** HTTP is answered at this URL. */
    answersAt: (url: string) => void (httpPort = Number(new URL(url).port)),
    /** Where it listens now. */
    address: () => address,
    peersOnline: () => edge.onlineCount(),
    /** What it stands on and is away now. */
    problems: watchEngines(state, options.bus),
    metrics: edge.metrics,
  };
}

/** A peer is no account: its viewers are its own business, or nobody's. */
export function orPeer(
  mayPlay: EdgeRoleOptions["mayPlay"],
  peersMay: () => boolean,
): EdgeRoleOptions["mayPlay"] {
  return (viewer, catalogId, peerId) =>
    viewer.startsWith("peer:") ? Promise.resolve(peersMay()) : mayPlay(viewer, catalogId, peerId);
}

function found<T>(it: T | undefined, what: string, id: string): T {
  if (it === undefined) throw new NotFoundError(`Cannot find ${what} "${id}"`, { id });
  return it;
}

const natsOf = (config: Config) => ({
  url: config.edgeBusUrl,
  caPath: config.edgeBusCertPath,
  certPath: config.edgeBusClientCertPath,
  keyPath: config.edgeBusClientKeyPath,
  credsPath: config.edgeBusCredsPath,
  replicas: config.edgeBusReplicas,
});

/** Where that is said: screenshots are in S3 then, for all edges that say the same. */
function s3Of(config: Config) {
  if (!config.screenshotS3Endpoint) return undefined;
  return s3Objects({
    endpoint: config.screenshotS3Endpoint,
    bucket: config.screenshotS3Bucket,
    region: config.screenshotS3Region,
    accessKey: config.screenshotS3AccessKey,
    secretAccessKey: config.screenshotS3SecretAccessKey,
  });
}

/** As peers are told it; a port that was left to chance is known once it is there. */
function httpUrlOf({ httpHost, httpPort }: Config, now: number): string | undefined {
  const port = httpPort || now;
  if (port === 0) return undefined;
  return `http://${httpHost.includes(":") ? `[${httpHost}]` : httpHost}:${port}`;
}

/** Not where it listens at all addresses: each peer knows best by which one it has come. */
function oneHost(url: string | undefined): string | undefined {
  return url && !/^http:\/\/(0\.0\.0\.0|\[::\])/.test(url) ? url : undefined;
}
