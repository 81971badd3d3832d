/**
 * The library's own files, as an ingest asks for them, and moves them.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";
import type { Hashes } from "../../../media/mod.ts";
import type { Candidate } from "../plan/duplicates.ts";

/** Where a file has come to. */
export interface Arrival {
  root: string;
  relativePath: string;
  modifiedMs: number;
  inode?: string | undefined;
  driveIds: readonly string[];
  volumeId?: string | undefined;
  volumePath?: string | undefined;
}

/** Files of one size that are compared at most. */
const MAX_CANDIDATES = 64;

export type LibraryStore = ReturnType<typeof createLibraryStore>;

export function createLibraryStore(db: Database) {
  return {
    ofSize: (sizeBytes: number): Candidate[] =>
      db.all<Omit<Candidate, "isOffline"> & { identity: string | null; isOffline: number }>(
        `SELECT id, root, relative_path AS relativePath, modified_ms AS modifiedMs, identity,
           offline_since IS NOT NULL AS isOffline
         FROM media WHERE size_bytes = ? AND status <> 'missing' AND gone_since IS NULL LIMIT ?`,
        sizeBytes,
        MAX_CANDIDATES,
      ).map(({ identity, isOffline, ...it }) => ({
        ...it,
        identity: identity ?? undefined,
        isOffline: isOffline === 1,
      })),

    hashesOf: (id: string): Hashes =>
      Object.fromEntries(
        db.all<{ algorithm: string; digest: string }>(
          "SELECT algorithm, digest FROM hashes WHERE media_id = ?",
          id,
        ).map(({ algorithm, digest }) => [algorithm, digest]),
      ),

    keepHashes(id: string, hashes: Hashes): void {
      for (const [algorithm, digest] of Object.entries(hashes)) {
        db.run(
          `INSERT OR REPLACE INTO hashes (media_id, algorithm, digest)
           SELECT id, ?, ? FROM media WHERE id = ?`,
          algorithm,
          digest,
          id,
        );
      }
    },

    /** The id of the medium at this place, if the library has one. */
    at: (root: string, relativePath: string): string | undefined =>
      db.get<{ id: string }>(
        "SELECT id FROM media WHERE root = ? AND relative_path = ?",
        root,
        relativePath,
      )?.id,

    /**
     * The medium is at another place now, with all that is known of it. What was there before and is
     * missing gives its name up, and is missing under another one. Where a file is there by what the
     * library knows, the next scan sorts it out.
     */
    move(id: string, it: Arrival): number {
      const at = new Date().toISOString();
      db.run(
        `UPDATE media SET root = 'displaced:' || root, relative_path = id || '/' || relative_path,
           wire_path = 'displaced:' || id, updated_at = ?
         WHERE root = ? AND relative_path = ? AND id <> ? AND status = 'missing'`,
        at,
        it.root,
        it.relativePath,
        id,
      );
      return db.run(
        `UPDATE OR IGNORE media SET root = ?, relative_path = ?, modified_ms = ?, inode = ?,
           drive_ids = ?, volume_id = ?, volume_path = ?, offline_since = NULL, gone_since = NULL,
           updated_at = ? WHERE id = ?`,
        it.root,
        it.relativePath,
        it.modifiedMs,
        it.inode ?? null,
        JSON.stringify(it.driveIds),
        it.volumeId ?? null,
        it.volumePath ?? null,
        at,
        id,
      );
    },
  };
}
