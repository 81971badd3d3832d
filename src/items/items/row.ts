/**
 * A row of the items table joined with its file and with what one person says of it, and the Item
 * that it stands for.
 *
 * @module
 */
import { commonCodec } from "../../media/mod.ts";
import type { Fields } from "../changes/changes.ts";
import { type Identity, identityOf, type ItemKind } from "./item.ts";

/** What is known of the file that an item is of. */
export interface ItemMedia {
  id: string;
  root: string;
  relativePath: string;
  catalogId: string | null;
  /** As a media file's; "offline" while its drive is away. */
  status: string;
  sizeBytes: number;
  durationMs: number | null;
  container: string | null;
  mimeType: string | null;
  bitrate: number | null;
  videoCodec: string | null;
  audioCodec: string | null;
  width: number | null;
  height: number | null;
  hdr: string | null;
}

/** What one person says of an item. */
export interface Mine {
  /** 0.5 to 5; null: not rated. */
  rating: number | null;
  positionMs: number;
  plays: number;
  watched: boolean;
  favorite: boolean;
  lastPlayedAt: string | null;
}

export interface Item {
  seq: number;
  id: string;
  kind: ItemKind;
  title: string;
  sortTitle: string;
  originalTitle: string | null;
  series: string | null;
  season: number | null;
  episode: number | null;
  year: number | null;
  description: string | null;
  source: string | null;
  language: string | null;
  custom: Fields;
  /** The fields that a person has set: no scan changes them. */
  own: string[];
  version: number;
  createdAt: string;
  updatedAt: string;
  /** null: an item without a file. */
  identity: Identity | null;
  media: ItemMedia | null;
  mine: Mine;
}

/** Where the item's watch state is kept. */
export const WATCH_KEY = "ifnull(m.identity, 'item:' || i.id)";

/** Takes the user twice. */
export const itemJoins = `LEFT JOIN media m ON m.id = i.media_id
  LEFT JOIN ratings r ON r.item_id = i.id AND r.user = ?
  LEFT JOIN watch_states w ON w.user = ? AND w.content_key = ${WATCH_KEY}`;

/** To be selected from items i with itemJoins. */
export const itemColumns = `i.seq, i.id, i.kind, i.title, i.sort_title AS sortTitle,
  i.original_title AS originalTitle, i.series, i.season, i.episode, i.year, i.description, i.source,
  i.language, i.custom, i.own, i.version, i.created_at AS createdAt, i.updated_at AS updatedAt,
  m.id AS mediaId, m.root, m.relative_path AS relativePath, m.wire_path AS wirePath,
  m.catalog_id AS catalogId, CASE WHEN m.offline_since IS NOT NULL
    AND m.status NOT IN ('missing', 'forgotten') THEN 'offline' ELSE m.status END AS status,
  m.size_bytes AS sizeBytes, m.duration_ms AS durationMs, m.container, m.mime_type AS mimeType,
  m.bitrate, m.video_codec AS videoCodec, m.audio_codec AS audioCodec, m.width, m.height, m.hdr,
  r.halves, ifnull(w.position_ms, 0) AS positionMs, ifnull(w.plays, 0) AS plays,
  ifnull(w.watched, 0) AS watched, ifnull(w.favorite, 0) AS favorite,
  w.last_played_at AS lastPlayedAt`;

export type ItemRow =
  & Omit<Item, "custom" | "own" | "identity" | "media" | "mine">
  & Omit<ItemMedia, "id">
  & {
    custom: string;
    own: string;
    mediaId: string | null;
    wirePath: string;
    halves: number | null;
    positionMs: number;
    plays: number;
    watched: number;
    favorite: number;
    lastPlayedAt: string | null;
  };

export function toItem(row: ItemRow): Item {
  const { custom, own, mediaId, wirePath, halves, watched, favorite, ...rest } = row;
  const { root, relativePath, catalogId, status, sizeBytes, durationMs, ...others } = rest;
  const { container, mimeType, bitrate, videoCodec, audioCodec, width, height, hdr, ...more } =
    others;
  const { positionMs, plays, lastPlayedAt, ...item } = more;
  const file = { root, relativePath, catalogId, status, sizeBytes, durationMs };
  const codecs = { videoCodec: said(videoCodec), audioCodec: said(audioCodec) };
  const content = { container, mimeType, bitrate, ...codecs, width, height, hdr };
  return {
    ...item,
    custom: JSON.parse(custom) as Fields,
    own: JSON.parse(own) as string[],
    identity: mediaId === null ? null : identityOf(wirePath),
    media: mediaId === null ? null : { id: mediaId, ...file, ...content },
    mine: {
      rating: halves === null ? null : halves / 2,
      positionMs,
      plays,
      watched: watched === 1,
      favorite: favorite === 1,
      lastPlayedAt,
    },
  };
}

/** Under its common name: a library may be older than the table of them. */
function said(codec: string | null): string | null {
  return codec === null ? null : commonCodec(codec);
}
