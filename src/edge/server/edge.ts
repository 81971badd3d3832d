/**
 * The edge role on one page: peers come in by gRPC, the catalogue goes out to whoever asks.
 *
 * @module
 */
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import { pause, type Service } from "../../base/service.ts";
import type { State } from "../../db/mod.ts";
import { type EdgeKeyPort, GrantDesk, GrantStore, makeEdgeKey } from "../grants/mod.ts";
import { type Identities, type IdentitySettings, openIdentityRoom } from "../identity/mod.ts";
import { Nudge } from "../nudge.ts";
import type { CatalogItem, Page, PageRequest, Peer } from "./catalog_item.ts";
import { fromCursor, toCursor } from "./cursor.ts";
import { endRevoked, type ServeContext, serveGrpc } from "./serve.ts";
import { Sessions } from "./sessions.ts";
import { EdgeStore, type PeerRow, type TitleRow } from "./store.ts";
import { endViewers, iceServersFor, type IceSettings, Streams } from "./signalling/mod.ts";
import { Writes } from "./writes.ts";
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
  };
  /** This edge's key, who may come in, and by which port. */
  identity?: IdentitySettings;
  /** What signs grants; a key of this run unless said. */
  edgeKey?: EdgeKeyPort;
  /** Whether this viewer may play this title; everybody may everything unless said. */
  mayPlay?(viewer: string, catalogId: string): Promise<boolean>;
  /** Ways through the internet; none unless said. */
  ice?(): IceSettings;
}

export interface Edge extends Watching {
  /**
   * Serves host:port; `listening` is told the port, which matters when it was 0, and where that one
   * is TLS, another one on loopback for the peer in the same process.
   */
  serve(address: string, listening?: (port: number, innerPort?: number) => void): Service;
  /** Every peer ever seen, by id. */
  peers(request: PageRequest): Promise<Page<Peer>>;
  findPeer(peerId: string): Promise<Peer | undefined>;
  /** How many peers are connected now. */
  onlineCount(): number;
  /** Titles that peers have announced, by title; `query` is a part of the title. */
  catalog(request: PageRequest & { query?: string | undefined }): Promise<Page<CatalogItem>>;
  findTitle(catalogId: string): Promise<CatalogItem | undefined>;
  /** Who the peers are, invitations, revocations. */
  identities: Identities;
}

const MAX_PAGE = 1000;
/** The catalogue's change is told at most twice a second. */
const QUIET_MS = 500;

/** Nothing to close: `serve` ends with its signal, and the database belongs to the caller. */
export function openEdge(options: EdgeOptions): Edge {
  const { state, publish, log, edgeId, maxPeers = 1000, timeouts = {} } = options;
  const { peerSec = 120, streamSec = 10, grantSec = 300 } = timeouts;
  const store = new EdgeStore(state);
  const sessions = new Sessions(maxPeers);
  const room = openIdentityRoom({
    state,
    edgeId,
    settings: options.identity,
    publish,
    log,
    end: (peerId) => endRevoked({ sessions }, peerId),
  });
  const desk = new GrantDesk({
    store: new GrantStore(state),
    key: options.edgeKey ?? makeEdgeKey,
    edgeId,
    lifeSec: grantSec,
    publish,
    log,
  });
  const iceServers = (user: string) => options.ice ? iceServersFor(options.ice(), user) : [];
  const streams = new Streams({
    findTitle: (catalogId) => store.findTitle(catalogId),
    findPeer: (peerId) => sessions.find(peerId),
    desk,
    mayPlay: options.mayPlay ?? (() => Promise.resolve(true)),
    iceServers,
    limitMs: streamSec * 1000,
    log,
  });
  const news = new Nudge<"catalog">();
  const writes = new Writes();

  const context: ServeContext = {
    ...room.context,
    store,
    log,
    edgeId,
    sessions,
    peerTimeoutMs: peerSec * 1000,
    changed: () => news.note("catalog"),
    streams,
    streamClosed: (peerId, sessionId) => streams.open.closed(peerId, sessionId),
    streamCandidate: (peerId, candidate) => streams.open.heard(peerId, candidate),
    grantKeys: () => desk.keys(),
    joined(session) {
      const { peerId, connectedAt } = session;
      // Its first message waits for this, and fails with it.
      session.ready = writes.add(
        store.connected(peerId, connectedAt).then(() => {
          log.info("Peer connected", { peerId });
          publish("peer.connected", { peerId });
          // Its titles are online now.
          news.note("catalog");
        }),
      );
    },
    left(session, reason) {
      const { peerId, viewers } = session;
      endViewers(viewers, streams);
      void writes.add(session.ready.then(async () => {
        log.info("Peer disconnected", { peerId, reason });
        publish("peer.disconnected", { peerId, reason });
        news.note("catalog");
        await store.seen(session, new Date(session.lastSeen).toISOString(), session.extensions);
      })).catch((error) => log.warn("Cannot keep when a peer was last seen", { peerId, error }));
    },
  };

  const toPeer = (row: PeerRow): Peer => {
    const session = sessions.find(row.peerId);
    if (!session) return { ...row, online: false };
    const { lastSeen, extensions } = session;
    return { ...row, lastSeenAt: new Date(lastSeen).toISOString(), extensions, online: true };
  };
  const toItem = ({ sortTitle: _, replicas, ...row }: TitleRow): CatalogItem => {
    const known = replicas.map(({ peerId, relativePath, atRisk }) => ({
      peerId,
      relativePath,
      online: sessions.find(peerId) !== undefined,
      ...atRisk && { atRisk },
    }));
    const available = new Set(known.filter(({ online }) => online).map(({ peerId }) => peerId));
    const online = available.size > 0;
    return { ...row, online, availablePeerCount: available.size, replicas: known };
  };

  return {
    serve: (address, listening = () => {}) => async (signal) => {
      const stop = new AbortController();
      const either = AbortSignal.any([signal, stop.signal]);
      const telling = Promise.all([tell(either), streams.open.renewing(either)]);
      try {
        await serveGrpc(address, context, (port, innerPort) => {
          log.debug("Edge listens", { address, port });
          listening(port, innerPort);
        })(signal);
      } finally {
        stop.abort();
        await telling;
        await writes.done();
      }
    },
    async peers({ limit, cursor }) {
      const [after = ""] = fromCursor(cursor, 1);
      return await paged(
        limit,
        (count) => store.peers(after, count),
        toPeer,
        (it) => toCursor(it.peerId),
      );
    },
    async findPeer(peerId) {
      const row = await store.findPeer(peerId);
      return row && toPeer(row);
    },
    onlineCount: () => sessions.count(),
    async catalog({ limit, cursor, query }) {
      const [sortTitle = "", catalogId = ""] = fromCursor(cursor, 2);
      const fetch = (count: number) => store.titles({ sortTitle, catalogId }, count, query);
      return await paged(limit, fetch, toItem, (it) => toCursor(it.sortTitle, it.catalogId));
    },
    async findTitle(catalogId) {
      const row = await store.findTitle(catalogId);
      return row && toItem(row);
    },
    identities: room.identities,
    ...openWatching(streams, desk, iceServers),
  };

  async function tell(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const due = await news.take(signal);
      if (due.size > 0) publish("catalog.changed", {});
      await pause(QUIET_MS, signal);
    }
  }
}

/** One row more than asked for tells whether there is another page. */
async function paged<Row, Item>(
  limit: number,
  fetch: (count: number) => Promise<Row[]>,
  toItem: (row: Row) => Item,
  cursorOf: (row: Row) => string,
): Promise<Page<Item>> {
  const count = Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE);
  const rows = await fetch(count + 1);
  const last = rows[count - 1];
  return {
    items: rows.slice(0, count).map(toItem),
    ...(rows.length > count && last && { nextCursor: cursorOf(last) }),
  };
}
