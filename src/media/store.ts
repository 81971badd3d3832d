/**
 * The library in SQLite: what is known of each media file, and what the edge calls it.
 *
 * @module
 */
import { ConflictError } from "../base/errors.ts";
import type { Database } from "../db/mod.ts";
import type { Details } from "./details.ts";
import type { Hashes } from "./hash/algorithms.ts";
import type { MediaFile, MediaStatus } from "./media.ts";
import { IS_OFFLINE, mediaColumns, type MediaRow, toMedia } from "./media_row.ts";

export type MediaStore = ReturnType<typeof createMediaStore>;

export interface MediaCounts {
  byStatus: Record<MediaStatus, number>;
  /** Files that are there, and their bytes. */
  files: number;
  bytes: number;
  /** Files with something wrong, in words in their `error`. */
  withErrors: number;
}

export interface ListOptions {
  after: string;
  limit: number;
  status?: MediaStatus | undefined;
}

/** What can be played and offered: it is there, and its owner has not withdrawn it. */
const PRESENT = "status IN ('new', 'probed', 'ready') AND offline_since IS NULL";

/**
 * What an item is called by its file, and by a person. Few are edited: to look up the item of each of
 * a million files would take as long as the rest of the page.
 */
const NAMED = `json_extract(facts, '$.title', '$.series', '$.season', '$.episode'),
  (SELECT json_array(i.title, series, season, episode) FROM items i INDEXED BY items_edited
   WHERE i.media_id = media.id AND own <> '[]')`;

/** The media tables of `db`. Every method is one short synchronous step. */
export function createMediaStore(db: Database) {
  const now = () => new Date().toISOString();
  const many = (where: string, ...values: (string | number)[]) =>
    db.all<MediaRow>(`SELECT ${mediaColumns} FROM media ${where}`, ...values).map(toMedia);

  return {
    find: (id: string): MediaFile | undefined => many("WHERE id = ?", id)[0],

    findByCatalogId: (catalogId: string): MediaFile | undefined =>
      many("WHERE catalog_id = ?", catalogId)[0],

    /** By what the content of an offered file is known on every peer: src/media/hash/identity.ts. */
    identityOf: (catalogId: string): string | undefined =>
      db.get<{ identity: string | null }>(
        "SELECT identity FROM media WHERE catalog_id = ?",
        catalogId,
      )?.identity ?? undefined,

    /** A page in order of id, from just after `after`; of one status, if that is given. */
    list({ after, limit, status }: ListOptions): MediaFile[] {
      if (status === undefined) return many("WHERE id > ? ORDER BY id LIMIT ?", after, limit);
      if (status === "offline") {
        return many(`WHERE id > ? AND ${IS_OFFLINE} ORDER BY id LIMIT ?`, after, limit);
      }
      return many(
        `INDEXED BY media_by_status_id WHERE status = ? AND id > ? AND NOT ${IS_OFFLINE}
         ORDER BY id LIMIT ?`,
        status,
        after,
        limit,
      );
    },

    counts(): MediaCounts {
      const byStatus = {
        new: 0,
        probed: 0,
        ready: 0,
        unreadable: 0,
        missing: 0,
        forgotten: 0,
        offline: 0,
      };
      const counts = { byStatus, files: 0, bytes: 0, withErrors: 0 };
      const rows = db.all<{ status: MediaStatus; files: number; bytes: number; errors: number }>(
        `SELECT CASE WHEN is_offline AND status NOT IN ('missing', 'forgotten') THEN 'offline'
           ELSE status END status, files, bytes, errors FROM media_tally`,
      );
      for (const { status, files, bytes, errors } of rows) {
        byStatus[status] += files;
        if (["missing", "forgotten", "offline"].includes(status)) continue;
        counts.files += files;
        counts.bytes += bytes;
        counts.withErrors += errors;
      }
      return counts;
    },

    hashesOf(id: string): Hashes {
      const rows = db.all<{ algorithm: string; digest: string }>(
        "SELECT algorithm, digest FROM hashes WHERE media_id = ?",
        id,
      );
      return Object.fromEntries(rows.map(({ algorithm, digest }) => [algorithm, digest]));
    },

    detailsOf: (id: string): Details => detailsOf(db, id),

    addHashes: (id: string, hashes: Hashes): void => insertHashes(db, id, hashes),

    /** Files that the edge has no name for yet, as it shall see them: once looked into. */
    unoffered: (limit: number): { relativePath: string; sizeBytes: number }[] =>
      db.all(
        `SELECT wire_path AS relativePath, size_bytes AS sizeBytes FROM media
         WHERE catalog_id IS NULL AND status IN ('probed', 'ready') AND size_bytes > 0
           AND offline_since IS NULL LIMIT ?`,
        limit,
      ),

    /** Takes the edge's names; one that is in use here already is not taken twice. */
    assign(pairs: readonly { relativePath: string; catalogId: string }[]): number {
      return db.transaction(() =>
        pairs.reduce((taken, { relativePath, catalogId }) =>
          taken + db.run(
            `UPDATE OR IGNORE media SET catalog_id = ?, updated_at = ? WHERE wire_path = ?`,
            catalogId,
            now(),
            relativePath,
          ), 0)
      );
    },

    /** The edge does not know these names: their files are offered anew. */
    unassign(catalogIds: readonly string[]): void {
      db.transaction(() => {
        for (const id of catalogIds) {
          db.run("UPDATE media SET catalog_id = NULL WHERE catalog_id = ?", id);
        }
      });
    },

    /**
     * A page of what this peer announces, in order of catalogue id. The version is another one
     * whenever the file was looked into and something else was found, or a person has called it
     * something else. The ids of its drives are JSON.
     */
    catalogPage: (
      after: string,
      limit: number,
    ): { catalogId: string; version: string; driveIds: string }[] =>
      db.all(
        `SELECT catalog_id catalogId, concat_ws(' ', modified_ms, size_bytes, title, container,
           duration_ms, length(tracks), identity, ${NAMED}) version, drive_ids driveIds
         FROM media WHERE catalog_id > ? AND +${PRESENT} ORDER BY catalog_id LIMIT ?`,
        after,
        limit,
      ),

    /** @throws {ConflictError} `newId` names another file */
    remap(oldId: string, newId: string): number {
      if (oldId !== newId && db.get("SELECT 1 FROM media WHERE catalog_id = ?", newId)) {
        throw new ConflictError(`Cannot rename "${oldId}": "${newId}" is another file`, { newId });
      }
      return db.run(
        "UPDATE media SET catalog_id = ?, updated_at = ? WHERE catalog_id = ?",
        newId,
        now(),
        oldId,
      );
    },

    /** The file stays where it is, and is neither offered nor played any more. */
    forget: (catalogId: string): number =>
      db.run(
        "UPDATE media SET status = 'forgotten', updated_at = ? WHERE catalog_id = ?",
        now(),
        catalogId,
      ),
  };
}

/** Keeps the hashes of one file, all in one statement: a scan does this for each of its files. */
export function insertHashes(db: Database, id: string, hashes: Hashes): void {
  const all = Object.entries(hashes);
  if (all.length === 0) return;
  db.run(
    `INSERT OR REPLACE INTO hashes VALUES ${all.map(() => "(?, ?, ?)").join()}`,
    ...all.flatMap(([algorithm, digest]) => [id, algorithm, digest]),
  );
}

/** What a scan has learnt of it beyond its tracks; nothing of a file that nobody looked into. */
export function detailsOf(db: Database, id: string): Details {
  const row = db.get<{ details: string }>(
    "SELECT details FROM media_details WHERE media_id = ?",
    id,
  );
  return row ? JSON.parse(row.details) as Details : {};
}
