/**
 * A row of the media table, and the MediaFile that it stands for.
 *
 * @module
 */
import type { MediaFile, MediaStatus, Track } from "./media.ts";

export interface MediaRow {
  id: string;
  root: string;
  relative_path: string;
  wire_path: string;
  size_bytes: number;
  modified_ms: number;
  drive_ids: string;
  status: MediaStatus;
  error: string | null;
  container: string | null;
  mime_type: string | null;
  duration_ms: number | null;
  tracks: string;
  title: string;
  catalog_id: string | null;
  added_at: string;
  updated_at: string;
}

export function toMedia(row: MediaRow): MediaFile {
  return {
    id: row.id,
    root: row.root,
    relativePath: row.relative_path,
    title: row.title,
    sizeBytes: row.size_bytes,
    modifiedMs: row.modified_ms,
    driveIds: JSON.parse(row.drive_ids) as string[],
    status: row.status,
    ...row.error !== null && { error: row.error },
    ...row.container !== null && { container: row.container },
    ...row.mime_type !== null && { mimeType: row.mime_type },
    ...row.duration_ms !== null && { durationMs: row.duration_ms },
    tracks: JSON.parse(row.tracks) as Track[],
    ...row.catalog_id !== null && { catalogId: row.catalog_id },
    addedAt: row.added_at,
    updatedAt: row.updated_at,
  };
}
