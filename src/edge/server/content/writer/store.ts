/**
 * Which title a file is of: written where it turns out to be another one, with the words for it.
 *
 * @module
 */
import { plain } from "../../../../base/text/plain.ts";
import type { State, Statements } from "../../../../db/mod.ts";
import type { MediaDescription } from "../../../messages.ts";
import { titleOf, toCatalogMedia, wordsOf } from "../../catalog_item.ts";

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
  /** The tags of some are others. */
  isTagged?: boolean;
}

/** A file of the peer as it is known. */
export interface Known {
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
  /** What this peer calls it; NULL: as its path says. */
  ownTitle: string | null;
}

export const knownColumns = `r.relative_path AS path, r.peer_catalog_id AS "peerCatalogId",
  r.catalog_id AS "titleId", r.at_risk AS "atRisk", t.title, t.sort_title AS "sortTitle",
  t.size_bytes AS "sizeBytes", t.media, t.content_hash AS "contentHash",
  t.described_by AS "describedBy", r.title AS "ownTitle"`;

/** What the peer says of one file. */
export interface Said {
  file: Known;
  description: MediaDescription;
  hash: string | null;
}

export interface LookedUp {
  /** Titles by the hash of their content. */
  byHash: Map<string, { id: string; sizeBytes: number }>;
  /** Files of each title, whoever has them. */
  counts: Map<string, number>;
  /** Ids by which the peer has a file, or was told to. */
  taken: Set<string>;
  /** Titles of which the peer that has described them holds a copy. */
  described: Set<string>;
}

/** For who moves one file, and asks for nothing else: of what it does not know it makes nothing. */
const nothing = (taken: string[] = []): LookedUp => ({
  byHash: new Map(),
  counts: new Map(),
  described: new Set(),
  taken: new Set(taken),
});

/** A title of its own for what a file has in it now; its id. */
async function addTitle(
  tx: Statements,
  it: { title: string; sortTitle: string; sizeBytes: number; hash: string | null },
): Promise<string> {
  const id = crypto.randomUUID();
  await tx.run(
    `INSERT INTO titles (catalog_id, title, sort_title, size_bytes, content_hash, added_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    ...[id, it.title, it.sortTitle, it.sizeBytes, it.hash, new Date().toISOString()],
  );
  return id;
}

/** One file of a peer is of another title from now on; undefined where one of them is another now. */
export function unite(
  state: State,
  { peerId, path, titleId, sizeBytes }: {
    peerId: string;
    path: string;
    titleId: string;
    sizeBytes: number;
  },
  otherId: string,
): Promise<Described | undefined> {
  return state.transaction(async (tx) => {
    const file = await tx.get<Known>(
      `SELECT ${knownColumns} FROM replicas r JOIN titles t ON t.catalog_id = r.catalog_id
       WHERE r.peer_id = ? AND r.relative_path = ? AND r.catalog_id = ? AND t.content_hash IS NULL
       AND t.size_bytes = ?
       AND EXISTS (SELECT 1 FROM titles o WHERE o.catalog_id = ? AND o.size_bytes = ?)`,
      ...[peerId, path, titleId, sizeBytes, otherId, sizeBytes],
    );
    if (!file) return undefined;
    const holds = await tx.get(
      `SELECT 1 FROM replicas WHERE peer_id = ?
       AND (peer_catalog_id = ? OR catalog_id = ? AND remapping = 1)`,
      ...[peerId, otherId, otherId],
    );
    const described: Described = { changed: 0, remaps: [], touched: [] };
    const writer = new FileWriter(tx, peerId, described, nothing(holds ? [otherId] : []));
    await writer.move(file, otherId);
    await writer.tidy();
    return described;
  });
}

/**
 * The file has another content, of which nothing is known yet; others keep what it was.
 *
 * @returns the title that it is of now
 */
export async function split(
  tx: Statements,
  peerId: string,
  path: string,
  sizeBytes: number,
): Promise<string | undefined> {
  const file = await tx.get<Known>(
    `SELECT ${knownColumns} FROM replicas r JOIN titles t ON t.catalog_id = r.catalog_id
     WHERE r.peer_id = ? AND r.relative_path = ?`,
    ...[peerId, path],
  );
  if (!file) return undefined;
  const title = titleOf(path);
  const id = await addTitle(tx, { title, sortTitle: plain(title), sizeBytes, hash: null });
  const described: Described = { changed: 0, remaps: [], touched: [] };
  const writer = new FileWriter(tx, peerId, described, nothing());
  await writer.move(file, id);
  await writer.tidy();
  return id;
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

export class FileWriter {
  /** Titles that files have gone from, and what they have become. */
  readonly #left = new Map<string, string>();

  constructor(
    readonly tx: Statements,
    readonly peerId: string,
    readonly described: Described,
    readonly known: LookedUp,
  ) {}

  async take(said: Said): Promise<void> {
    await this.#risk(said.file, said.description.atRisk === true);
    await this.#name(said);
    // A title that others have described keeps their words.
    if (await this.#recognise(said)) return;
    await this.#words(said);
  }

  /** Titles without files go; who waits for one waits for what it has become. */
  async tidy(): Promise<void> {
    const { tx } = this;
    if (this.#left.size === 0) return;
    const gone = await tx.all<{ id: string }>(
      `DELETE FROM titles WHERE catalog_id IN ${tx.each} AND NOT EXISTS
         (SELECT 1 FROM replicas WHERE replicas.catalog_id = titles.catalog_id)
       RETURNING catalog_id AS id`,
      JSON.stringify([...this.#left.keys()]),
    );
    const awaited = await tx.all<{ id: string }>(
      `SELECT DISTINCT catalog_id AS id FROM subscriptions WHERE catalog_id IN ${tx.each}`,
      JSON.stringify(gone.map(({ id }) => id)),
    );
    for (const { id } of awaited) {
      const sql = "UPDATE subscriptions SET catalog_id = ? WHERE catalog_id = ?";
      await tx.run(sql, this.#left.get(id)!, id);
    }
    await recount(tx, [...this.#left].flat().map((id) => ({ id })));
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

  /** Kept for each peer, whoever's words its title has: not everybody may see them all. */
  async #name({ file: { path, ownTitle }, description }: Said): Promise<void> {
    const title = wordsOf(description.title);
    if (title === "" || title === (ownTitle ?? titleOf(path))) return;
    await this.tx.run(
      "UPDATE replicas SET title = ?, sort_title = ? WHERE peer_id = ? AND relative_path = ?",
      ...[title, plain(title), this.peerId, path],
    );
    this.described.changed++;
  }

  /** Whether the file is of another title now, which there was before. */
  async #recognise({ file, hash, description }: Said): Promise<boolean> {
    if (hash === null || hash === file.contentHash) return false;
    const { byHash, counts } = this.known;
    const { sizeBytes } = description;
    const same = byHash.get(hash);
    if (same) {
      // The hash is of the size, too: one of them is wrong.
      if (same.sizeBytes !== sizeBytes) return false;
      await this.move(file, same.id);
      return true;
    }
    this.described.changed++;
    byHash.set(hash, { id: file.titleId, sizeBytes });
    if (counts.get(file.titleId) === 1) {
      const sql = "UPDATE titles SET content_hash = ? WHERE catalog_id = ?";
      await this.tx.run(sql, hash, file.titleId);
      return false;
    }
    // Others still have what this file was.
    const { title, sortTitle } = file;
    const id = await addTitle(this.tx, { title, sortTitle, sizeBytes, hash });
    byHash.set(hash, { id, sizeBytes });
    await this.move(file, id);
    Object.assign(file, { titleId: id, media: null, describedBy: null });
    return false;
  }

  /** The file is of title `id` from now on. */
  async move({ path, peerCatalogId, titleId }: Known, id: string): Promise<void> {
    const { described, known: { taken, counts } } = this;
    const holdsIt = peerCatalogId === id || taken.has(id);
    taken.add(id);
    await this.tx.run(
      "UPDATE replicas SET catalog_id = ?, remapping = ? WHERE peer_id = ? AND relative_path = ?",
      ...[id, holdsIt ? 0 : 1, this.peerId, path],
    );
    if (!holdsIt) described.remaps.push({ oldCatalogId: peerCatalogId, newCatalogId: id });
    counts.set(titleId, (counts.get(titleId) ?? 1) - 1);
    counts.set(id, (counts.get(id) ?? 0) + 1);
    this.#left.set(titleId, id);
    described.touched.push(id, titleId);
    described.changed++;
  }

  async #words({ file, description }: Said): Promise<void> {
    const { tx, peerId, described } = this;
    const { titleId, describedBy } = file;
    const isOthers = describedBy !== null && describedBy !== peerId;
    if (isOthers && this.known.described.has(titleId)) return;
    const title = wordsOf(description.title) || file.title;
    const { sizeBytes } = description;
    const media = JSON.stringify(toCatalogMedia(description));
    const isSame = title === file.title && plain(title) === file.sortTitle &&
      sizeBytes === file.sizeBytes && media === file.media && describedBy === peerId;
    if (isSame) return;
    await tx.run(
      `UPDATE titles SET title = ?, sort_title = ?, size_bytes = ?, media = ?, described_by = ?
       WHERE catalog_id = ?`,
      ...[title, plain(title), sizeBytes, media, peerId, titleId],
    );
    described.changed++;
  }
}
