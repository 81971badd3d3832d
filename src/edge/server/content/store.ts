/**
 * One title for one content: what a peer says of its files, and which title they are by that.
 *
 * @module
 */
import type { State, Statements } from "../../../db/mod.ts";
import type { MediaDescription } from "../../messages.ts";
import { keepTags } from "../../tags/mod.ts";
import {
  type Described,
  FileWriter,
  type Known,
  knownColumns,
  type LookedUp,
  type Remap,
  type Said,
} from "./writer/store.ts";

export { type Described, recount, type Remap } from "./writer/store.ts";

/** Hexadecimal, of whatever length a later version of the protocol may have. */
const HASH = /^[0-9a-f]{16,128}$/;

/** Keeps what a peer says of files that it holds. */
export function describe(
  state: State,
  peerId: string,
  descriptions: MediaDescription[],
): Promise<Described> {
  const byId = new Map(descriptions.map((it) => [it.catalogId, it]));
  const ids = [...byId.keys()].filter((id) => !id.includes("\0"));
  return state.transaction(async (tx) => {
    const described: Described = { changed: 0, remaps: [], touched: [] };
    const files = await tx.all<Known>(
      `SELECT ${knownColumns} FROM replicas r JOIN titles t ON t.catalog_id = r.catalog_id
       WHERE r.peer_id = ? AND r.peer_catalog_id IN ${tx.each}`,
      peerId,
      JSON.stringify(ids),
    );
    const peer = await tx.get<{ believed: number }>(
      "SELECT believed FROM peers WHERE peer_id = ?",
      peerId,
    );
    const usable = files.flatMap((file): Said[] => {
      const description = byId.get(file.peerCatalogId)!;
      const { sizeBytes, contentHash = "" } = description;
      if (sizeBytes < 0) return [];
      return [{
        file,
        description,
        hash: peer?.believed === 1 && HASH.test(contentHash) ? contentHash : null,
      }];
    });
    if (usable.length === 0) return described;
    const writer = new FileWriter(tx, peerId, described, await lookUp(tx, peerId, usable));
    for (const said of usable) await writer.take(said);
    await writer.tidy();
    const said = usable.map(({ file, description: { tags } }) => ({ path: file.path, tags }));
    return { ...described, isTagged: await keepTags(tx, peerId, said) };
  });
}

/** All at once: a peer may say thousands of these, and each may be another title's. */
async function lookUp(tx: Statements, peerId: string, said: Said[]): Promise<LookedUp> {
  const hashes = said.flatMap(({ file, hash }) => hash && hash !== file.contentHash ? [hash] : []);
  const same = await tx.all<{ hash: string; id: string; sizeBytes: number }>(
    `SELECT content_hash AS hash, catalog_id AS id, size_bytes AS "sizeBytes" FROM titles
     WHERE content_hash IN ${tx.each}`,
    JSON.stringify(hashes),
  );
  const sameIds = JSON.stringify(same.map(({ id }) => id));
  const titleIds = JSON.stringify(said.map(({ file }) => file.titleId));
  const counts = await tx.all<{ id: string; count: number }>(
    `SELECT catalog_id AS id, count(*) AS count FROM replicas
     WHERE catalog_id IN ${tx.each} GROUP BY catalog_id`,
    titleIds,
  );
  const own = await tx.all<{ id: string }>(
    `SELECT peer_catalog_id AS id FROM replicas WHERE peer_id = ?
     AND peer_catalog_id IN ${tx.each}`,
    peerId,
    sameIds,
  );
  const told = await tx.all<{ id: string }>(
    `SELECT catalog_id AS id FROM replicas WHERE peer_id = ? AND remapping = 1
     AND catalog_id IN ${tx.each}`,
    peerId,
    sameIds,
  );
  const described = await tx.all<{ id: string }>(
    `SELECT t.catalog_id AS id FROM titles t JOIN replicas r
       ON r.catalog_id = t.catalog_id AND r.peer_id = t.described_by AND r.announced = 1
     WHERE t.catalog_id IN ${tx.each}`,
    titleIds,
  );
  return {
    byHash: new Map(same.map(({ hash, ...title }) => [hash, title])),
    counts: new Map(counts.map(({ id, count }) => [id, count])),
    taken: new Set([
      ...[...own, ...told].map(({ id }) => id),
      ...said.map(({ file }) => file.peerCatalogId),
    ]),
    described: new Set(described.map(({ id }) => id)),
  };
}

/** Remaps that the peer has not followed yet. */
export async function pendingRemaps(
  state: State,
  peerId: string,
  limit: number,
): Promise<Remap[]> {
  const rows = await state.all<Remap>(
    `SELECT peer_catalog_id AS "oldCatalogId", catalog_id AS "newCatalogId" FROM replicas
     WHERE peer_id = ? AND remapping = 1 LIMIT ?`,
    peerId,
    limit,
  );
  return rows.map((row) => ({ ...row }));
}
