/**
 * A row of the media table, and the MediaFile that it stands for.
 *
 * @module
 */
import type { MediaFile, MediaStatus, Track } from "./media.ts";

/** What to select for a MediaRow. */
export const mediaColumns = `rowid, id, root, relative_path AS relativePath, title,
  size_bytes AS sizeBytes, modified_ms AS modifiedMs, drive_ids AS driveIds, status, error,
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
}

export function toMedia({ rowid: _, ...row }: MediaRow): MediaFile {
  const { error, container, mimeType, durationMs, catalogId, driveIds, tracks, ...always } = row;
  return {
    ...always,
    driveIds: JSON.parse(driveIds) as string[],
    tracks: JSON.parse(tracks) as Track[],
    ...error !== null && { error },
    ...container !== null && { container },
    ...mimeType !== null && { mimeType },
    ...durationMs !== null && { durationMs },
    ...catalogId !== null && { catalogId },
  };
}
