/**
 * Which screenshots there are of which title; their bytes are elsewhere.
 *
 * @module
 */
import type { State, Statements } from "../../../../db/mod.ts";

export interface PictureRow {
  catalogId: string;
  /** SHA-256 of its bytes, hexadecimal. */
  hash: string;
  extension: string;
  width: number;
  height: number;
  sizeBytes: number;
  requestId: string;
  /** In the upload. */
  position: number;
  createdAt: string;
}

/** In the list of a title. */
export type Place = Pick<PictureRow, "createdAt" | "position" | "hash">;

const HOUR_MS = 3_600_000;

export class GalleryStore {
  constructor(readonly state: State) {}

  async add(tx: Statements, it: PictureRow, now: number): Promise<void> {
    await tx.run(
      `INSERT INTO screenshots (catalog_id, hash, extension, width, height, size_bytes, request_id,
         position, created_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (catalog_id, hash) DO UPDATE SET request_id = excluded.request_id,
         position = excluded.position, created_at = excluded.created_at,
         used_at = excluded.used_at`,
      ...[it.catalogId, it.hash, it.extension, it.width, it.height, it.sizeBytes, it.requestId],
      ...[it.position, it.createdAt, now],
    );
  }

  /** Of a title, the newest first, after a place. */
  list(catalogId: string, limit: number, after?: Place): Promise<PictureRow[]> {
    const { createdAt = "", position = 0, hash = "" } = after ?? {};
    return this.state.all(
      `SELECT ${columns} FROM screenshots WHERE catalog_id = ?
       ${after ? "AND (created_at < ? OR created_at = ? AND (position, hash) > (?, ?))" : ""}
       ORDER BY created_at DESC, position, hash LIMIT ?`,
      ...[catalogId.replaceAll("\0", ""), ...after ? [createdAt, createdAt, position, hash] : []],
      limit,
    );
  }

  find(catalogId: string, hash: string): Promise<PictureRow | undefined> {
    return this.state.get(
      `SELECT ${columns} FROM screenshots WHERE catalog_id = ? AND hash = ?`,
      catalogId.replaceAll("\0", ""),
      hash,
    );
  }

  /** Those of a title that are still there, in the order of `hashes`. */
  async among(catalogId: string, hashes: readonly string[]): Promise<PictureRow[]> {
    if (hashes.length === 0) return [];
    const rows = await this.state.all<PictureRow>(
      `SELECT ${columns} FROM screenshots
       WHERE catalog_id = ? AND hash IN (${hashes.map(() => "?").join(", ")})`,
      ...[catalogId, ...hashes],
    );
    return hashes.flatMap((hash) => rows.find((it) => it.hash === hash) ?? []);
  }

  /** Somebody looks at it; written down once an hour. */
  async touch({ catalogId, hash }: PictureRow, now: number): Promise<void> {
    await this.state.run(
      "UPDATE screenshots SET used_at = ? WHERE catalog_id = ? AND hash = ? AND used_at < ?",
      ...[now, catalogId, hash, now - HOUR_MS],
    );
  }

  async totalBytes(): Promise<number> {
    const sql = "SELECT coalesce(sum(size_bytes), 0) AS bytes FROM screenshots";
    return Number((await this.state.get<{ bytes: number | string }>(sql))?.bytes ?? 0);
  }

  leastUsed(limit: number): Promise<PictureRow[]> {
    const sql = `SELECT ${columns} FROM screenshots ORDER BY used_at, created_at, hash LIMIT ?`;
    return this.state.all(sql, limit);
  }

  /** Returns whether no other title has the same picture. */
  drop({ catalogId, hash }: Pick<PictureRow, "catalogId" | "hash">): Promise<boolean> {
    return this.state.transaction(async (tx) => {
      await tx.run("DELETE FROM screenshots WHERE catalog_id = ? AND hash = ?", catalogId, hash);
      return !await isKnown(tx, hash);
    });
  }

  isKnown(hash: string): Promise<boolean> {
    return isKnown(this.state, hash);
  }
}

async function isKnown(statements: Statements, hash: string): Promise<boolean> {
  const sql = "SELECT 1 AS there FROM screenshots WHERE hash = ? LIMIT 1";
  return await statements.get(sql, hash) !== undefined;
}

const columns = `catalog_id AS "catalogId", hash, extension, width, height,
  size_bytes AS "sizeBytes", request_id AS "requestId", position, created_at AS "createdAt"`;
