/**
 * What each peer holds: its files, the titles that they are, and which of them it has now.
 *
 * @module
 */
import type { State, Statements, StateValue } from "../../../db/mod.ts";
import type { CatalogedFile, MediaDescription, OfferedFile } from "../../messages.ts";
import { titleOf, toCatalogMedia } from "../catalog_item.ts";

/** Longest path that any of our platforms has. */
const MAX_PATH = 4096;
const MAX_TITLE = 500;

/** Titles that one peer may have: a catalogue for everybody must not be filled by one of them. */
const MAX_TITLES = 2_000_000;

/** Rows of one INSERT. */
const ROWS = 100;

/** How many titles a peer may still add. */
export interface Quota {
  left: number;
}

export class ReplicaStore {
  constructor(readonly state: State) {}

  async quota(peerId: string): Promise<Quota> {
    const row = await this.state.get<{ count: number }>(
      "SELECT count(*) AS count FROM replicas WHERE peer_id = ?",
      peerId,
    );
    return { left: MAX_TITLES - (row?.count ?? 0) };
  }

  /**
   * A catalogue id for each file: the one it has, or a new one. Unusable paths are left out, and
   * new ones when the quota is used up.
   */
  async assign(
    peerId: string,
    files: OfferedFile[],
    quota?: Quota,
  ): Promise<CatalogedFile[]> {
    const left = quota ??= await this.quota(peerId);
    const usable = files.filter(({ relativePath, sizeBytes }) =>
      relativePath.length > 0 && relativePath.length <= MAX_PATH && sizeBytes >= 0 &&
      !relativePath.includes("\0")
    );
    const byPath = new Map(usable.map((file) => [file.relativePath, file]));
    const { ids, added } = await this.state.transaction(async (tx) => {
      const ids = await knownIds(tx, peerId, byPath);
      const fresh = [...byPath.values()].filter(({ relativePath }) => !ids.has(relativePath))
        .slice(0, Math.max(left.left, 0))
        .map((file) => ({ ...file, catalogId: crypto.randomUUID() }));
      await addTitles(tx, peerId, fresh);
      for (const { relativePath, catalogId } of fresh) ids.set(relativePath, catalogId);
      return { ids, added: fresh.length };
    });
    left.left -= added;
    return usable.flatMap(({ relativePath }) => {
      const catalogId = ids.get(relativePath);
      return catalogId === undefined ? [] : [{ relativePath, catalogId }];
    });
  }

  /** The peer has these: returns how many are new in the catalogue, and which are its own. */
  announce(peerId: string, catalogIds: string[]): Promise<{ come: number; known: string[] }> {
    const ids = catalogIds.filter((id) => !id.includes("\0"));
    const list = JSON.stringify(ids);
    return this.state.transaction(async (tx) => {
      const come = await tx.all<{ id: string }>(
        `UPDATE replicas SET announced = 1 WHERE peer_id = ? AND announced = 0
         AND peer_catalog_id IN ${tx.each} RETURNING catalog_id AS id`,
        peerId,
        list,
      );
      await recount(tx, come);
      const rows = await tx.all<{ id: string }>(
        `SELECT peer_catalog_id AS id FROM replicas WHERE peer_id = ?
         AND peer_catalog_id IN ${tx.each}`,
        peerId,
        list,
      );
      const known = new Set(rows.map(({ id }) => id));
      return { come: come.length, known: ids.filter((id) => known.has(id)) };
    });
  }

  /** Announced ids of a peer, as it calls them, in order, from just after `after`. */
  async announcedBy(peerId: string, after: string, limit: number): Promise<string[]> {
    const rows = await this.state.all<{ id: string }>(
      `SELECT peer_catalog_id AS id FROM replicas WHERE peer_id = ? AND peer_catalog_id > ?
       AND announced = 1 ORDER BY peer_catalog_id LIMIT ?`,
      peerId,
      after,
      limit,
    );
    return rows.map(({ id }) => id);
  }

  /** The peer does not have these any more; returns how many it had. */
  withdraw(peerId: string, catalogIds: string[]): Promise<number> {
    return this.state.transaction(async (tx) => {
      const gone = await tx.all<{ id: string }>(
        `UPDATE replicas SET announced = 0 WHERE peer_id = ? AND announced = 1
         AND peer_catalog_id IN ${tx.each} RETURNING catalog_id AS id`,
        peerId,
        JSON.stringify(catalogIds),
      );
      await recount(tx, gone);
      return gone.length;
    });
  }

  /** Whether the peer's last announcement named anything. */
  async hasAnnounced(peerId: string): Promise<boolean> {
    const sql = "SELECT 1 FROM replicas WHERE peer_id = ? AND announced = 1 LIMIT 1";
    return await this.state.get(sql, peerId) !== undefined;
  }

  async holds(peerId: string, catalogId: string): Promise<boolean> {
    const sql = "SELECT 1 FROM replicas WHERE peer_id = ? AND peer_catalog_id = ?";
    return await this.state.get(sql, peerId, catalogId) !== undefined;
  }

  /** Keeps what a peer says of titles that it holds; returns how many. */
  describe(peerId: string, descriptions: MediaDescription[]): Promise<number> {
    return this.state.transaction(async (tx) => {
      let changed = 0;
      for (const description of descriptions) {
        const { catalogId, sizeBytes } = description;
        if (sizeBytes < 0) continue;
        const row = await tx.get<{ id: string }>(
          "SELECT catalog_id AS id FROM replicas WHERE peer_id = ? AND peer_catalog_id = ?",
          peerId,
          catalogId,
        );
        if (row) changed += await describeTitle(tx, row.id, description);
      }
      return changed;
    });
  }
}

/** Ids of those files that have one; a file of another size is another title's size, too. */
async function knownIds(
  tx: Statements,
  peerId: string,
  files: ReadonlyMap<string, OfferedFile>,
): Promise<Map<string, string>> {
  const rows = await tx.all<{ path: string; id: string; titleId: string; sizeBytes: number }>(
    `SELECT r.relative_path AS path, r.peer_catalog_id AS id, r.catalog_id AS "titleId",
     t.size_bytes AS "sizeBytes" FROM replicas r JOIN titles t ON t.catalog_id = r.catalog_id
     WHERE r.peer_id = ? AND r.relative_path IN ${tx.each}`,
    peerId,
    JSON.stringify([...files.keys()]),
  );
  for (const { path, titleId, sizeBytes } of rows) {
    const now = files.get(path)!.sizeBytes;
    if (now === sizeBytes) continue;
    // What its content is now it says later.
    const sql = "UPDATE titles SET size_bytes = ? WHERE catalog_id = ? AND content_hash IS NULL";
    await tx.run(sql, now, titleId);
  }
  return new Map(rows.map(({ path, id }) => [path, id]));
}

/** Each in rows of its own, with an id that nobody has. */
async function addTitles(
  tx: Statements,
  peerId: string,
  files: (OfferedFile & CatalogedFile)[],
): Promise<void> {
  const now = new Date().toISOString();
  for (let at = 0; at < files.length; at += ROWS) {
    const some = files.slice(at, at + ROWS);
    const titles = some.flatMap(({ relativePath, sizeBytes, catalogId }): StateValue[] => {
      const title = titleOf(relativePath).slice(0, MAX_TITLE);
      return [catalogId, title, title.toLowerCase(), sizeBytes, now];
    });
    await tx.run(
      `INSERT INTO titles (catalog_id, title, sort_title, size_bytes, added_at)
       VALUES ${Array(some.length).fill("(?, ?, ?, ?, ?)").join(", ")}`,
      ...titles,
    );
    await tx.run(
      `INSERT INTO replicas (peer_id, relative_path, catalog_id, peer_catalog_id)
       VALUES ${Array(some.length).fill("(?, ?, ?, ?)").join(", ")}`,
      ...some.flatMap(({ relativePath, catalogId: id }) => [peerId, relativePath, id, id]),
    );
  }
}

/** How many announced replicas these titles have now. */
export async function recount(tx: Statements, titles: { id: string }[]): Promise<void> {
  if (titles.length === 0) return;
  await tx.run(
    `UPDATE titles SET holders = (SELECT count(*) FROM replicas
       WHERE replicas.catalog_id = titles.catalog_id AND replicas.announced = 1)
     WHERE catalog_id IN ${tx.each}`,
    JSON.stringify([...new Set(titles.map(({ id }) => id))]),
  );
}

/** A peer's word for a title; returns 1 if it is news. */
async function describeTitle(
  tx: Statements,
  catalogId: string,
  description: MediaDescription,
): Promise<number> {
  const title = description.title.slice(0, MAX_TITLE).replaceAll("\0", "");
  const words = [title, title.toLowerCase(), description.sizeBytes];
  const media = JSON.stringify(toCatalogMedia(description));
  return await tx.run(
    `UPDATE titles SET title = coalesce(nullif(?, ''), title),
     sort_title = coalesce(nullif(?, ''), sort_title), size_bytes = ?, media = ?
     WHERE catalog_id = ? AND (title IS DISTINCT FROM coalesce(nullif(?, ''), title)
       OR sort_title IS DISTINCT FROM coalesce(nullif(?, ''), sort_title)
       OR size_bytes <> ? OR media IS DISTINCT FROM ?)`,
    ...words,
    media,
    catalogId,
    ...words,
    media,
  );
}
