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

    /** Groups that a look has found stand in a table that is gone with the connection. */
    begin: () =>
      db.run("CREATE TEMP TABLE IF NOT EXISTS found_groups (id TEXT PRIMARY KEY) WITHOUT ROWID"),

    /** Some rows of the look before; how many. */
    clear: (limit: number): number =>
      db.run("DELETE FROM found_groups WHERE id IN (SELECT id FROM found_groups LIMIT ?)", limit),

    /** When this kind was last looked for; undefined: never. */
    lookedAt: (kind: GroupKind): string | undefined =>
      db.get<{ at: string }>("SELECT looked_at AS at FROM duplicate_looks WHERE kind = ?", kind)
        ?.at,

    end: (kind: GroupKind) =>
      db.run(
        "INSERT OR REPLACE INTO duplicate_looks VALUES (?, ?)",
        kind,
        new Date().toISOString(),
      ),

    /** A page of all digests of one algorithm, in their order. */
    digests: (
      algorithm: string,
      after: { digest: string; mediaId: string },
      limit: number,
    ): { digest: string; mediaId: string }[] =>
      db.all(
        `SELECT digest, media_id AS mediaId FROM hashes
         WHERE algorithm <> 'oshash' AND algorithm = ? AND (digest, media_id) > (?, ?)
         ORDER BY digest, media_id LIMIT ?`,
        algorithm,
        after.digest,
        after.mediaId,
        limit,
      ),

    /** Every file of a digest. */
    withDigest: (algorithm: string, digest: string): string[] =>
      db.all<{ id: string }>(
        `SELECT media_id AS id FROM hashes
         WHERE algorithm <> 'oshash' AND algorithm = ? AND digest = ?
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
    ): { id: string; isFound: 0 | 1; shared: number }[] =>
      db.all(
        `SELECT g.id, g.id IN (SELECT id FROM found_groups) AS isFound, count(*) AS shared
         FROM duplicate_members AS m
         CROSS JOIN duplicate_groups AS g ON g.id = m.group_id AND g.kind = ?
         WHERE m.media_id IN (SELECT value FROM json_each(?))
         GROUP BY g.id ORDER BY shared DESC, g.id LIMIT 10`,
        kind,
        list(ids),
      ),

    /**
     * Writes what a look has found, where it is anything new. What a person has dismissed stays so;
     * so does what was dealt with, links that share their bytes for one, until another file joins.
     */
    save(id: string, { kind, key, members, reclaimableBytes }: FoundGroup): void {
      db.run("INSERT OR IGNORE INTO found_groups VALUES (?)", id);
      const found = JSON.stringify(members);
      // CROSS: the list is read once, not once for each member, which takes half a second of many.
      const known = db.get<{ files: number; bytes: number; same: number; members: number }>(
        `SELECT files, reclaimable_bytes AS bytes,
           (SELECT count(*) FROM duplicate_members WHERE group_id = ?1) members,
           (SELECT count(*) FROM json_each(?2) CROSS JOIN duplicate_members AS m
             ON m.group_id = ?1 AND m.media_id = value ->> 'id'
             AND m.distance = value ->> 'distance') same
         FROM duplicate_groups WHERE id = ?1`,
        id,
        found,
      );
      const isSame = known?.same === members.length && known.members === members.length;
      if (isSame && known.files === members.length && known.bytes === reclaimableBytes) return;
      const isJoined = known !== undefined && known.same < members.length;
      db.run(
        `INSERT INTO duplicate_groups (id, kind, key, files, reclaimable_bytes, found_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET
           state = iif(state = 'resolved' AND ?7, 'open', state),
           version = version + 1,
           files = excluded.files, reclaimable_bytes = excluded.reclaimable_bytes`,
        id,
        kind,
        key,
        members.length,
        reclaimableBytes,
        new Date().toISOString(),
        Number(isJoined),
      );
      if (isSame) return;
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

    /** A page of all groups in order of their ids, and whether this look has found them. */
    groups: (
      after: string,
      limit: number,
    ): { id: string; kind: GroupKind; key: string; isFound: 0 | 1 }[] =>
      db.all(
        `SELECT id, kind, key, id IN (SELECT id FROM found_groups) AS isFound
         FROM duplicate_groups WHERE id > ? ORDER BY id LIMIT ?`,
        after,
        limit,
      ),

    isFound: (id: string): boolean =>
      db.get("SELECT 1 FROM found_groups WHERE id = ?", id) !== undefined,

    /**
     * What is no group any more: nobody asks for an open one, and what was dealt with is known for a
     * month; a dismissed one stays, for its files may return.
     */
    vanish(id: string): void {
      const monthAgo = new Date(Date.now() - 30 * 24 * 60 * 60 * 1000).toISOString();
      const gone = db.run(
        `DELETE FROM duplicate_groups
         WHERE id = ? AND (state = 'open' OR state = 'resolved' AND found_at < ?)`,
        id,
        monthAgo,
      );
      if (gone > 0) return;
      db.run(
        `UPDATE duplicate_groups SET reclaimable_bytes = 0, files = here.files
         FROM (SELECT count(*) files FROM duplicate_members JOIN media ON media.id = media_id
               WHERE group_id = ?1 AND ${COUNTS}) AS here
         WHERE id = ?1 AND (reclaimable_bytes <> 0 OR duplicate_groups.files <> here.files)`,
        id,
      );
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
