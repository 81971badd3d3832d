/**
 * The whole agent on one page: what it opens, what it wires, what it runs.
 *
 * @module
 */
import { join } from "node:path";
import { watchEventLoop } from "../base/event_loop.ts";
import { Events, type Publish } from "../base/events.ts";
import { filtered, type Level, Log, textSink } from "../base/log.ts";
import { type Service, type ServiceFailure, supervise } from "../base/service.ts";
import { openIdentityKey } from "../edge/mod.ts";
import { createApi, serveHttp } from "../http/mod.ts";
import { openSessions, warmUp } from "../stream/mod.ts";
import { dataDirOf, type Texts } from "./commands/options.ts";
import { configurationsPort } from "./parts/configurations_port.ts";
import type { Config, Configuration } from "../config/mod.ts";
import type { Database } from "../db/mod.ts";
import { type DataFolder, openDataFolder } from "./data_folder.ts";
import { type EdgeRole, openEdgeBus, openEdgeRole, openEdgeState } from "./parts/edge_role.ts";
import { createDuplicatesWatch } from "./parts/library/duplicates.ts";
import { createIntake } from "../items/mod.ts";
import { createHealth } from "./parts/health.ts";
import { createMetrics } from "./parts/metrics.ts";
import { openPeopleRole, type PeopleRole } from "./parts/people.ts";
import { createPeerLink } from "./parts/peer_link.ts";
import { openConfiguration, openData, openPeer } from "./parts/peer.ts";
import { createScanner } from "./parts/scanner.ts";
import { createOwnViewers } from "./parts/streams/own_viewers.ts";
import { createWatcher } from "./parts/watcher.ts";
import type { Terminal } from "./terminal.ts";
import { tell } from "./parts/tell.ts";

export interface AgentOptions {
  /** A peer is its own edge as long as no other is named; an edge has no files. */
  role: "peer" | "edge";
  texts: Texts;
  terminal: Terminal;
  signal: AbortSignal;
}

/** Runs until `signal` aborts. What it throws is a Failure that says what to do. */
export async function runAgent({ role, texts, terminal, signal }: AgentOptions): Promise<void> {
  await using held = new AsyncDisposableStack();
  const folder = held.use(await openDataFolder(dataDirOf(texts)));
  let level = (): Level => "info";
  const log = new Log(filtered(textSink(terminal.logLine), () => level()));
  const db = held.use(openData(folder.path, "library", log));
  const config = openConfiguration(db, texts);
  for (const problem of config.ignored) log.warn("Stored setting ignored", { problem });
  level = () => config.value.logLevel;
  const events = new Events();

  const context: PartsContext = { role, folder, db, config, events, log, terminal };
  await config.live.service(builtIn, (_, signal) => runParts(context, signal))(signal);
}

/** What decides which parts there are, and how large: they are made anew when it changes. */
function builtIn(config: Config) {
  const { edgeGrpcAddress, edgeId, maxPeers, peerTimeoutSec, maxStreams } = config;
  const isEdge = !edgeGrpcAddress;
  const { allowUnsignedPeers, grpcUseTls, grpcCertPath, grpcKeyPath, grpcClientCertPath } = config;
  const door = isEdge &&
    { allowUnsignedPeers, grpcUseTls, grpcCertPath, grpcKeyPath, grpcClientCertPath };
  return { isEdge, edgeId, maxPeers, peerTimeoutSec, maxStreams, door };
}

interface PartsContext {
  role: AgentOptions["role"];
  folder: DataFolder;
  db: Database;
  config: Configuration;
  events: Events;
  log: Log;
  terminal: Terminal;
}

/** Events by which a film may have other tags, or be called something else. */
const TAGGING = /^(item|tag)\.|^duplicates\.resolved$/;
const NAMING = /^item\.changed$|^duplicates\.resolved$/;

async function runParts(context: PartsContext, signal: AbortSignal): Promise<void> {
  const { role, folder, db, config, events, log, terminal } = context;
  await using held = new AsyncDisposableStack();
  const services: Record<string, Service> = {};
  const failures = new Map<string, ServiceFailure>();
  const publish: Publish = (type, data) => {
    events.publish(type, data);
    // The edge hears of files that are at risk.
    if (type === "drive.health") onFound();
    // A deleted item's file is offered no more; an undo offers it again.
    if (type === "item.deleted" || type === "changes.undone") onFound();
    if (TAGGING.test(type)) link?.retell(NAMING.test(type) ? "titles" : "tags");
    people?.onEvent(type);
    edge?.onEvent(type, data);
  };

  const isEdge = role === "edge" || config.value.edgeGrpcAddress === "";
  const openDb = () => openData(folder.path, "edge", log);
  const state = isEdge
    ? held.use(await openEdgeState(config.value.edgeDatabaseUrl, openDb, log))
    : undefined;
  const bus = state && await openEdgeBus(config.value, log);
  if (bus) held.use(bus);
  const people: PeopleRole | undefined = state && openPeopleRole({
    state,
    // Whoever may do what no more may do it at no edge.
    publish: (type, data) => edge ? edge.publish(type, data) : publish(type, data),
    log: log.child("people"),
    edge: () => edge?.port,
    knows: async (it) => await edge?.knows(it) ?? true,
    endForbidden: async (reason) => await edge?.endForbidden(reason),
  });
  const edge: EdgeRole | undefined = state && people &&
    openEdgeRole({
      state,
      config,
      dataDir: folder.path,
      bus,
      key: await openIdentityKey(join(folder.path, "edge_key.pem")),
      publish,
      log,
      mayPlay: people.mayPlay,
      isOn: people.port.isOn,
    });
  if (people) services.people = people.tidy;
  if (edge) services.relay = edge.relay;
  if (edge) services.viewers = edge.viewers;
  if (edge) services.edge = config.live.service((it) => it.grpcServerAddress, edge.serve);

  const onFound = () => link?.offer();
  const onResumed = () => scanner?.nudge();
  const dataDir = folder.path;
  const peer = role === "peer"
    ? held.use(await openPeer({ db, config, dataDir, publish, log, onFound, onResumed }))
    : undefined;
  const sessions = peer && held.use(openSessions({
    openMedia: async (catalogId) => {
      const file = await peer.library.open(peer.library.findOffered(catalogId));
      return { ...file, size: file.sizeBytes };
    },
    iceServers: () => config.value.stunServers,
    // The edge counts viewers, and hears from the peer that one has gone.
    onEnd: (sessionId) => link?.streamClosed(sessionId),
    publish,
    log: log.child("stream"),
    limits: { maxSessions: config.value.maxStreams },
  }));
  const peerId = config.value.peerId || folder.peerId;
  const key = peer && await openIdentityKey(join(folder.path, "peer_key.pem"));
  const link = peer && sessions && key &&
    createPeerLink({ peer, db, sessions, edge, config, peerId, key, publish, log });
  const stunServers = () => config.value.stunServers;
  const viewers = link && sessions && !edge
    ? createOwnViewers({ peerId, sessions, link, stunServers })
    : undefined;
  const scanner = peer && createScanner({ peer, config, log, signal });
  if (sessions) services.stream = warmUp;
  if (peer) {
    services.drives = peer.drives.watch;
    services.limits = peer.drives.limits;
    services.workers = peer.workers;
    services.ingest = peer.items.ingest.service;
    services.jobs = peer.jobs.watch;
    services.intake = createIntake({ items: peer.items, events, log: log.child("items") });
    services.health = peer.drives.watchHealth;
    services.pictures = peer.pictures;
    services.history = peer.items.changes.watch;
    services.search = peer.items.search.indexing;
    const { duplicates } = peer.items;
    services.duplicates = createDuplicatesWatch({ duplicates, events, log });
  }
  if (link) services.link = link.service;
  if (scanner) services.scan = scanner.service;
  const watcher = peer && createWatcher({ peer, config, dataDir, log: log.child("watch") });
  if (watcher) services.watch = watcher.service;

  // Peers bring screenshots by the name that they are told.
  const names = () => [
    ...config.value.httpNames,
    ...isEdge ? [URL.parse(config.value.screenshotBaseUrl)?.hostname ?? []].flat() : [],
  ];

  const eventLoop = watchEventLoop();
  services.eventLoop = eventLoop.service;
  const api = createApi({
    health: createHealth({ role, peer, watcher, edge, link, peerId, failures }),
    configurations: configurationsPort(config),
    events,
    peer: peer && scanner
      ? {
        drives: peer.drives,
        media: { ...peer.library, ...scanner.port },
        library: { ...peer.items, pictures: peer.artwork },
        jobs: peer.jobs,
        viewers,
      }
      : "Cannot answer: this is an edge, and has no files of its own",
    edge: edge?.port ??
      `Cannot answer: this is no edge. Ask the one at ${config.value.edgeGrpcAddress}`,
    people: people?.port ??
      `Cannot answer: accounts are kept by the edge at ${config.value.edgeGrpcAddress}`,
    metrics: createMetrics({ peer, edge, link, sessions, eventLoop: eventLoop.metrics }),
  }, { token: folder.token, log: log.child("http"), names });

  services.http = config.live.service(
    ({ httpHost, httpPort }) => ({ hostname: httpHost, port: httpPort }),
    (at, signal) =>
      serveHttp(api, {
        ...at,
        onListen: (url) => {
          terminal.print(`giggityflix listens at ${url}`);
          people?.welcome(url, terminal.print);
          edge?.answersAt(url);
          folder.announce(url).catch((error) => {
            log.warn("Other commands will not find this agent", { error });
          });
        },
      })(signal),
  );
  services.tell = tell({ events, terminal, peer });

  // Whoever opens the page need not wait for the rest to begin.
  const { http, ...others } = services;
  const onFailure = (name: string, it: ServiceFailure) => failures.set(name, it);
  await supervise({ http: http!, ...others }, { log, signal, onFailure });
}
