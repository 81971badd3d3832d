/**
 * What a look for duplicates reads and writes, each in one short statement however large the library.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";
import type { Hashes } from "../../../media/mod.ts";
import { type GroupKind, MAX_MEMBERS } from "../store.ts";

export type LookStore = ReturnType<typeof createLookStore>;

export interface FoundGroup {
  kind: GroupKind;
  key: string;
  /** At least two, `distance` to the first. */
  members: readonly { id: string; distance: number }[];
  reclaimableBytes: number;
}

export interface CopyFacts {
  id: string;
  sizeBytes: number;
  volumeId: string | null;
  inode: string | null;
  durationMs: number | null;
  hashes: Hashes;
}

/** What counts as a copy: it is here, or offline, and has bytes. */
const COUNTS = "media.status IN ('new', 'probed', 'ready') AND media.size_bytes > 0";

export function createLookStore(db: Database) {
  const list = (ids: readonly string[]) => JSON.stringify(ids);
  return {
    transaction: <T>(work: () => T): T => db.transaction(work),

    /** The number of the next look at this kind; 1 is the first. */
    nextLook: (kind: GroupKind): number =>
      1 + (db.get<{ last: number | null }>(
        "SELECT max(look) last FROM duplicate_groups WHERE kind = ?",
        kind,
      )?.last ?? 0),

    /** A page of all digests of one algorithm, in their order. */
    digests: (
      algorithm: string,
      after: { digest: string; mediaId: string },
      limit: number,
    ): { digest: string; mediaId: string }[] =>
      db.all(
        `SELECT digest, media_id AS mediaId FROM hashes
         WHERE algorithm = ? AND (digest, media_id) > (?, ?)
         ORDER BY digest, media_id LIMIT ?`,
        algorithm,
        after.digest,
        after.mediaId,
        limit,
      ),

    /** Every file of a digest. */
    withDigest: (algorithm: string, digest: string): string[] =>
      db.all<{ id: string }>(
        `SELECT media_id AS id FROM hashes WHERE algorithm = ? AND digest = ?
         ORDER BY media_id LIMIT ?`,
        algorithm,
        digest,
        MAX_MEMBERS,
      ).map(({ id }) => id),

    news: (limit: number): { algorithm: string; digest: string }[] =>
      db.all("SELECT algorithm, digest FROM duplicate_news LIMIT ?", limit),

    forgetNews: (news: readonly { algorithm: string; digest: string }[]): void => {
      for (const { algorithm, digest } of news) {
        db.run("DELETE FROM duplicate_news WHERE algorithm = ? AND digest = ?", algorithm, digest);
      }
    },

    /** Those of `ids` that count as copies. */
    facts: (ids: readonly string[]): CopyFacts[] =>
      db.all<Omit<CopyFacts, "hashes"> & { hashes: string }>(
        `SELECT media.id, size_bytes AS sizeBytes, volume_id AS volumeId, inode,
           duration_ms AS durationMs,
           (SELECT json_group_object(algorithm, digest) FROM hashes WHERE media_id = media.id) hashes
         FROM media WHERE media.id IN (SELECT value FROM json_each(?)) AND ${COUNTS}
         ORDER BY media.id`,
        list(ids),
      ).map((row) => ({ ...row, hashes: JSON.parse(row.hashes) as Hashes })),

    /** The groups of a kind that any of these files is in, the one with the most of them first. */
    groupsWith: (
      kind: GroupKind,
      ids: readonly string[],
    ): { id: string; look: number; shared: number }[] =>
      db.all(
        `SELECT g.id, g.look, count(*) AS shared FROM duplicate_members AS m
         CROSS JOIN duplicate_groups AS g ON g.id = m.group_id AND g.kind = ?
         WHERE m.media_id IN (SELECT value FROM json_each(?))
         GROUP BY g.id ORDER BY shared DESC, g.id LIMIT 10`,
        kind,
        list(ids),
      ),

    /** Writes what a look has found; what a person has dismissed stays dismissed. */
    save(id: string, { kind, key, members, reclaimableBytes }: FoundGroup, look: number): void {
      const found = JSON.stringify(members);
      // What was dealt with stays so, links that share their bytes for one, until another file joins.
      const isJoined = db.get(
        `SELECT 1 FROM json_each(?) WHERE value ->> 'id' NOT IN
           (SELECT media_id FROM duplicate_members WHERE group_id = ?) LIMIT 1`,
        found,
        id,
      ) !== undefined;
      db.run(
        `INSERT INTO duplicate_groups (id, kind, key, files, reclaimable_bytes, found_at, look)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET look = excluded.look,
           state = iif(state = 'resolved' AND ?8, 'open', state),
           version = version + (files <> excluded.files OR state = 'resolved' AND ?8),
           files = excluded.files, reclaimable_bytes = excluded.reclaimable_bytes`,
        id,
        kind,
        key,
        members.length,
        reclaimableBytes,
        new Date().toISOString(),
        look,
        Number(isJoined),
      );
      db.run(
        `DELETE FROM duplicate_members WHERE group_id = ?
           AND media_id NOT IN (SELECT value ->> 'id' FROM json_each(?))`,
        id,
        found,
      );
      db.run(
        `INSERT INTO duplicate_members (group_id, media_id, distance)
         SELECT ?, value ->> 'id', value ->> 'distance' FROM json_each(?) WHERE true
         ON CONFLICT DO UPDATE SET distance = excluded.distance`,
        id,
        found,
      );
    },

    /** Groups that this look has not found (yet), with what they were found by. */
    unseen: (kind: GroupKind, look: number, limit: number): { id: string; key: string }[] =>
      db.all(
        "SELECT id, key FROM duplicate_groups WHERE kind = ? AND look < ? AND look >= 0 LIMIT ?",
        kind,
        look,
        limit,
      ),

    isUnseen: (id: string, look: number): boolean =>
      db.get("SELECT 1 FROM duplicate_groups WHERE id = ? AND look < ?", id, look) !== undefined,

    /**
     * What is no group any more: nobody asks for an open one, and what was dealt with is known for a
     * month; a dismissed one stays, for its files may return.
     */
    vanish(id: string, look: number): void {
      const monthAgo = new Date(Date.now() - 30 * 24 * 60 * 60 * 1000).toISOString();
      const gone = db.run(
        `DELETE FROM duplicate_groups
         WHERE id = ? AND (state = 'open' OR state = 'resolved' AND found_at < ?)`,
        id,
        monthAgo,
      );
      if (gone === 0) {
        db.run(
          `UPDATE duplicate_groups SET look = ?, reclaimable_bytes = 0,
             files = (SELECT count(*) FROM duplicate_members JOIN media ON media.id = media_id
                      WHERE group_id = ?2 AND ${COUNTS})
           WHERE id = ?2`,
          look,
          id,
        );
      }
    },

    countOpen: (kind: GroupKind): { groups: number; reclaimableBytes: number } => ({
      ...db.get<{ groups: number; reclaimableBytes: number }>(
        `SELECT count(*) groups, ifnull(sum(reclaimable_bytes), 0) reclaimableBytes
         FROM duplicate_groups WHERE kind = ? AND state = 'open' AND files > 1`,
        kind,
      )!,
    }),
  };
}
