/**
 * Groups of duplicates in SQLite, as people see them.
 *
 * @module
 */
import { ConflictError, NotFoundError, StaleError } from "../../base/errors.ts";
import type { Database } from "../../db/mod.ts";
import { commonCodec, type FileState, type MediaKind, type MediaStatus } from "../../media/mod.ts";

export const groupKinds = ["exact", "similar", "title"] as const;
export type GroupKind = (typeof groupKinds)[number];

export const groupStates = ["open", "dismissed", "resolved"] as const;
export type GroupState = (typeof groupStates)[number];

export interface Group {
  id: string;
  kind: GroupKind;
  /** "sha256:…" of exact ones; the title of those alike by name. */
  key: string;
  /** Of one of its members. */
  title: string;
  files: number;
  /** Bytes that are free once only one is left, as the last look saw it. */
  reclaimableBytes: number;
  state: GroupState;
  version: number;
  /** ISO 8601, UTC. */
  foundAt: string;
}

/** A file of a group, with all that decides whether it is the one to keep. */
export interface Member extends FileState {
  id: string;
  root: string;
  relativePath: string;
  driveIds: string[];
  volumeId?: string;
  inode?: string;
  identity?: string;
  status: MediaStatus;
  error?: string;
  catalogId?: string;
  durationMs?: number;
  width?: number;
  height?: number;
  bitrate?: number;
  videoCodec?: string;
  kind?: MediaKind;
  addedAt: string;
  /** To the first: 0 the same, 1 nothing in common; of no meaning where only names were compared. */
  distance: number;
  /** Tags, ratings, people, collections, notes and fields set by hand. */
  saidOfIt: number;
}

export interface GroupFilter {
  kind?: GroupKind | undefined;
  state?: GroupState | undefined;
  /** The last of the page before. */
  after?: { reclaimableBytes: number; id: string } | undefined;
  limit: number;
}

/** Nobody reads more; the others come once these are dealt with. */
export const MAX_MEMBERS = 1000;

export type DuplicatesStore = ReturnType<typeof createDuplicatesStore>;

const groupColumns =
  `duplicate_groups.id, kind, key, files, reclaimable_bytes AS reclaimableBytes, state, version,
  found_at AS foundAt, ifnull((SELECT items.title FROM duplicate_members AS m
    JOIN items ON items.id = m.media_id WHERE m.group_id = duplicate_groups.id LIMIT 1), '') AS title`;

const memberColumns = `media.id, media.root, media.relative_path AS relativePath,
  media.size_bytes AS sizeBytes, media.modified_ms AS modifiedMs, media.drive_ids AS driveIds,
  media.volume_id AS volumeId, media.inode, media.identity, media.error,
  CASE WHEN media.offline_since IS NOT NULL AND media.status NOT IN ('missing', 'forgotten')
    THEN 'offline' ELSE media.status END AS status,
  media.catalog_id AS catalogId, media.duration_ms AS durationMs, media.width, media.height,
  media.bitrate, media.video_codec AS videoCodec, media.kind, media.added_at AS addedAt, m.distance,
  (SELECT count(*) FROM item_tags WHERE item_id = media.id) +
  (SELECT count(*) FROM ratings WHERE item_id = media.id) +
  (SELECT count(*) FROM item_people WHERE item_id = media.id) +
  (SELECT count(*) FROM collection_items WHERE item_id = media.id) +
  (SELECT count(*) FROM notes WHERE item_id = media.id) +
  ifnull((SELECT json_array_length(own) FROM items WHERE id = media.id), 0) AS saidOfIt`;

type MemberRow =
  & { driveIds: string }
  & { [Name in keyof Omit<Member, "driveIds">]: Member[Name] | null };

export function createDuplicatesStore(db: Database) {
  const find = (id: string): Group => {
    const group = db.get<Group>(`SELECT ${groupColumns} FROM duplicate_groups WHERE id = ?`, id);
    if (!group) {
      throw new NotFoundError(`Cannot find duplicates "${id}": there is no such group (any more)`, {
        id,
      });
    }
    return group;
  };

  return {
    transaction: <T>(work: () => T): T => db.transaction(work),

    isGroup: (id: string): boolean =>
      db.get("SELECT 1 FROM duplicate_groups WHERE id = ?", id) !== undefined,

    /** @throws {NotFoundError} there is no such group (any more) */
    find,

    /** The most that can be had back first; groups of one file wait for another to return. */
    list({ kind, state, after, limit }: GroupFilter): Group[] {
      const last = after ?? { reclaimableBytes: Number.MAX_SAFE_INTEGER, id: "" };
      const pages = (kind ? [kind] : groupKinds).flatMap((kind) =>
        (state ? [state] : groupStates).map((state) =>
          db.all<Group>(
            `SELECT ${groupColumns} FROM duplicate_groups
             WHERE kind = ? AND state = ? AND (files > 1 OR state = 'resolved')
               AND reclaimable_bytes <= ? AND (reclaimable_bytes < ? OR id > ?)
             ORDER BY reclaimable_bytes DESC, id LIMIT ?`,
            kind,
            state,
            last.reclaimableBytes,
            last.reclaimableBytes,
            last.id,
            limit,
          )
        )
      );
      return pages.flat().sort((one, other) =>
        other.reclaimableBytes - one.reclaimableBytes || (one.id < other.id ? -1 : 1)
      ).slice(0, limit);
    },

    /** How many groups of each kind are open, and what they hold. */
    counts: (): { kind: GroupKind; groups: number; reclaimableBytes: number }[] =>
      db.all<{ kind: GroupKind; groups: number; reclaimableBytes: number }>(
        `SELECT kind, count(*) groups, sum(reclaimable_bytes) reclaimableBytes
         FROM duplicate_groups WHERE kind IN ('exact', 'similar', 'title') AND state = 'open'
           AND files > 1 GROUP BY kind`,
      ).map((row) => ({ ...row })),

    /** When all kinds were last looked for; undefined: never. ISO 8601, UTC. */
    lookedAt: (): string | undefined =>
      db.get<{ at: string }>(
        "SELECT min(looked_at) AS at FROM duplicate_looks HAVING count(*) >= ?",
        groupKinds.length,
      )?.at,

    /** In order of their ids; what is gone from the library is left out. */
    members: (groupId: string): Member[] =>
      db.all<MemberRow>(
        `SELECT ${memberColumns} FROM duplicate_members AS m JOIN media ON media.id = m.media_id
         WHERE m.group_id = ? AND media.status NOT IN ('missing', 'forgotten')
         ORDER BY m.media_id LIMIT ?`,
        groupId,
        MAX_MEMBERS,
      ).map(toMember),

    /**
     * Dismisses a group, or opens it again.
     *
     * @throws {StaleError} it is not of the version that the caller has read
     * @throws {ConflictError} it is resolved
     */
    setState: (id: string, state: "open" | "dismissed", expected: number | undefined): Group =>
      db.transaction(() => {
        const { version, state: now } = find(id);
        if (expected !== undefined && expected !== version) {
          throw new StaleError(`Cannot change "${id}": it has changed, read it again`, { version });
        }
        if (now === "resolved") {
          throw new ConflictError(`Cannot change "${id}": its duplicates are dealt with`, { id });
        }
        db.run(
          "UPDATE duplicate_groups SET state = ?, version = version + 1 WHERE id = ?",
          state,
          id,
        );
        return find(id);
      }),

    /** What is left of a group once some of its files are `gone`, and some share their bytes. */
    saveLeft(id: string, { gone, united }: { gone: readonly string[]; united: readonly string[] }) {
      for (const mediaId of gone) {
        db.run("DELETE FROM duplicate_members WHERE group_id = ? AND media_id = ?", id, mediaId);
      }
      db.run(
        `UPDATE duplicate_groups SET version = version + 1, files = left.files,
           reclaimable_bytes = left.bytes,
           state = iif(left.apart > 1, state, 'resolved')
         FROM (SELECT count(*) files, count(*) - sum(shares) apart,
                 ifnull(sum(iif(shares, 0, size_bytes)) - max(size_bytes), 0) bytes
               FROM (SELECT size_bytes, media_id IN (SELECT value FROM json_each(?2)) AS shares
                     FROM duplicate_members JOIN media ON media.id = media_id
                     WHERE group_id = ?1 AND status IN ('new', 'probed', 'ready'))) AS left
         WHERE id = ?1`,
        id,
        JSON.stringify(united),
      );
      return find(id);
    },

    /** The full hashes of a file. */
    hashesOf: (mediaId: string): Record<string, string> =>
      Object.fromEntries(
        db.all<{ algorithm: string; digest: string }>(
          "SELECT algorithm, digest FROM hashes WHERE media_id = ?",
          mediaId,
        ).map(({ algorithm, digest }) => [algorithm, digest]),
      ),
  };
}

function toMember({ driveIds, ...row }: MemberRow): Member {
  const known = Object.entries(row).filter(([, value]) => value !== null);
  const codec = row.videoCodec ? { videoCodec: commonCodec(row.videoCodec) } : {};
  return {
    ...Object.fromEntries(known),
    ...codec,
    driveIds: JSON.parse(driveIds),
  } as unknown as Member;
}
