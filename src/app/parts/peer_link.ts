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
import {
  createLink,
  guardStreams,
  type Link,
  type LinkDeps,
  type LinkSettings,
} from "../../edge/mod.ts";
import type { Library, Track } from "../../media/mod.ts";
import type { Sessions } from "../../stream/mod.ts";
import type { EdgeRole } from "./edge_role.ts";
import type { Peer } from "./peer.ts";

export interface PeerLinkOptions {
  peer: Peer;
  sessions: Sessions;
  /** The edge in this same process, unless another is named. */
  edge: EdgeRole | undefined;
  config: Configuration;
  peerId: string;
  publish: Publish;
  log: Log;
}

export type PeerLink = ReturnType<typeof createPeerLink>;

export function createPeerLink(options: PeerLinkOptions) {
  const { peer, sessions, edge, config, peerId, publish, log } = options;
  // One for all links: what plays goes on when the link is made anew.
  const streams = guardStreams({
    open: (offer, signal) => sessions.open(offer, signal),
    close: (sessionId) => void sessions.close(sessionId),
    answer: (sessionId, sdp) => sessions.answer(sessionId, sdp),
    candidate: ({ sessionId, ...candidate }) => sessions.addCandidate(sessionId, candidate),
  }, { peerId, publish, log: log.child("grants") });
  const create = (settings: LinkSettings): Link =>
    createLink({
      library: libraryPort(peer.library),
      streams,
      settings,
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
        if (it) await run({ ...slice, address: it.address }, AbortSignal.any([signal, it.stopped]));
      }
    }),
    offer: () => link.offer(),
    streamClosed(sessionId: string) {
      streams.ended(sessionId);
      link.streamClosed(sessionId);
    },
    state: () => link.state(),
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
    // Its own edge answers in this process, over loopback.
    useTls: !isOwnEdge && value.grpcUseTls,
    ...value.grpcCertPath && { certPath: value.grpcCertPath },
    reconnectIntervalSec: value.grpcReconnectIntervalSec,
    remoteDelete: value.remoteDelete,
    software: `giggityflix/${VERSION}`,
  };
}

function libraryPort(library: Library): LinkDeps["library"] {
  const { unoffered, catalogPage, remap, unassign, hashes } = library;
  return {
    unoffered,
    catalogPage,
    unassign,
    hashes,
    assign: (files) => void library.assign(files),
    remap: (oldId, newId) => void remap(oldId, newId),
    forget: (catalogId) => {
      if (library.forget(catalogId) > 0) return;
      throw new NotFoundError(`Cannot forget "${catalogId}": it is not in this library`, {
        reason: "BAD_CATALOG_ID",
      });
    },
    describe: (catalogIds) =>
      catalogIds.flatMap((catalogId) => {
        const file = library.findByCatalogId(catalogId);
        // Nobody has looked into it yet.
        if (!file?.container) return [];
        const { title, container, mimeType, durationMs, tracks, sizeBytes } = file;
        return [{
          catalogId,
          title,
          container,
          ...mimeType !== undefined && { mimeType },
          ...durationMs !== undefined && { durationMs },
          tracks: tracks.map(toEdgeTrack),
          sizeBytes,
        }];
      }),
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
