/**
 * The whole agent on one page: what it opens, what it wires, what it runs.
 *
 * @module
 */
import { Events } from "../base/events.ts";
import { filtered, Log, textSink } from "../base/log.ts";
import { type Service, supervise } from "../base/service.ts";
import { createApi, serveHttp } from "../http/mod.ts";
import { openSessions } from "../stream/mod.ts";
import { dataDirOf, type Texts } from "./commands/options.ts";
import { configurationsPort } from "./configurations_port.ts";
import { openDataFolder } from "./data_folder.ts";
import { detectNowAndThen } from "./drive_watch.ts";
import { openEdgeRole } from "./edge_role.ts";
import { createHealth } from "./health.ts";
import { createPeerLink } from "./peer_link.ts";
import { openConfiguration, openData, openPeer } from "./peer.ts";
import { createScanner } from "./scanner.ts";
import type { Terminal } from "./terminal.ts";
import { tell } from "./tell.ts";

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
  const log = new Log(filtered(textSink(terminal.logLine), () => level()));
  let level: () => "info" = () => "info";
  const db = held.use(openData(folder.path, "library", log));
  const config = openConfiguration(db, texts);
  for (const problem of config.ignored) log.warn("Stored setting ignored", { problem });
  level = () => config.value.logLevel as "info";
  const events = new Events();
  const { publish } = events;
  const services: Record<string, Service> = {};

  const isOwnEdge = role === "edge" || config.value.edgeGrpcAddress === "";
  const edge = isOwnEdge
    ? openEdgeRole({ db: held.use(openData(folder.path, "edge", log)), config, publish, log })
    : undefined;
  if (edge) services.edge = config.live.service((it) => it.grpcServerAddress, edge.serve);

  const peer = role === "peer"
    ? held.use(
      await openPeer({
        db,
        config,
        dataDir: folder.path,
        events,
        log,
        onFound: () => link?.offer(),
      }),
    )
    : undefined;
  const sessions = peer && held.use(openSessions({
    openMedia: async (catalogId) => {
      const file = await peer.library.open(peer.library.findOffered(catalogId));
      return { ...file, size: file.sizeBytes };
    },
    iceServers: () => config.value.stunServers,
    publish,
    log: log.child("stream"),
    limits: { maxSessions: config.value.maxStreams },
  }));
  const link = peer && sessions &&
    createPeerLink({
      peer,
      sessions,
      edge,
      config,
      peerId: config.value.peerId || folder.peerId,
      publish,
      log,
    });
  const scanner = peer && createScanner({ peer, config, log, signal });
  if (peer) services.drives = detectNowAndThen(peer, log);
  if (link) services.link = link.service;
  if (scanner) services.scan = scanner.service;

  const api = createApi({
    health: createHealth({ role, peer, edge, link, config }),
    configurations: configurationsPort(config),
    events,
    peer: peer && scanner
      ? { drives: peer.drives, media: { ...peer.library, ...scanner.port } }
      : "Cannot answer: this is an edge, and has no files of its own",
    edge: edge?.port ??
      `Cannot answer: this is no edge. Ask the one at ${config.value.edgeGrpcAddress}`,
  }, { token: folder.token, log: log.child("http") });

  services.http = config.live.service(
    ({ httpHost, httpPort }) => ({ hostname: httpHost, port: httpPort }),
    (at, signal) =>
      serveHttp(api, {
        ...at,
        onListen: (url) => {
          terminal.print(`giggityflix listens at ${url}`);
          void folder.announce(url);
        },
      })(signal),
  );
  services.tell = tell({ events, terminal, peer, edge });

  await supervise(services, { log, signal });
}
