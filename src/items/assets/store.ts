/**
 * The table of assets, as people see it.
 *
 * @module
 */
import { dirname } from "node:path/posix";
import { type Database, distinct } from "../../db/mod.ts";

export type AssetOrigin = "cache" | "file" | "embedded" | "upload";

export interface Asset {
  id: string;
  itemId: string;
  kind: string;
  label: string;
  origin: AssetOrigin;
  /** In the folder of artwork; of what lies beside a film, its name there. */
  path: string;
  mimeType: string;
  width: number | null;
  height: number | null;
  /** Null of a file beside a film that no scan has seen yet. */
  sizeBytes: number | null;
  details: Record<string, unknown>;
  madeOf: string | null;
  version: number;
  generatedAt: string;
  usedAt: string;
}

export interface AssetFilter {
  itemId?: string | undefined;
  kind?: string | undefined;
  origin?: AssetOrigin | undefined;
}

export interface FoundDetails {
  mediaId: string;
  details: string;
  root: string;
  relativePath: string;
}

type Row = Omit<Asset, "details"> & { details: string };

const columns = `id, item_id AS itemId, kind, label, origin, path, mime_type AS mimeType, width,
  height, size_bytes AS sizeBytes, details, made_of AS madeOf, version, generated_at AS generatedAt,
  used_at AS usedAt`;

/** Every method is one short synchronous step. */
export function createAssetStore(db: Database) {
  const many = (rest: string, ...values: (string | number)[]) =>
    db.all<Row>(`SELECT ${columns} FROM assets ${rest}`, ...values)
      .map(({ details, ...row }): Asset => ({ ...row, details: JSON.parse(details) }));

  return {
    transaction: db.transaction.bind(db),

    find: (id: string): Asset | undefined => many("WHERE id = ?", id)[0],

    /** The one asset of this name. */
    named: (itemId: string, kind: string, label: string): Asset | undefined =>
      many("WHERE item_id = ? AND kind = ? AND label = ?", itemId, kind, label)[0],

    /** A page in order of id, from just after `after`. */
    list(filter: AssetFilter, after: string, limit: number): Asset[] {
      const wanted = Object.entries({
        "item_id = ?": filter.itemId,
        "kind = ?": filter.kind,
        "origin = ?": filter.origin,
      }).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const clauses = ["id > ?", ...wanted.map(([clause]) => clause)].join(" AND ");
      const values = wanted.map(([, value]) => value);
      return many(`WHERE ${clauses} ORDER BY id LIMIT ?`, after, ...values, limit);
    },

    insert(asset: Asset): void {
      db.run(
        `INSERT INTO assets (id, item_id, kind, label, origin, path, mime_type, width, height,
           size_bytes, details, made_of, version, generated_at, used_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        asset.id,
        asset.itemId,
        asset.kind,
        asset.label,
        asset.origin,
        asset.path,
        asset.mimeType,
        asset.width,
        asset.height,
        asset.sizeBytes,
        JSON.stringify(asset.details),
        asset.madeOf,
        asset.version,
        asset.generatedAt,
        asset.usedAt,
      );
    },

    /** Everything of it that can change; one version more. */
    update(asset: Asset): void {
      db.run(
        `UPDATE assets SET kind = ?, label = ?, path = ?, mime_type = ?, width = ?, height = ?,
           size_bytes = ?, details = ?, generated_at = ?, version = version + 1 WHERE id = ?`,
        asset.kind,
        asset.label,
        asset.path,
        asset.mimeType,
        asset.width,
        asset.height,
        asset.sizeBytes,
        JSON.stringify(asset.details),
        asset.generatedAt,
        asset.id,
      );
    },

    remove: (id: string): number => db.run("DELETE FROM assets WHERE id = ?", id),

    /** Of which file an item is, and what a scan has found in it and beside it, as JSON. */
    detailsOf: (itemId: string): FoundDetails | undefined =>
      db.get(
        `SELECT media_id AS mediaId, details, root, relative_path AS relativePath
         FROM media_details JOIN media ON media.id = media_id
         WHERE media_id = (SELECT media_id FROM items WHERE id = ?)`,
        itemId,
      ),

    /** Name → bytes of subtitles and NFO files beside a film, as a scan has seen them last. */
    sizesBeside({ root, relativePath }: Pick<FoundDetails, "root" | "relativePath">) {
      const rows = db.all<{ name: string; sizeBytes: number }>(
        `SELECT file.value ->> 0 AS name, file.value ->> 1 AS sizeBytes
         FROM beside JOIN json_each(beside.seen, '$.files') AS file WHERE beside.root = ? AND folder = ?`,
        root,
        dirname(relativePath).replace(/^\.$/, ""),
      );
      return new Map(rows.map(({ name, sizeBytes }) => [name, sizeBytes]));
    },

    /** The kinds that there are, each by one step in an index. */
    kinds: (): string[] => distinct(db, { table: "assets", column: "kind" }),
  };
}
