/**
 * The edge's titles and peers as REST says them.
 *
 * @module
 */
import type { z } from "@hono/zod-openapi";
import type { CatalogItem as EdgeTitle, Peer as EdgePeer } from "../../edge/mod.ts";
import type { CatalogItem, Peer } from "../schemas.ts";
import { trackBody } from "./track_body.ts";

export function catalogItemBody(it: EdgeTitle): CatalogItem {
  return {
    catalog_id: it.catalogId,
    title: it.title,
    size_bytes: it.sizeBytes,
    online: it.online,
    available_peer_count: it.availablePeerCount,
    ...it.contentHash !== undefined && { content_hash: it.contentHash },
    replicas: it.replicas.map(({ peerId, relativePath, online, atRisk }) => ({
      peer_id: peerId,
      relative_path: relativePath,
      online,
      ...atRisk && { at_risk: true },
    })),
    ...it.media && {
      media: {
        container: it.media.container,
        ...it.media.mimeType !== undefined && { mime_type: it.media.mimeType },
        ...it.media.durationMs !== undefined && { duration_ms: it.media.durationMs },
        tracks: it.media.tracks.map(trackBody),
      },
    },
  };
}

export function peerBody(it: EdgePeer): z.infer<typeof Peer> {
  return {
    peer_id: it.peerId,
    online: it.online,
    connected_at: it.connectedAt,
    last_seen_at: it.lastSeenAt,
    catalog_size: it.catalogSize,
  };
}
