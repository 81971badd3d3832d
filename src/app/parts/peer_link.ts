/**
 * The peer's link to its edge, wired to the library and to the streams, and made anew when its
 * settings change.
 *
 * @module
 */
import { NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import { orAborted } from "../../base/service.ts";
import { VERSION } from "../../base/version.ts";
import type { Configuration } from "../../config/mod.ts";
import type { Database } from "../../db/mod.ts";
import {
  boundedTags,
  createLink,
  guardStreams,
  type IdentityKey,
  type Link,
  type LinkDeps,
  type LinkScreenshots,
  type LinkSettings,
  parseAddresses,
  pinFor,
  type Retold,
  type ViewerWord,
} from "../../edge/mod.ts";
import type { Track } from "../../media/mod.ts";
import type { Sessions } from "../../stream/mod.ts";
import type { EdgeRole } from "./edge_role.ts";
import type { Peer } from "./peer.ts";

export interface PeerLinkOptions {
  peer: Peer;
  /** library.db */
  db: Database;
  sessions: Sessions;
  /** The edge in this same process, unless another is named. */
  edge: EdgeRole | undefined;
  config: Configuration;
  peerId: string;
  /** What edges know this peer by. */
  key: IdentityKey;
  publish: Publish;
  log: Log;
}

export type PeerLink = ReturnType<typeof createPeerLink>;

export function createPeerLink(options: PeerLinkOptions) {
  const { peer, db, sessions, edge, config, peerId, key, publish, log } = options;
  // Asked at every connection: an edge that is joined while this runs is known at once.
  const pinOf = (address: string) => {
    const { edgeGrpcAddress, edgeFingerprints } = config.value;
    return pinFor(address, parseAddresses(edgeGrpcAddress), edgeFingerprints);
  };
  // One for all links: what plays goes on when the link is made anew.
  const streams = guardStreams({
    open: ({ sdp, ...offer }, signal) =>
      sessions.open({ ...offer, ...sdp !== "" && { sdp } }, signal),
    close: (sessionId, reason) => void sessions.close(sessionId, reason),
    answer: (sessionId, sdp) => sessions.answer(sessionId, sdp),
    candidate: ({ sessionId, ...candidate }) => sessions.addCandidate(sessionId, candidate),
  }, { peerId, publish, log: log.child("grants") });
  const create = (settings: LinkSettings): Link =>
    createLink({
      library: libraryPort(peer),
      streams,
      screenshots: screenshotsPort(peer),
      settings: {
        ...settings,
        identity: { key, pinOf, timeoutMs: settings.timeoutSec * 1000 },
      },
      db,
      publish,
      log: log.child("link"),
    });
  const settings = () => linkSettings(config, peerId, edge !== undefined);
  let link = create(settings());
  const run = async (settings: LinkSettings, signal: AbortSignal) => {
    link = create(settings);
    await link.service(signal);
  };

  return {
    service: config.live.service(settings, async (slice, signal) => {
      if (!edge) return await run(slice, signal);
      while (!signal.aborted) {
        const it = await orAborted(edge.listening(), signal);
        await edge.trust(peerId, key.publicKey);
        if (it) await run({ ...slice, address: it.address }, AbortSignal.any([signal, it.stopped]));
      }
    }),
    offer: () => link.offer(),
    retell: (what: Retold) => link.retell(what),
    streamClosed(sessionId: string) {
      streams.ended(sessionId);
      link.streamClosed(sessionId);
    },
    tellViewer: (word: ViewerWord) => link.tellViewer(word),
    state: () => link.state(),
    metrics: () => link.metrics(),
  };
}

function linkSettings(
  { value }: Configuration,
  peerId: string,
  isOwnEdge: boolean,
): LinkSettings {
  return {
    address: value.edgeGrpcAddress,
    peerId,
    heartbeatSec: value.grpcHeartbeatIntervalSec,
    timeoutSec: value.grpcTimeoutSec,
    isOwnEdge,
    // Its own edge answers in this process, over loopback.
    useTls: !isOwnEdge && value.grpcUseTls,
    ...value.grpcCertPath && { certPath: value.grpcCertPath },
    clientCertPath: value.grpcClientCertPath,
    clientKeyPath: value.grpcClientKeyPath,
    reconnectIntervalSec: value.grpcReconnectIntervalSec,
    maxReconnectAttempts: value.grpcMaxReconnectAttempts,
    remoteDelete: value.remoteDelete,
    screenshotBaseUrl: value.screenshotBaseUrl,
    maxScreenshots: value.maxScreenshotsPerRequest,
    software: `giggityflix/${VERSION}`,
  };
}

function libraryPort({ library, drives, items }: Peer): LinkDeps["library"] {
  const { unoffered, remap, unassign, hashes } = library;
  const failing = () =>
    drives.report().drives.filter((it) => drives.healthOf(it).verdict === "failing").map(({ id }) =>
      id
    );
  const tagsOf = (catalogIds: string[]) => {
    const paths = items.tags.pathsOfTitles(catalogIds);
    return (id: string) => boundedTags({ paths: paths.get(id) ?? [], isComplete: true });
  };
  return {
    unoffered,
    catalogPage: (after, limit, withTags) => {
      const bad = failing();
      const page = library.catalogPage(after, limit);
      const tags = withTags ? tagsOf(page.map(({ catalogId }) => catalogId)) : undefined;
      return page.map(({ catalogId, version, driveIds }) => {
        const risk = bad.some((id) => driveIds.includes(id)) ? " at risk" : "";
        const said = tags ? ` tags ${JSON.stringify(tags(catalogId))}` : "";
        return { catalogId, version: `${version}${risk}${said}` };
      });
    },
    unassign,
    hashes,
    assign: (files) => void library.assign(files),
    sizeOf: (catalogId) => library.findByCatalogId(catalogId)?.sizeBytes,
    remap: (oldId, newId) => {
      if (remap(oldId, newId) > 0) return;
      throw new NotFoundError(`Cannot remap "${oldId}": it is not in this library`);
    },
    trash: async (catalogId) => {
      const file = library.findOffered(catalogId);
      await library.trash.put(file, { why: "an edge has asked for it" });
    },
    forget: (catalogId) => {
      if (library.forget(catalogId) > 0) return;
      throw new NotFoundError(`Cannot forget "${catalogId}": it is not in this library`, {
        reason: "BAD_CATALOG_ID",
      });
    },
    describe: (catalogIds, withTags) => {
      const bad = failing();
      const tags = withTags ? tagsOf(catalogIds) : undefined;
      const titles = items.items.titlesOf(catalogIds);
      return catalogIds.flatMap((catalogId) => {
        const file = library.findByCatalogId(catalogId);
        // Nobody has looked into it yet.
        if (!file?.container) return [];
        const { container, mimeType, durationMs, tracks, sizeBytes, driveIds } = file;
        const contentHash = library.identityOf(catalogId);
        return [{
          catalogId,
          title: titles.get(catalogId) ?? file.title,
          container,
          ...mimeType !== undefined && { mimeType },
          ...durationMs !== undefined && { durationMs },
          tracks: tracks.map(toEdgeTrack),
          sizeBytes,
          ...contentHash !== undefined && { contentHash },
          atRisk: driveIds.some((id) => bad.includes(id)),
          ...tags && { tags: tags(catalogId) },
        }];
      });
    },
  };
}

/** Pictures of a film; its cover where there is no ffmpeg. */
function screenshotsPort({ library, artwork }: Peer): LinkScreenshots {
  return {
    async capture(catalogId, count, signal) {
      const { id } = library.findOffered(catalogId);
      if (!await artwork.hasFfmpeg()) return [await artwork.poster("poster", id, {})];
      const shots = await artwork.screenshots(id, count, signal);
      return shots.map(({ mimeType, path }) => ({ mimeType, read: () => Deno.readFile(path) }));
    },
  };
}

/** What the link's protocol knows of a track; anything else it would refuse. */
function toEdgeTrack(track: Track) {
  const { kind, codec, codecString, width, height, channels, sampleRate, language } = track;
  return {
    kind,
    codec,
    ...codecString !== undefined && { codecString },
    ...width !== undefined && { width },
    ...height !== undefined && { height },
    ...channels !== undefined && { channels },
    ...sampleRate !== undefined && { sampleRate },
    ...language !== undefined && { language },
  };
}
