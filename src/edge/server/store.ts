/**
 * The edge's memory: peers, titles and replicas in edge.db.
 *
 * @module
 */
import type { Database } from "../../db/mod.ts";
import type { CatalogedFile, MediaDescription, OfferedFile } from "../messages.ts";
import { type CatalogMedia, titleOf, toCatalogMedia } from "./catalog_item.ts";

export interface PeerRow {
  peerId: string;
  connectedAt: string;
  lastSeenAt: string;
  extensions: string[];
  catalogSize: number;
}

export interface TitleRow {
  catalogId: string;
  title: string;
  sortTitle: string;
  sizeBytes: number;
  media?: CatalogMedia;
  /** Announced ones only. */
  replicas: { peerId: string; relativePath: string }[];
}

/** Longest path that any of our platforms has. */
const MAX_PATH = 4096;
const MAX_TITLE = 500;

/** Titles that one peer may have: a catalogue for everybody must not be filled by one of them. */
const MAX_TITLES = 2_000_000;

/** How many titles a peer may still add. */
export interface Quota {
  left: number;
}

export class EdgeStore {
  constructor(readonly db: Database) {}

  connected(peerId: string, at: string): void {
    this.db.run(
      `INSERT INTO peers (peer_id, connected_at, last_seen_at) VALUES (?1, ?2, ?2)
       ON CONFLICT (peer_id) DO UPDATE SET connected_at = ?2, last_seen_at = ?2, extensions = '[]'`,
      peerId,
      at,
    );
  }

  seen(peerId: string, at: string, extensions: string[]): void {
    this.db.run(
      "UPDATE peers SET last_seen_at = ?, extensions = ? WHERE peer_id = ?",
      at,
      JSON.stringify(extensions),
      peerId,
    );
  }

  quota(peerId: string): Quota {
    const row = this.db.get<{ count: number }>(
      "SELECT count(*) AS count FROM replicas WHERE peer_id = ?",
      peerId,
    );
    return { left: MAX_TITLES - (row?.count ?? 0) };
  }

  /**
   * A catalogue id for each file: the one it has, or a new one. Unusable paths are left out, and
   * new ones when the quota is used up.
   */
  assign(peerId: string, files: OfferedFile[], quota: Quota = this.quota(peerId)): CatalogedFile[] {
    const usable = files.filter(({ relativePath, sizeBytes }) =>
      relativePath.length > 0 && relativePath.length <= MAX_PATH && sizeBytes >= 0
    );
    return this.db.transaction(() =>
      usable.flatMap((file) => {
        const catalogId = this.#findId(peerId, file) ?? this.#newId(peerId, file, quota);
        return catalogId ? [{ relativePath: file.relativePath, catalogId }] : [];
      })
    );
  }

  /** The peer has these: returns how many are new in the catalogue, and which are its own. */
  announce(peerId: string, catalogIds: string[]): { come: number; known: string[] } {
    const list = JSON.stringify(catalogIds);
    return this.db.transaction(() => {
      const come = this.db.run(
        `UPDATE replicas SET announced = 1 WHERE peer_id = ? AND announced = 0
         AND catalog_id IN (SELECT value FROM json_each(?))`,
        peerId,
        list,
      );
      const known = this.db.all<{ id: string }>(
        `SELECT value AS id FROM json_each(?2) WHERE EXISTS
         (SELECT 1 FROM replicas WHERE peer_id = ?1 AND catalog_id = value)`,
        peerId,
        list,
      );
      return { come, known: known.map(({ id }) => id) };
    });
  }

  /** Announced ids of a peer, in order, from just after `after`. */
  announcedBy(peerId: string, after: string, limit: number): string[] {
    return this.db.all<{ id: string }>(
      `SELECT catalog_id AS id FROM replicas WHERE peer_id = ? AND catalog_id > ?
       AND announced = 1 ORDER BY catalog_id LIMIT ?`,
      peerId,
      after,
      limit,
    ).map(({ id }) => id);
  }

  /** The peer does not have these any more; returns how many it had. */
  withdraw(peerId: string, catalogIds: string[]): number {
    return this.db.run(
      `UPDATE replicas SET announced = 0 WHERE peer_id = ? AND announced = 1
       AND catalog_id IN (SELECT value FROM json_each(?))`,
      peerId,
      JSON.stringify(catalogIds),
    );
  }

  /** Whether the peer's last announcement named anything. */
  hasAnnounced(peerId: string): boolean {
    return this.db.get(
      "SELECT 1 FROM replicas WHERE peer_id = ? AND announced = 1 LIMIT 1",
      peerId,
    ) !== undefined;
  }

  holds(peerId: string, catalogId: string): boolean {
    return this.db.get(
      "SELECT 1 FROM replicas WHERE peer_id = ? AND catalog_id = ?",
      peerId,
      catalogId,
    ) !== undefined;
  }

  /** Keeps what a peer says of titles that it holds; returns how many. */
  describe(peerId: string, descriptions: MediaDescription[]): number {
    return this.db.transaction(() => {
      let changed = 0;
      for (const description of descriptions) {
        const { catalogId, sizeBytes } = description;
        if (!this.holds(peerId, catalogId) || sizeBytes < 0) continue;
        const title = description.title.slice(0, MAX_TITLE);
        changed += this.db.run(
          `UPDATE titles SET title = coalesce(nullif(?2, ''), title),
           sort_title = coalesce(nullif(?3, ''), sort_title), size_bytes = ?4, media = ?5
           WHERE catalog_id = ?1 AND (title, sort_title, size_bytes, media) IS NOT
             (coalesce(nullif(?2, ''), title), coalesce(nullif(?3, ''), sort_title), ?4, ?5)`,
          catalogId,
          title,
          title.toLowerCase(),
          sizeBytes,
          JSON.stringify(toCatalogMedia(description)),
        );
      }
      return changed;
    });
  }

  peers(after: string, limit: number): PeerRow[] {
    return this.db.all<RawPeer>(
      `SELECT ${peerColumns} FROM peers p WHERE peer_id > ? ORDER BY peer_id LIMIT ?`,
      after,
      limit,
    ).map(toPeer);
  }

  findPeer(peerId: string): PeerRow | undefined {
    const row = this.db.get<RawPeer>(
      `SELECT ${peerColumns} FROM peers p WHERE peer_id = ?`,
      peerId,
    );
    return row && toPeer(row);
  }

  /** Announced titles after a place in the order, those whose title has `query` in it. */
  titles(after: { sortTitle: string; catalogId: string }, limit: number, query = ""): TitleRow[] {
    return this.db.all<RawTitle>(
      `SELECT ${titleColumns} FROM titles t WHERE holders > 0
       AND (sort_title, catalog_id) > (?1, ?2)
       AND (?3 = '' OR instr(sort_title, ?3) > 0)
       ORDER BY sort_title, catalog_id LIMIT ?4`,
      after.sortTitle,
      after.catalogId,
      query.toLowerCase(),
      limit,
    ).map(toTitle);
  }

  findTitle(catalogId: string): TitleRow | undefined {
    const row = this.db.get<RawTitle>(
      `SELECT ${titleColumns} FROM titles t WHERE catalog_id = ?`,
      catalogId,
    );
    return row && toTitle(row);
  }

  #findId(peerId: string, { relativePath, sizeBytes }: OfferedFile): string | undefined {
    const row = this.db.get<{ id: string }>(
      "SELECT catalog_id AS id FROM replicas WHERE peer_id = ? AND relative_path = ?",
      peerId,
      relativePath,
    );
    if (row) {
      this.db.run(
        "UPDATE titles SET size_bytes = ?1 WHERE catalog_id = ?2 AND size_bytes <> ?1",
        sizeBytes,
        row.id,
      );
    }
    return row?.id;
  }

  #newId(
    peerId: string,
    { relativePath, sizeBytes }: OfferedFile,
    quota: Quota,
  ): string | undefined {
    if (quota.left <= 0) return undefined;
    quota.left--;
    const catalogId = crypto.randomUUID();
    const title = titleOf(relativePath).slice(0, MAX_TITLE);
    this.db.run(
      `INSERT INTO titles (catalog_id, title, sort_title, size_bytes, added_at)
       VALUES (?, ?, ?, ?, ?)`,
      catalogId,
      title,
      title.toLowerCase(),
      sizeBytes,
      new Date().toISOString(),
    );
    this.db.run(
      "INSERT INTO replicas (peer_id, relative_path, catalog_id) VALUES (?, ?, ?)",
      peerId,
      relativePath,
      catalogId,
    );
    return catalogId;
  }
}

const peerColumns = `p.peer_id AS peerId, p.connected_at AS connectedAt,
  p.last_seen_at AS lastSeenAt, p.extensions,
  (SELECT count(*) FROM replicas WHERE peer_id = p.peer_id AND announced = 1) AS catalogSize`;

type RawPeer = Omit<PeerRow, "extensions"> & { extensions: string };

function toPeer(row: RawPeer): PeerRow {
  return { ...row, extensions: JSON.parse(row.extensions) };
}

const titleColumns = `t.catalog_id AS catalogId, t.title, t.sort_title AS sortTitle,
  t.size_bytes AS sizeBytes, t.media,
  (SELECT json_group_array(json_object('peerId', peer_id, 'relativePath', relative_path))
   FROM replicas WHERE catalog_id = t.catalog_id AND announced = 1) AS replicas`;

type RawTitle = Omit<TitleRow, "media" | "replicas"> & { media: string | null; replicas: string };

function toTitle({ media, replicas, ...row }: RawTitle): TitleRow {
  return {
    ...row,
    replicas: JSON.parse(replicas),
    ...(media !== null && { media: JSON.parse(media) }),
  };
}
