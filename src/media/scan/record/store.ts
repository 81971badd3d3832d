/**
 * The files of the library as a walk changes them, in SQLite. Every method is one short step.
 *
 * @module
 */
import { basename } from "node:path";
import type { Database } from "../../../db/mod.ts";
import type { FileState } from "../../file_state.ts";
import { kindOf, type MediaStatus, titleOf } from "../../media.ts";
import { createMoves } from "../../offline/store.ts";
import { newId } from "./new_id.ts";

export interface Sighting extends FileState {
  root: string;
  relativePath: string;
  driveIds: string[];
  /** The number that its file system has for it; null where that does not stay. */
  inode?: string | null;
  /** What it lies on, and where in it; null where nobody can tell. */
  volumeId?: string | null;
  volumePath?: string | null;
}

/** What a sighting is compared with. */
export interface StoredFile extends FileState {
  rowid: number;
  status: MediaStatus;
  /** Its `driveIds` as JSON. */
  drives: string;
  volumeId: string | null;
  volumePath: string | null;
  offlineSince: string | null;
  goneSince: string | null;
  inode: string | null;
}

export type RecordStore = ReturnType<typeof createRecordStore>;

const knownColumns = `rowid, size_bytes AS sizeBytes, modified_ms AS modifiedMs, status,
  drive_ids AS drives, volume_id AS volumeId, volume_path AS volumePath,
  offline_since AS offlineSince, gone_since AS goneSince, inode`;

export function createRecordStore(db: Database) {
  const now = () => new Date().toISOString();

  const store = {
    transaction: <T>(work: () => T): T => db.transaction(work),

    ...createMoves(db, knownColumns),

    known: (root: string, relativePath: string): StoredFile | undefined =>
      db.get(
        `SELECT ${knownColumns} FROM media WHERE root = ? AND relative_path = ?`,
        root,
        relativePath,
      ),

    knownAt: (rowid: number): StoredFile | undefined =>
      db.get(`SELECT ${knownColumns} FROM media WHERE rowid = ?`, rowid),

    insert(it: Sighting): number {
      const { root, relativePath, driveIds, sizeBytes, modifiedMs } = it;
      const at = now();
      return db.get<{ rowid: number }>(
        `INSERT INTO media (id, root, relative_path, wire_path, size_bytes, modified_ms, drive_ids,
           status, title, added_at, updated_at, volume_id, volume_path, inode, kind)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'new', ?, ?, ?, ?, ?, ?, ?) RETURNING rowid`,
        newId(),
        root,
        relativePath,
        wirePath(root, relativePath),
        sizeBytes,
        modifiedMs,
        JSON.stringify(driveIds),
        titleOf(relativePath),
        at,
        at,
        it.volumeId ?? null,
        it.volumePath ?? null,
        it.inode ?? null,
        kindOf(relativePath),
      )!.rowid;
    },

    /** The file is another now: what was known of its content goes, its offer to the edge included. */
    change(rowid: number, { sizeBytes, modifiedMs }: Sighting): void {
      db.run("DELETE FROM hashes WHERE media_id = (SELECT id FROM media WHERE rowid = ?)", rowid);
      db.run(
        `UPDATE media SET size_bytes = ?, modified_ms = ?, status = 'new', error = NULL,
           container = NULL, mime_type = NULL, duration_ms = NULL, tracks = '[]', identity = NULL,
           catalog_id = NULL, updated_at = ? WHERE rowid = ?`,
        sizeBytes,
        modifiedMs,
        now(),
        rowid,
      );
    },

    /** A file is back as it was: it goes on from what is still known of it. */
    restore: (rowid: number): number =>
      db.run(
        `UPDATE media SET
           status = CASE WHEN status = 'unreadable' OR container IS NULL THEN 'new' ELSE 'probed' END,
           error = CASE status WHEN 'unreadable' THEN NULL ELSE error END,
           updated_at = ? WHERE rowid = ?`,
        now(),
        rowid,
      ),

    /** It is seen, so it is here: its drives are known better now, or it lies on others. */
    relocate: (rowid: number, { driveIds, volumeId, volumePath, inode }: Sighting): number =>
      db.run(
        `UPDATE media SET drive_ids = ?, volume_id = ?, volume_path = ?, inode = ?,
           offline_since = NULL, gone_since = NULL, gone_kept = 0 WHERE rowid = ?`,
        JSON.stringify(driveIds),
        volumeId ?? null,
        volumePath ?? null,
        inode ?? null,
        rowid,
      ),

    /**
     * It has another path now. `isRenamed`: on its volume, too. Then its names tell another title,
     * perhaps, so it is looked into anew; but not hashed.
     */
    move(rowid: number, { root, relativePath }: Sighting, isRenamed: boolean): void {
      // Its own old name is free for it.
      db.run("UPDATE media SET wire_path = 'moving:' || id WHERE rowid = ?", rowid);
      db.run(
        `UPDATE media SET
           status = iif(?8 AND relative_path <> ?2 AND status IN ('probed', 'ready'), 'new', status),
           title = iif(?8 AND relative_path <> ?2, ?3, title),
           root = ?1, relative_path = ?2, wire_path = ?4, kind = ?5, updated_at = ?6
         WHERE rowid = ?7`,
        root,
        relativePath,
        titleOf(relativePath),
        wirePath(root, relativePath),
        kindOf(relativePath),
        now(),
        rowid,
        isRenamed ? 1 : 0,
      );
    },

    /** Another file has its place, and it is nowhere that anybody knows. */
    displace: (rowid: number): number =>
      db.run(
        `UPDATE media SET status = iif(status = 'forgotten', status, 'missing'),
           root = 'displaced:' || root,
           relative_path = id || '/' || relative_path, wire_path = 'displaced:' || id,
           updated_at = ? WHERE rowid = ?`,
        now(),
        rowid,
      ),

    /**
     * A file that is looked into for the first time, and whose content was known of one that is gone:
     * that one goes on here, with all that is known of it. Returns the id that it goes on with, and
     * the row; undefined where nothing of the kind is gone.
     */
    adoptByIdentity(id: string, identity: string): { id: string; rowid: number } | undefined {
      // First what is seldom there. "+": by what it is, and not by its size, which many have.
      const gone = db.get<{ id: string; rowid: number }>(
        `SELECT id, rowid FROM media WHERE identity = ? AND id <> ?
           AND +size_bytes = (SELECT size_bytes FROM media WHERE id = ?)
           AND (status = 'missing' OR gone_since IS NOT NULL)
           AND status <> 'forgotten' AND offline_since IS NULL LIMIT 1`,
        identity,
        id,
        id,
      );
      const it = gone && db.get<{ rowid: number }>(
        `SELECT rowid FROM media WHERE id = ? AND status = 'new' AND size_bytes > 0
           AND facts IS NULL AND container IS NULL AND catalog_id IS NULL
           AND NOT EXISTS (SELECT 1 FROM items WHERE items.id = media.id AND version > 1)
           AND NOT EXISTS (SELECT 1 FROM ratings WHERE item_id = media.id)
           AND NOT EXISTS (SELECT 1 FROM notes WHERE item_id = media.id)
           AND NOT EXISTS (SELECT 1 FROM watch_states WHERE content_key = 'item:' || media.id)`,
        id,
      );
      if (!it || !gone) return undefined;
      // Two rows can never have one path, so the new one steps aside, takes its place, and goes.
      db.run(
        "UPDATE media SET root = 'leaving:' || root, wire_path = 'leaving:' || id WHERE rowid = ?",
        it.rowid,
      );
      db.run(
        `UPDATE media SET root = substr(it.root, 9), relative_path = it.relative_path,
           wire_path = 'coming:' || media.id, size_bytes = it.size_bytes,
           modified_ms = it.modified_ms, drive_ids = it.drive_ids, title = it.title,
           volume_id = it.volume_id, volume_path = it.volume_path, inode = it.inode, kind = it.kind,
           status = 'new', error = NULL, gone_since = NULL, gone_kept = 0, updated_at = ?
         FROM media AS it WHERE it.rowid = ? AND media.rowid = ?`,
        now(),
        it.rowid,
        gone.rowid,
      );
      db.run("DELETE FROM media WHERE rowid = ?", it.rowid);
      db.run("DELETE FROM items WHERE id = ?", id); // nobody has said anything of it yet: see above
      const { root, path } = db.get<{ root: string; path: string }>(
        "SELECT root, relative_path AS path FROM media WHERE rowid = ?",
        gone.rowid,
      )!;
      db.run("UPDATE media SET wire_path = ? WHERE rowid = ?", wirePath(root, path), gone.rowid);
      return gone;
    },

    /** The roots of all files in the library, those of folders that are no longer set included. */
    roots(): string[] {
      const roots: string[] = [];
      for (let after = "";;) {
        const next = db.get<{ root: string }>(
          "SELECT root FROM media WHERE root > ? ORDER BY root LIMIT 1",
          after,
        );
        if (!next) return roots;
        roots.push(after = next.root);
      }
    },
  };
  return store;

  /** Unique over all roots: the second of two equal paths gets its root's name in front. */
  function wirePath(root: string, relativePath: string): string {
    const taken = (path: string) => db.get("SELECT 1 FROM media WHERE wire_path = ?", path);
    if (!taken(relativePath)) return relativePath;
    const name = basename(root) || "root";
    for (let count = 1;; count++) {
      const path = `${count === 1 ? name : `${name}-${count}`}/${relativePath}`;
      if (!taken(path)) return path;
    }
  }
}
