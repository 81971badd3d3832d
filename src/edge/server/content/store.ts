/**
 * One title for one content: what a peer says of its files, and which title they are by that.
 *
 * @module
 */
import type { State, Statements } from "../../../db/mod.ts";
import type { MediaDescription } from "../../messages.ts";
import { MAX_TITLE, toCatalogMedia } from "../catalog_item.ts";

/** The peer is to call its file by the title's id from now on. */
export interface Remap {
  oldCatalogId: string;
  newCatalogId: string;
}

export interface Described {
  /** How many titles are others now. */
  changed: number;
  remaps: Remap[];
  /** Titles of which a replica has come, gone, or is on a failing drive now. */
  touched: string[];
}

/** A file of the peer as it is known. */
interface Known {
  path: string;
  peerCatalogId: string;
  titleId: string;
  atRisk: number;
  title: string;
  sortTitle: string;
  sizeBytes: number;
  media: string | null;
  contentHash: string | null;
  describedBy: string | null;
}

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
      `SELECT r.relative_path AS path, r.peer_catalog_id AS "peerCatalogId",
       r.catalog_id AS "titleId", r.at_risk AS "atRisk", t.title, t.sort_title AS "sortTitle",
       t.size_bytes AS "sizeBytes", t.media, t.content_hash AS "contentHash",
       t.described_by AS "describedBy"
       FROM replicas r JOIN titles t ON t.catalog_id = r.catalog_id
       WHERE r.peer_id = ? AND r.peer_catalog_id IN ${tx.each}`,
      peerId,
      JSON.stringify(ids),
    );
    const file = new FileWriter(tx, peerId, described);
    for (const known of files) {
      const description = byId.get(known.peerCatalogId)!;
      if (description.sizeBytes >= 0) await file.take(known, description);
    }
    return described;
  });
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

class FileWriter {
  constructor(
    readonly tx: Statements,
    readonly peerId: string,
    readonly described: Described,
  ) {}

  async take(file: Known, description: MediaDescription): Promise<void> {
    await this.#risk(file, description.atRisk === true);
    const hash = HASH.test(description.contentHash ?? "") ? description.contentHash! : null;
    const isOther = hash !== null && hash !== file.contentHash &&
      await this.#recognise(file, hash, description);
    // A title that others have described keeps their words.
    if (!isOther) await this.#words(file, description);
  }

  async #risk({ path, titleId, atRisk }: Known, isAtRisk: boolean): Promise<void> {
    if (isAtRisk === (atRisk === 1)) return;
    await this.tx.run(
      "UPDATE replicas SET at_risk = ? WHERE peer_id = ? AND relative_path = ?",
      isAtRisk ? 1 : 0,
      this.peerId,
      path,
    );
    this.described.touched.push(titleId);
  }

  /** Whether the file is of another title now, which there was before. */
  async #recognise(file: Known, hash: string, description: MediaDescription): Promise<boolean> {
    const { tx, described } = this;
    const same = await tx.get<{ id: string; sizeBytes: number }>(
      `SELECT catalog_id AS id, size_bytes AS "sizeBytes" FROM titles WHERE content_hash = ?`,
      hash,
    );
    if (same) {
      // The hash is of the size, too: one of them is wrong.
      if (same.sizeBytes !== description.sizeBytes) return false;
      await this.#move(file, same.id);
      return true;
    }
    described.changed++;
    if (await this.#isOnlyFile(file)) {
      await tx.run(
        "UPDATE titles SET content_hash = ? WHERE catalog_id = ?",
        hash,
        file.titleId,
      );
      return false;
    }
    // Others still have what this file was.
    const { title, sortTitle } = file;
    const id = crypto.randomUUID();
    await tx.run(
      `INSERT INTO titles (catalog_id, title, sort_title, size_bytes, content_hash, added_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
      ...[id, title, sortTitle, description.sizeBytes, hash, new Date().toISOString()],
    );
    await this.#move(file, id);
    Object.assign(file, { titleId: id, media: null, describedBy: null });
    return false;
  }

  async #isOnlyFile({ titleId }: Known): Promise<boolean> {
    const sql = "SELECT count(*) AS count FROM replicas WHERE catalog_id = ?";
    return (await this.tx.get<{ count: number }>(sql, titleId))?.count === 1;
  }

  /** The file is of title `id` from now on; a title without files goes. */
  async #move({ path, peerCatalogId, titleId }: Known, id: string): Promise<void> {
    const { tx, peerId, described } = this;
    const holdsIt = peerCatalogId === id || await tx.get(
          "SELECT 1 FROM replicas WHERE peer_id = ? AND (peer_catalog_id = ? OR (catalog_id = ? AND remapping = 1))",
          ...[peerId, id, id],
        ) !== undefined;
    await tx.run(
      "UPDATE replicas SET catalog_id = ?, remapping = ? WHERE peer_id = ? AND relative_path = ?",
      ...[id, holdsIt ? 0 : 1, peerId, path],
    );
    if (!holdsIt) described.remaps.push({ oldCatalogId: peerCatalogId, newCatalogId: id });
    const gone = await tx.run(
      `DELETE FROM titles WHERE catalog_id = ?
       AND NOT EXISTS (SELECT 1 FROM replicas WHERE replicas.catalog_id = titles.catalog_id)`,
      titleId,
    );
    // Who waits for it waits for what it has become.
    if (gone) {
      const sql = "UPDATE subscriptions SET catalog_id = ? WHERE catalog_id = ?";
      await tx.run(sql, id, titleId);
    }
    await recount(tx, [{ id }, { id: titleId }]);
    described.touched.push(id, titleId);
    described.changed++;
  }

  async #words(file: Known, description: MediaDescription): Promise<void> {
    const { tx, peerId, described } = this;
    const { titleId, describedBy } = file;
    if (describedBy !== null && describedBy !== peerId && await this.#holds(describedBy, titleId)) {
      return;
    }
    const title = description.title.slice(0, MAX_TITLE).replaceAll("\0", "") || file.title;
    const { sizeBytes } = description;
    const media = JSON.stringify(toCatalogMedia(description));
    const isSame = title === file.title && title.toLowerCase() === file.sortTitle &&
      sizeBytes === file.sizeBytes && media === file.media && describedBy === peerId;
    if (isSame) return;
    await tx.run(
      `UPDATE titles SET title = ?, sort_title = ?, size_bytes = ?, media = ?, described_by = ?
       WHERE catalog_id = ?`,
      ...[title, title.toLowerCase(), sizeBytes, media, peerId, titleId],
    );
    described.changed++;
  }

  async #holds(peerId: string, titleId: string): Promise<boolean> {
    const sql = "SELECT 1 FROM replicas WHERE peer_id = ? AND catalog_id = ? AND announced = 1";
    return await this.tx.get(sql, peerId, titleId) !== undefined;
  }
}
