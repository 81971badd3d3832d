/**
 * The edge's memory: peers, and the titles that they hold together.
 *
 * @module
 */
import { turn } from "../../base/event_loop.ts";
import {
  type Found,
  type NameRow,
  namesAfter,
  type TitlePlace,
  titlesAfter,
} from "../sight/mod.ts";
import { type TagsByPeer, tagsOf } from "../tags/mod.ts";
import { type CatalogMedia, titleOf } from "./catalog_item.ts";
import { ReplicaStore } from "./replicas/store.ts";
import { Together } from "./together.ts";

export interface PeerRow {
  peerId: string;
  /** Null where it has joined, or was revoked, and has never connected. */
  connectedAt: string | null;
  lastSeenAt: string | null;
  extensions: string[];
  catalogSize: number;
}

export interface TitleRow {
  catalogId: string;
  title: string;
  sortTitle: string;
  sizeBytes: number;
  contentHash?: string;
  media?: CatalogMedia;
  /** Announced ones only. */
  replicas: ReplicaRow[];
}

export interface ReplicaRow {
  peerId: string;
  relativePath: string;
  /** As this peer says, or else the name of its file. */
  title: string;
  /** The id by which this peer calls the title; mostly its catalogue id. */
  peerCatalogId: string;
  atRisk: boolean;
}

/** Looks of one search: at a million titles. */
const MAX_ROUNDS = 500;

export class EdgeStore extends ReplicaStore {
  /** When an edge starts, all its peers come at once. */
  readonly #together = new Together(this.state);

  /** `isBelieved`: what it says of content joins its files with others'. */
  async connected(peerId: string, at: string, isBelieved = true): Promise<void> {
    await this.#together.run(
      `INSERT INTO peers (peer_id, connected_at, last_seen_at, believed) VALUES (?, ?, ?, ?)
       ON CONFLICT (peer_id) DO UPDATE SET connected_at = excluded.connected_at,
         last_seen_at = excluded.last_seen_at, extensions = '[]', believed = excluded.believed`,
      ...[peerId, at, at, isBelieved ? 1 : 0],
    );
  }

  /** Of the connection that began at `connectedAt`: what comes late must not change a later one. */
  async seen(
    { peerId, connectedAt }: { peerId: string; connectedAt: string },
    at: string,
    extensions: string[],
  ): Promise<void> {
    await this.#together.run(
      "UPDATE peers SET last_seen_at = ?, extensions = ? WHERE peer_id = ? AND connected_at = ?",
      at,
      JSON.stringify(extensions),
      peerId,
      connectedAt,
    );
  }

  async peers(after: string, limit: number): Promise<PeerRow[]> {
    const rows = await this.state.all<RawPeer>(
      `SELECT ${peerColumns} FROM ${everyPeer} p WHERE peer_id > ? ORDER BY peer_id LIMIT ?`,
      after,
      limit,
    );
    return rows.map(toPeer);
  }

  async findPeer(peerId: string): Promise<PeerRow | undefined> {
    const sql = `SELECT ${peerColumns} FROM ${everyPeer} p WHERE peer_id = ?`;
    const row = await this.state.get<RawPeer>(sql, peerId);
    return row && toPeer(row);
  }

  /** Announced titles after a place in the order. */
  async titles(after: TitlePlace, limit: number): Promise<TitleRow[]> {
    const rows = await this.state.all<RawTitle>(
      `SELECT ${titleColumns} FROM titles t WHERE holders > 0
       AND (sort_title, catalog_id) > (?, ?) ORDER BY sort_title, catalog_id LIMIT ?`,
      after.sortTitle,
      after.catalogId,
      limit,
    );
    return await this.#withReplicas(rows);
  }

  /** Announced titles after a place that have all `words` in them; and where to look on. */
  async search(
    after: TitlePlace,
    limit: number,
    words: readonly string[],
  ): Promise<{ rows: TitleRow[]; next?: TitlePlace }> {
    const places: TitlePlace[] = [];
    let next: TitlePlace | undefined = after;
    for (let round = 0; round < MAX_ROUNDS && next && places.length < limit; round++) {
      const found: Found<TitlePlace> = await titlesAfter(
        this.state,
        next,
        limit - places.length,
        words,
      );
      places.push(...found.rows);
      next = found.next;
      await turn();
    }
    const titles = await this.titlesOf(places.map(({ catalogId }) => catalogId));
    const byId = new Map(titles.map((it) => [it.catalogId, it]));
    const rows = places.flatMap(({ catalogId }) => byId.get(catalogId) ?? []);
    return { rows, ...next && { next } };
  }

  async findTitle(catalogId: string): Promise<TitleRow | undefined> {
    if (catalogId.includes("\0")) return undefined;
    const sql = `SELECT ${titleColumns} FROM titles t WHERE catalog_id = ?`;
    const [title] = await this.#withReplicas(await this.state.all<RawTitle>(sql, catalogId));
    return title;
  }

  /** These titles, whether or not anybody has them now. */
  async titlesOf(catalogIds: string[]): Promise<TitleRow[]> {
    const ids = JSON.stringify(catalogIds.filter((id) => !id.includes("\0")));
    const sql = `SELECT ${titleColumns} FROM titles t WHERE catalog_id IN ${this.state.each}`;
    return await this.#withReplicas(await this.state.all<RawTitle>(sql, ids));
  }

  /** Announced copies by what their peers call them, those with all `words` in it; after a place. */
  names(after: NameRow, limit: number, words: readonly string[]): Promise<Found<NameRow>> {
    return namesAfter(this.state, after, limit, words);
  }

  /** What peers say of the tags of these titles. */
  tagsOf(catalogIds: readonly string[]): Promise<Map<string, TagsByPeer>> {
    return tagsOf(this.state, catalogIds);
  }

  /**
   * Announced titles of which one copy is at `online` peers, or all copies are on failing drives;
   * after a place in the order.
   */
  async lastCopies(
    after: TitlePlace,
    limit: number,
    online: string[],
  ): Promise<TitleRow[]> {
    const rows = await this.state.all<RawTitle>(
      `SELECT ${titleColumns} FROM titles t WHERE holders > 0
       AND (sort_title, catalog_id) > (?, ?)
       AND (NOT EXISTS (SELECT 1 FROM replicas r WHERE r.catalog_id = t.catalog_id
              AND r.announced = 1 AND r.at_risk = 0)
         OR (SELECT count(DISTINCT r.peer_id) FROM replicas r WHERE r.catalog_id = t.catalog_id
              AND r.announced = 1 AND r.peer_id IN ${this.state.each}) = 1)
       ORDER BY sort_title, catalog_id LIMIT ?`,
      after.sortTitle,
      after.catalogId,
      JSON.stringify(online),
      limit,
    );
    return await this.#withReplicas(rows);
  }

  /** Titles that a peer has announced, in the order of what it calls them. */
  titlesHeldBy(
    peerId: string,
    after: string,
    limit: number,
  ): Promise<{ catalogId: string; peerCatalogId: string }[]> {
    return this.state.all(
      `SELECT catalog_id AS "catalogId", peer_catalog_id AS "peerCatalogId" FROM replicas
       WHERE peer_id = ? AND peer_catalog_id > ? AND announced = 1
       ORDER BY peer_catalog_id LIMIT ?`,
      peerId,
      after,
      limit,
    );
  }

  async #withReplicas(rows: RawTitle[]): Promise<TitleRow[]> {
    if (rows.length === 0) return [];
    const replicas = await this.state.all<RawReplica>(
      `SELECT catalog_id AS "catalogId", peer_id AS "peerId", relative_path AS "relativePath",
       peer_catalog_id AS "peerCatalogId", at_risk AS "atRisk", title FROM replicas
       WHERE announced = 1 AND catalog_id IN ${this.state.each} ORDER BY peer_id, relative_path`,
      JSON.stringify(rows.map(({ catalogId }) => catalogId)),
    );
    const byTitle = Map.groupBy(replicas, ({ catalogId }) => catalogId);
    return rows.map(({ media, contentHash, ...row }) => ({
      ...row,
      ...contentHash !== null && { contentHash },
      ...media !== null && { media: JSON.parse(media) },
      replicas: (byTitle.get(row.catalogId) ?? []).map(toReplica),
    }));
  }
}

/** Also those that have joined, or were revoked, and have never connected. */
const everyPeer = `(SELECT peer_id, connected_at, last_seen_at, extensions FROM peers
  UNION ALL SELECT peer_id, NULL, NULL, '[]' FROM identities i
  WHERE (public_key IS NOT NULL OR revoked_at IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM peers WHERE peers.peer_id = i.peer_id))`;

const peerColumns = `p.peer_id AS "peerId", p.connected_at AS "connectedAt",
  p.last_seen_at AS "lastSeenAt", p.extensions, (SELECT count(*) FROM replicas
   WHERE replicas.peer_id = p.peer_id AND replicas.announced = 1) AS "catalogSize"`;

type RawPeer = Omit<PeerRow, "extensions"> & { extensions: string };

function toPeer(row: RawPeer): PeerRow {
  return { ...row, extensions: JSON.parse(row.extensions) };
}

const titleColumns = `t.catalog_id AS "catalogId", t.title, t.sort_title AS "sortTitle",
  t.size_bytes AS "sizeBytes", t.content_hash AS "contentHash", t.media`;

type RawTitle = Omit<TitleRow, "contentHash" | "media" | "replicas"> & {
  contentHash: string | null;
  media: string | null;
};

type RawReplica = Omit<ReplicaRow, "atRisk" | "title"> & {
  catalogId: string;
  atRisk: number;
  title: string | null;
};

function toReplica({ catalogId: _, atRisk, title, ...row }: RawReplica): ReplicaRow {
  return { ...row, title: title ?? titleOf(row.relativePath), atRisk: atRisk === 1 };
}
