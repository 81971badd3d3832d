/**
 * Hashes of whole files in the state, and the titles that may be the same by their length.
 *
 * @module
 */
import type { State } from "../../../db/mod.ts";

/** An announced file of a peer. */
export interface HeldFile {
  peerId: string;
  path: string;
  /** What the peer calls it. */
  peerCatalogId: string;
  titleId: string;
  sizeBytes: number;
  /** Undefined: the peer could not say, or was not asked. */
  md5?: string;
  /** Milliseconds since 1970; undefined: it was not asked for this content. */
  askedAt?: number;
}

/** Another title of the same length. */
export interface Twin {
  titleId: string;
  /** Its content is known by what a peer has said of it. */
  isDescribed: boolean;
  addedAt: string;
}

/** Titles of one length that are looked at. */
const MAX_TWINS = 20;
/** Copies of one title that are looked at. */
const MAX_COPIES = 20;

export class HashStore {
  constructor(readonly state: State) {}

  /**
   * Files of a peer of whose content nobody has said anything, and as long as which there is another
   * title; out of the `limit` files after an id. `last` is undefined at the end.
   */
  async unmatched(
    peerId: string,
    after: string,
    limit: number,
  ): Promise<{ files: HeldFile[]; last?: string }> {
    const rows = await this.state.all<RawFile & { isOpen: number; hasTwin: number }>(
      `SELECT ${columns}, CASE WHEN t.content_hash IS NULL THEN 1 ELSE 0 END AS "isOpen",
       CASE WHEN EXISTS (SELECT 1 FROM titles o WHERE o.size_bytes = t.size_bytes AND o.holders > 0
         AND o.catalog_id <> t.catalog_id) THEN 1 ELSE 0 END AS "hasTwin"
       ${sources} WHERE r.peer_id = ? AND r.peer_catalog_id > ? AND r.announced = 1
       ORDER BY r.peer_catalog_id LIMIT ?`,
      peerId,
      after,
      limit,
    );
    const files = rows.filter((it) => it.isOpen === 1 && it.hasTwin === 1 && it.sizeBytes > 0);
    const last = rows.at(-1)?.peerCatalogId;
    return { files: files.map(toFile), ...last !== undefined && { last } };
  }

  /** The best first: described ones, then the oldest. */
  async twins({ titleId, sizeBytes }: HeldFile): Promise<Twin[]> {
    const rows = await this.state.all<Omit<Twin, "isDescribed"> & { isDescribed: number }>(
      `SELECT catalog_id AS "titleId", added_at AS "addedAt",
       CASE WHEN content_hash IS NULL THEN 0 ELSE 1 END AS "isDescribed"
       FROM titles WHERE size_bytes = ? AND holders > 0 AND catalog_id <> ?
       ORDER BY content_hash IS NULL, added_at, catalog_id LIMIT ?`,
      sizeBytes,
      titleId,
      MAX_TWINS,
    );
    return rows.map((row) => ({ ...row, isDescribed: row.isDescribed === 1 }));
  }

  /** Copies of a title, those with a hash first. */
  async copies(titleId: string): Promise<HeldFile[]> {
    const rows = await this.state.all<RawFile>(
      `SELECT ${columns} ${sources} WHERE r.catalog_id = ? AND r.announced = 1
       ORDER BY h.md5 IS NULL, r.peer_id, r.relative_path LIMIT ?`,
      titleId,
      MAX_COPIES,
    );
    return rows.map(toFile);
  }

  /** As it is known now. */
  async find({ peerId, path }: HeldFile): Promise<HeldFile | undefined> {
    const row = await this.state.get<RawFile>(
      `SELECT ${columns} ${sources} WHERE r.peer_id = ? AND r.relative_path = ?`,
      peerId,
      path,
    );
    return row && toFile(row);
  }

  async addedAt(titleId: string): Promise<string | undefined> {
    const sql = `SELECT added_at AS "addedAt" FROM titles WHERE catalog_id = ?`;
    return (await this.state.get<{ addedAt: string }>(sql, titleId))?.addedAt;
  }

  /** What the peer has said of its file; undefined: it could not. */
  async keep(file: HeldFile, md5: string | undefined, askedAt: number): Promise<void> {
    await this.state.run(
      `INSERT INTO file_hashes (peer_id, relative_path, size_bytes, md5, asked_at)
       SELECT peer_id, relative_path, ?, ?, ? FROM replicas
       WHERE peer_id = ? AND relative_path = ?
       ON CONFLICT (peer_id, relative_path) DO UPDATE SET size_bytes = excluded.size_bytes,
         md5 = excluded.md5, asked_at = excluded.asked_at`,
      file.sizeBytes,
      md5 ?? null,
      askedAt,
      file.peerId,
      file.path,
    );
  }
}

const columns = `r.peer_id AS "peerId", r.relative_path AS path,
  r.peer_catalog_id AS "peerCatalogId", r.catalog_id AS "titleId", t.size_bytes AS "sizeBytes",
  h.md5, h.asked_at AS "askedAt"`;

/** Of peers that are believed. */
const sources = `FROM replicas r JOIN titles t ON t.catalog_id = r.catalog_id
  JOIN peers p ON p.peer_id = r.peer_id AND p.believed = 1
  LEFT JOIN file_hashes h ON h.peer_id = r.peer_id AND h.relative_path = r.relative_path
    AND h.size_bytes = t.size_bytes`;

type RawFile = Omit<HeldFile, "md5" | "askedAt"> & { md5: string | null; askedAt: number | null };

function toFile({ peerId, path, peerCatalogId, titleId, sizeBytes, md5, askedAt }: RawFile) {
  return {
    ...{ peerId, path, peerCatalogId, titleId },
    sizeBytes: Number(sizeBytes),
    ...md5 !== null && { md5 },
    ...askedAt !== null && { askedAt: Number(askedAt) },
  };
}
