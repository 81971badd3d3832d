/**
 * What each peer holds: its files, the titles that they are, and which of them it has now.
 *
 * @module
 */
import { plain } from "../../../base/text/plain.ts";
import type { State, Statements, StateValue } from "../../../db/mod.ts";
import type { CatalogedFile, MediaDescription, OfferedFile } from "../../messages.ts";
import { titleOf } from "../catalog_item.ts";
import { split } from "../content/writer/store.ts";
import { describe, type Described, pendingRemaps, recount, type Remap } from "../content/store.ts";

/** Longest path that any of our platforms has. */
const MAX_PATH = 4096;

/** Titles that one peer may have: a catalogue for everybody must not be filled by one of them. */
const MAX_TITLES = 2_000_000;

/** Rows of one INSERT. */
const ROWS = 100;

/** Titles of which a replica has come or gone. */
export interface Moves {
  come: string[];
  lost: string[];
}

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
   * new ones when the quota is used up. `moved` is told of files that are of other titles now.
   */
  async assign(
    peerId: string,
    files: OfferedFile[],
    quota?: Quota,
    moved?: (moves: Moves) => void,
  ): Promise<CatalogedFile[]> {
    const left = quota ??= await this.quota(peerId);
    const usable = files.filter(({ relativePath, sizeBytes }) =>
      relativePath.length > 0 && relativePath.length <= MAX_PATH && sizeBytes >= 0 &&
      !relativePath.includes("\0")
    );
    const byPath = new Map(usable.map((file) => [file.relativePath, file]));
    const { ids, added, moves } = await this.state.transaction(async (tx) => {
      const moves: Moves = { come: [], lost: [] };
      const ids = await knownIds(tx, peerId, byPath, moves);
      const fresh = [...byPath.values()].filter(({ relativePath }) => !ids.has(relativePath))
        .slice(0, Math.max(left.left, 0))
        .map((file) => ({ ...file, catalogId: crypto.randomUUID() }));
      await addTitles(tx, peerId, fresh);
      for (const { relativePath, catalogId } of fresh) ids.set(relativePath, catalogId);
      return { ids, added: fresh.length, moves };
    });
    left.left -= added;
    if (moves.lost.length > 0) moved?.(moves);
    return usable.flatMap(({ relativePath }) => {
      const catalogId = ids.get(relativePath);
      return catalogId === undefined ? [] : [{ relativePath, catalogId }];
    });
  }

  /** The peer has these: the titles that are new in the catalogue, and which ids are its own. */
  announce(peerId: string, catalogIds: string[]): Promise<{ come: string[]; known: string[] }> {
    const ids = catalogIds.filter((id) => !id.includes("\0"));
    const list = JSON.stringify(ids);
    return this.state.transaction(async (tx) => {
      // It calls them by the ids that it was told to.
      await tx.run(
        `UPDATE replicas SET peer_catalog_id = catalog_id, remapping = 0
         WHERE peer_id = ? AND remapping = 1 AND catalog_id IN ${tx.each}`,
        peerId,
        list,
      );
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
      return { come: come.map(({ id }) => id), known: ids.filter((id) => known.has(id)) };
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

  /** The peer does not have these any more; returns the titles of those that it had. */
  withdraw(peerId: string, catalogIds: string[]): Promise<string[]> {
    return this.state.transaction(async (tx) => {
      const gone = await tx.all<{ id: string }>(
        `UPDATE replicas SET announced = 0 WHERE peer_id = ? AND announced = 1
         AND peer_catalog_id IN ${tx.each} RETURNING catalog_id AS id`,
        peerId,
        JSON.stringify(catalogIds),
      );
      await recount(tx, gone);
      return gone.map(({ id }) => id);
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

  /** Keeps what a peer says of files that it holds. */
  describe(peerId: string, descriptions: MediaDescription[]): Promise<Described> {
    return describe(this.state, peerId, descriptions);
  }

  /** Remaps that the peer has not followed yet. */
  pendingRemaps(peerId: string, limit: number): Promise<Remap[]> {
    return pendingRemaps(this.state, peerId, limit);
  }
}

/** Ids of those files that have one; a file of another size is another title's size, too. */
async function knownIds(
  tx: Statements,
  peerId: string,
  files: ReadonlyMap<string, OfferedFile>,
  moves: Moves,
): Promise<Map<string, string>> {
  const rows = await tx.all<{ path: string; id: string; titleId: string; sizeBytes: number }>(
    `SELECT r.relative_path AS path, r.peer_catalog_id AS id, r.catalog_id AS "titleId",
     t.size_bytes AS "sizeBytes" FROM replicas r JOIN titles t ON t.catalog_id = r.catalog_id
     WHERE r.peer_id = ? AND r.relative_path IN ${tx.each}`,
    peerId,
    JSON.stringify([...files.keys()]),
  );
  for (const row of rows) {
    const { path, id, titleId, sizeBytes } = row;
    if (id !== titleId && await takeTitlesId(tx, peerId, row)) row.id = titleId;
    const now = files.get(path)!.sizeBytes;
    if (now === sizeBytes) continue;
    // Another film may stand there now: nothing is known of its tags until the peer says it.
    const untold = "UPDATE replicas SET tags = NULL WHERE peer_id = ? AND relative_path = ?";
    await tx.run(untold, peerId, path);
    const others = `SELECT 1 FROM replicas WHERE catalog_id = ?
      AND (peer_id <> ? OR relative_path <> ?) LIMIT 1`;
    if (await tx.get(others, titleId, peerId, path)) {
      const own = await split(tx, peerId, path, now);
      if (own !== undefined) moves.come.push(own);
      moves.lost.push(titleId);
      continue;
    }
    // What its content is now it says later.
    const sql = "UPDATE titles SET size_bytes = ? WHERE catalog_id = ? AND content_hash IS NULL";
    await tx.run(sql, now, titleId);
  }
  return new Map(rows.map(({ path, id }) => [path, id]));
}

/** A file that is offered once more has no id at its peer: it is given its title's, if none has it. */
async function takeTitlesId(
  tx: Statements,
  peerId: string,
  { path, titleId }: { path: string; titleId: string },
): Promise<boolean> {
  const sql = "SELECT 1 FROM replicas WHERE peer_id = ? AND peer_catalog_id = ?";
  if (await tx.get(sql, peerId, titleId)) return false;
  await tx.run(
    `UPDATE replicas SET peer_catalog_id = catalog_id, remapping = 0
     WHERE peer_id = ? AND relative_path = ?`,
    peerId,
    path,
  );
  return true;
}

/** Each in rows of its own, with an id that nobody has. */
async function addTitles(
  tx: Statements,
  peerId: string,
  files: (OfferedFile & CatalogedFile)[],
): Promise<void> {
  const now = new Date().toISOString();
  for (let at = 0; at < files.length; at += ROWS) {
    const some = files.slice(at, at + ROWS).map((file) => {
      const title = titleOf(file.relativePath);
      return { ...file, title, sortTitle: plain(title) };
    });
    await tx.run(
      `INSERT INTO titles (catalog_id, title, sort_title, size_bytes, added_at)
       VALUES ${Array(some.length).fill("(?, ?, ?, ?, ?)").join(", ")}`,
      ...some.flatMap((it): StateValue[] => [
        ...[it.catalogId, it.title, it.sortTitle, it.sizeBytes, now],
      ]),
    );
    await tx.run(
      `INSERT INTO replicas (peer_id, relative_path, catalog_id, peer_catalog_id, sort_title)
       VALUES ${Array(some.length).fill("(?, ?, ?, ?, ?)").join(", ")}`,
      ...some.flatMap(({ relativePath, catalogId: id, sortTitle }): StateValue[] => [
        ...[peerId, relativePath, id, id, sortTitle],
      ]),
    );
  }
}
