/**
 * A row of the media table, and the MediaFile that it stands for.
 *
 * @module
 */
import type { MediaFile, MediaStatus, Track } from "./media.ts";

/** What was withdrawn, or was gone before its volume went, is not waited for. */
export const IS_OFFLINE = "(offline_since IS NOT NULL AND status NOT IN ('missing', 'forgotten'))";

/** What to select for a MediaRow. */
export const mediaColumns = `rowid, id, root, relative_path AS relativePath, title,
  size_bytes AS sizeBytes, modified_ms AS modifiedMs, drive_ids AS driveIds, error,
  CASE WHEN ${IS_OFFLINE} THEN 'offline' ELSE status END AS status,
  offline_since AS offlineSince, volume_id AS volumeId,
  container, mime_type AS mimeType, duration_ms AS durationMs, tracks, catalog_id AS catalogId,
  added_at AS addedAt, updated_at AS updatedAt`;

export interface MediaRow {
  rowid: number;
  id: string;
  root: string;
  relativePath: string;
  title: string;
  sizeBytes: number;
  modifiedMs: number;
  driveIds: string;
  status: MediaStatus;
  error: string | null;
  container: string | null;
  mimeType: string | null;
  durationMs: number | null;
  tracks: string;
  catalogId: string | null;
  addedAt: string;
  updatedAt: string;
  offlineSince: string | null;
  volumeId: string | null;
}

export function toMedia({ rowid: _, ...row }: MediaRow): MediaFile {
  const { error, container, mimeType, durationMs, catalogId, driveIds, tracks, ...rest } = row;
  const { offlineSince, volumeId, ...always } = rest;
  return {
    ...always,
    driveIds: JSON.parse(driveIds) as string[],
    tracks: JSON.parse(tracks) as Track[],
    ...error !== null && { error },
    ...container !== null && { container },
    ...mimeType !== null && { mimeType },
    ...durationMs !== null && { durationMs },
    ...catalogId !== null && { catalogId },
    ...offlineSince !== null && always.status === "offline" && { offlineSince },
    ...volumeId !== null && { volumeId },
  };
}
