/**
 * A row of the media table, and the MediaFile that it stands for.
 *
 * @module
 */
import { commonCodec } from "./probe/codec/names.ts";
import type { HdrKind, MediaFile, MediaKind, MediaStatus, Track } from "./media.ts";

/** What was withdrawn, or was gone before its volume went, is not waited for. */
export const IS_OFFLINE = "(offline_since IS NOT NULL AND status NOT IN ('missing', 'forgotten'))";

/** What to select for a MediaRow. */
export const mediaColumns = `rowid, id, root, relative_path AS relativePath, title, kind,
  size_bytes AS sizeBytes, modified_ms AS modifiedMs, drive_ids AS driveIds, error,
  CASE WHEN ${IS_OFFLINE} THEN 'offline' ELSE status END AS status,
  offline_since AS offlineSince, volume_id AS volumeId,
  container, mime_type AS mimeType, duration_ms AS durationMs, bitrate, tracks,
  video_codec AS videoCodec, audio_codec AS audioCodec, width, height, hdr,
  catalog_id AS catalogId, added_at AS addedAt, updated_at AS updatedAt`;

export interface MediaRow {
  rowid: number;
  id: string;
  root: string;
  relativePath: string;
  title: string;
  kind: MediaKind | null;
  sizeBytes: number;
  modifiedMs: number;
  driveIds: string;
  status: MediaStatus;
  error: string | null;
  container: string | null;
  mimeType: string | null;
  durationMs: number | null;
  bitrate: number | null;
  tracks: string;
  videoCodec: string | null;
  audioCodec: string | null;
  width: number | null;
  height: number | null;
  hdr: HdrKind | null;
  catalogId: string | null;
  addedAt: string;
  updatedAt: string;
  offlineSince: string | null;
  volumeId: string | null;
}

/** Columns that are left out of a MediaFile where they are NULL. */
const optional = [
  "kind",
  "error",
  "container",
  "mimeType",
  "durationMs",
  "bitrate",
  "videoCodec",
  "audioCodec",
  "width",
  "height",
  "hdr",
  "catalogId",
  "volumeId",
] as const satisfies (keyof MediaRow)[];

/** Names of codecs as they are said now: a library may be older than the table of them. */
function tracksOf({ tracks }: MediaRow): Track[] {
  return (JSON.parse(tracks) as Track[]).map((it) => ({ ...it, codec: commonCodec(it.codec) }));
}

export function toMedia(row: MediaRow): MediaFile {
  const { id, root, relativePath, title, sizeBytes, modifiedMs, status, offlineSince } = row;
  const known = optional.filter((name) => row[name] !== null).map((name) => [name, row[name]]);
  return {
    id,
    root,
    relativePath,
    title,
    sizeBytes,
    modifiedMs,
    status,
    addedAt: row.addedAt,
    updatedAt: row.updatedAt,
    driveIds: JSON.parse(row.driveIds) as string[],
    tracks: tracksOf(row),
    ...offlineSince !== null && status === "offline" && { offlineSince },
    ...Object.fromEntries(known) as Partial<MediaFile>,
    ...row.videoCodec !== null && { videoCodec: commonCodec(row.videoCodec) },
    ...row.audioCodec !== null && { audioCodec: commonCodec(row.audioCodec) },
  };
}
