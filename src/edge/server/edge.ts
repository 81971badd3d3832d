/**
 * The edge role on one page: peers come in by gRPC, the catalogue goes out to whoever asks.
 *
 * @module
 */
import type { Publish } from "../../base/events.ts";
import type { Metric } from "../../base/metrics.ts";
import type { Log } from "../../base/log.ts";
import type { Service } from "../../base/service.ts";
import type { State } from "../../db/mod.ts";
import { type EdgeKeyPort, GrantDesk, GrantStore, makeEdgeKey, toEdgeKey } from "../grants/mod.ts";
import {
  type Identities,
  type IdentitySettings,
  isAlive,
  openIdentityRoom,
} from "../identity/mod.ts";
import { Nudge } from "../nudge.ts";
import { makeNamesPlain } from "../sight/mod.ts";
import { openAvailability } from "./availability/mod.ts";
import { type HashesOptions, openHashes } from "./hashes/mod.ts";
import { type Catalogue, openCatalogue } from "./catalogue.ts";
import { EdgeCounters } from "./metrics/counters.ts";
import { type Bus, openRouting, type Routing } from "./routing/mod.ts";
import { endRevoked, type ServeContext, serveGrpc } from "./serve.ts";
import { openScreenshots, type Screenshots, type ScreenshotSettings } from "./screenshots/mod.ts";
import { Sessions } from "./sessions.ts";
import { EdgeStore } from "./store.ts";
import type { Subscriptions } from "./subscriptions/mod.ts";
import { endViewers, iceServersFor, type IceSettings, Streams } from "./signalling/mod.ts";
import { Writes } from "./writes.ts";
import { endReplaced } from "./visit.ts";
import { openWatching, type Watching } from "./watching.ts";

export interface EdgeOptions {
  /** Opened with `migrations.edge`. */
  state: State;
  publish: Publish;
  log: Log;
  edgeId: string;
  /** Peers that may be connected at once; 1000 unless said. */
  maxPeers?: number;
  timeouts?: {
    /** Seconds of silence after which a peer is dropped; 120 unless said. */
    peerSec?: number;
    /** Seconds that opening a stream may take; 10 unless said. */
    streamSec?: number;
    /** Seconds that one grant is in force; 300 unless said. */
    grantSec?: number;
    /** Seconds that a peer may be away before what only it had counts as lost; 300 unless said. */
    graceSec?: number;
  };
  /** This edge's key, who may come in, and by which port. */
  identity?: IdentitySettings;
  /** What signs grants; the edge's own key unless said, or one of this run. */
  edgeKey?: EdgeKeyPort;
  /** Whether this viewer may play this title, from this peer; all may everything unless said. */
  mayPlay?(viewer: string, catalogId: string, peerId?: string): Promise<boolean>;
  /** Where HTTP is answered, for peers with screenshots. */
  httpUrl?(): string | undefined;
  /** How screenshots are asked for, and where they are kept. */
  screenshots?: ScreenshotSettings;
  /** Ways through the internet; none unless said. */
  ice?(): IceSettings;
  /** To other edges that share the state; there are none unless said. It belongs to the caller. */
  bus?: Bus | undefined;
  /** How often files of original peers are compared with others'. */
  hashPace?: HashesOptions["pace"];
  /** Where those who are connected stand; `maxPeers` counts only without it. */
  sessions?: Sessions;
}

export interface Edge extends Watching, Catalogue {
  /**
   * Serves host:port; `listening` is told the port, which matters when it was 0, and where that one
   * is TLS, another one on loopback for the peer in the same process.
   */
  serve(address: string, listening?: (port: number, innerPort?: number) => void): Service;
  /** How many peers are connected now. */
  onlineCount(): number;
  /** Who waits for which titles. */
  subscriptions: Subscriptions;
  /** Who the peers are, invitations, revocations. */
  identities: Identities;
  /** Pictures of titles, brought by peers. */
  screenshots: Screenshots;
  /** What peers are told to do, at whichever edge they are. */
  commands: Routing["commands"];
  /** The edge that a peer is connected to. */
  edgeOf(peerId: string): string | undefined;
  /** What it counts, and what is there now. */
  metrics(): Metric[];
  /** Tells those who listen here; and at all edges, where that is everybody's business. */
  publish: Publish;
  /** Other edges that are there. */
  otherEdges(): string[];
}

/** Changes of the catalogue are told at most twice a second. */
const QUIET_MS = 500;

/** Nothing to close: `serve` ends with its signal, and the database belongs to the caller. */
export function openEdge(options: EdgeOptions): Edge {
  const { state, log, edgeId, bus, maxPeers = 1000, timeouts = {} } = options;
  const { peerSec = 120, streamSec = 10, grantSec = 300, graceSec = 300 } = timeouts;
  const store = new EdgeStore(state);
  const sessions = options.sessions ?? new Sessions(maxPeers);
  const counters = new EdgeCounters();
  const routing: Routing = openRouting({
    bus,
    counters,
    state,
    edgeId,
    sessions,
    httpUrl: options.httpUrl,
    grantKeys: () => desk.keys(),
    vouch: (session, keys) => room.context.signed.get(session)?.vouch?.(keys) ?? "",
    async probe(session) {
      if (await isAlive(session, room.context.probeMs)) return true;
      endReplaced(session, "This peer has connected to another edge");
      return false;
    },
    end: endReplaced,
    bereft(peerId) {
      news.note("catalog");
      availability.moved(peerId);
    },
    aboutStream({ peerId, sessionId, candidate }) {
      if (candidate) streams.open.heard(peerId, candidate);
      else streams.open.closed(peerId, sessionId);
    },
    publish: options.publish,
    log: log.child("routing"),
  });
  const publish = counters.counting(routing.publish);
  const room = openIdentityRoom({
    state,
    edgeId,
    settings: options.identity,
    publish,
    log,
    async end(peerId, reason) {
      // As long as it hears us: what it plays goes straight to the viewers.
      await streams.open.revoke({ peerId }, reason).finally(() => endRevoked({ sessions }, peerId));
    },
  });
  const key = options.identity?.key;
  const desk = new GrantDesk({
    store: new GrantStore(state),
    key: options.edgeKey ?? (key ? () => toEdgeKey(key) : makeEdgeKey),
    edgeId,
    lifeSec: grantSec,
    publish,
    log,
  });
  const iceServers = (user: string) => options.ice ? iceServersFor(options.ice(), user) : [];
  const streams = new Streams({
    findTitle: (catalogId) => store.findTitle(catalogId),
    findPeer: routing.find,
    desk,
    mayPlay: options.mayPlay ?? (() => Promise.resolve(true)),
    tellOthers: (peerId, sessionId) => routing.tellStream({ peerId, sessionId }),
    iceServers,
    limitMs: streamSec * 1000,
    counted: (outcome) => counters.add("streams", outcome),
    log,
  });
  const { availability, subscriptions } = openAvailability({
    state,
    store,
    edgeId,
    isOnline: routing.isOnline,
    publish,
    log,
    graceMs: graceSec * 1000,
  });
  const pictures = openScreenshots({
    state,
    titlesOf: (catalogIds) => store.titlesOf(catalogIds),
    findPeer: streams.options.findPeer,
    viewersOf: (peerId) => streams.open.countOf(peerId),
    publish,
    counters,
    log,
  }, options.screenshots);
  const [news, tagged] = [new Nudge<"catalog">(), new Nudge<"tags">()];
  const writes = new Writes();
  const hashes = openHashes({
    ...{ state, log, sessions, pace: options.hashPace, findPeer: routing.find },
    changed: (peerId, titles) => context.changed(peerId, titles),
  });

  const context: ServeContext = {
    ...room.context,
    store,
    log,
    edgeId,
    sessions,
    peerTimeoutMs: peerSec * 1000,
    changed(peerId, titles, areLost) {
      news.note("catalog");
      availability.touched(peerId, titles, areLost);
      pictures.nudge();
      hashes.nudge();
      routing.catalogueChanged(peerId, titles, areLost ?? false);
    },
    tagged: () => tagged.note("tags"),
    streams,
    streamClosed(peerId, sessionId) {
      streams.open.closed(peerId, sessionId);
      routing.tellStream({ peerId, sessionId });
    },
    streamCandidate(peerId, candidate) {
      streams.open.heard(peerId, candidate);
      routing.tellStream({ peerId, sessionId: candidate.sessionId, candidate });
    },
    claim: routing.claim,
    greeted: routing.greeted,
    heard(session, message) {
      counters.heard(message.payload);
      hashes.heard(session, message);
      routing.heard(session, message);
    },
    joined(session) {
      const { peerId, connectedAt } = session;
      // Its first message waits for this, and fails with it.
      session.ready = writes.add(
        store.connected(peerId, connectedAt, session.isBelieved).then(() => {
          routing.joined(session);
          log.info("Peer connected", { peerId });
          publish("peer.connected", { peerId });
          // Its titles are online now.
          news.note("catalog");
          availability.moved(peerId);
          pictures.nudge();
          hashes.nudge();
        }),
      );
    },
    left(session, reason) {
      const { peerId, viewers } = session;
      endViewers(viewers, streams);
      routing.left(session);
      void writes.add(session.ready.then(async () => {
        log.info("Peer disconnected", { peerId, reason });
        publish("peer.disconnected", { peerId, reason });
        news.note("catalog");
        availability.moved(peerId);
        await store.seen(session, new Date(session.lastSeen).toISOString(), session.extensions);
      })).catch((error) => log.warn("Cannot keep when a peer was last seen", { peerId, error }));
    },
  };

  return {
    serve: (address, listening = () => {}) => async (signal) => {
      const stop = new AbortController();
      const either = AbortSignal.any([signal, stop.signal]);
      using _back = bus?.onBack(() => {
        counters.add("busReconnects");
        // Here only: what others have told meanwhile was not heard.
        options.publish("edge.rejoined", {});
      });
      const telling = Promise.all([
        news.each(QUIET_MS, () => publish("catalog.changed", {}), either),
        tagged.each(QUIET_MS, () => publish("catalog.tagged", {}), either),
        streams.open.renewing(either),
        availability.run(either),
        pictures.run(either),
        hashes.run(either),
        routing.run(either),
        makeNamesPlain(state, log, either),
      ]);
      // Without one of them it is no edge: it ends, for whoever sees to it to begin it again.
      telling.catch(() => stop.abort());
      try {
        await serveGrpc(address, context, listening)(either);
      } finally {
        stop.abort();
        await telling.finally(() => writes.done());
      }
    },
    onlineCount: () => sessions.count(),
    ...openCatalogue(store, {
      session: (peerId) => sessions.find(peerId),
      isOnline: routing.isOnline,
      onlinePeers: routing.onlinePeers,
    }),
    subscriptions,
    identities: room.identities,
    screenshots: pictures.screenshots,
    commands: routing.commands,
    edgeOf: routing.edgeOf,
    publish,
    otherEdges: routing.edges,
    metrics: () =>
      counters.metrics({ sessions, ...room.context, streams: streams.open, routing, bus }),
    ...openWatching(streams, desk, iceServers),
  };
}
