/**
 * What was made of media files, in SQLite: pictures in the cache, fingerprints, and which files
 * there is still something to be made of. Pictures are assets of the file's item.
 *
 * @module
 */
import type { Database } from "../../db/mod.ts";
import { mediaColumns, type MediaRow, toMedia } from "../media_row.ts";
import type { MediaFile } from "../media.ts";
import { createNoCovers } from "./none/store.ts";

/** A picture, or a text, that lies in the folder of artwork. */
export interface Picture {
  id: string;
  itemId: string;
  kind: string;
  label: string;
  origin: "cache" | "upload";
  /** From the folder of artwork, with "/". */
  path: string;
  mimeType: string;
  width?: number;
  height?: number;
  sizeBytes: number;
  details: Record<string, unknown>;
  /** What it was made of: it is stale when that is another one now. */
  madeOf: string;
  usedAt: string;
}

export type NewPicture = Omit<Picture, "id" | "itemId" | "origin" | "usedAt">;

interface Row extends Omit<Picture, "details" | "width" | "height"> {
  details: string;
  width: number | null;
  height: number | null;
}

/** What a file's pictures are of; another one when its content changes. */
const CONTENT = "ifnull(identity, printf('%x-%x', size_bytes, modified_ms))";

const columns = `id, item_id AS itemId, kind, label, origin, path, mime_type AS mimeType, width,
  height, size_bytes AS sizeBytes, details, ifnull(made_of, '') AS madeOf, used_at AS usedAt`;

/** Films and pictures that can be read now. */
const WORKABLE = `status IN ('probed', 'ready') AND offline_since IS NULL AND size_bytes > 0
  AND ifnull(kind, 'video') <> 'audio'`;

const UNMADE = `${WORKABLE} AND NOT EXISTS
  (SELECT 1 FROM artwork WHERE media_id = media.id AND made_of = ${CONTENT})`;

export type ImageStore = ReturnType<typeof createImageStore>;

/** Every method is one short synchronous step. */
export function createImageStore(db: Database) {
  const now = () => new Date().toISOString();
  const many = (where: string, ...values: (string | number)[]) =>
    db.all<Row>(`SELECT ${columns} FROM assets WHERE ${where}`, ...values).map(toPicture);
  const pathsOf = (where: string, ...values: string[]) =>
    db.all<{ path: string }>(
      `SELECT path FROM assets WHERE origin = 'cache' AND ${where}`,
      ...values,
    ).map(({ path }) => path);

  return {
    ...createNoCovers(db, CONTENT),

    /** The item of a file, and what its content is; undefined where there is no such file. */
    about: (mediaId: string): { itemId: string; madeOf: string } | undefined =>
      db.get(
        `SELECT items.id AS itemId, ${CONTENT} AS madeOf FROM media
         JOIN items ON items.media_id = media.id WHERE media.id = ?`,
        mediaId,
      ),

    find: (itemId: string, kind: string, label: string): Picture | undefined =>
      many("item_id = ? AND kind = ? AND label = ?", itemId, kind, label)[0],

    list: (itemId: string, kind: string): Picture[] =>
      many("item_id = ? AND kind = ? AND origin = 'cache' ORDER BY label", itemId, kind),

    /** What a person has said that the item looks like. */
    uploaded: (itemId: string, kind: string): Picture | undefined =>
      many(
        "item_id = ? AND kind = ? AND origin = 'upload' ORDER BY label LIMIT 1",
        itemId,
        kind,
      )[0],

    /**
     * Keeps these pictures of an item, and no others of the `kinds` that were made before.
     *
     * @returns paths that nothing leads to any more
     */
    replace(itemId: string, kinds: readonly string[], pictures: readonly NewPicture[]): string[] {
      return db.transaction(() => {
        const old = kinds.flatMap((kind) => pathsOf("item_id = ? AND kind = ?", itemId, kind));
        for (const kind of kinds) {
          db.run(
            "DELETE FROM assets WHERE item_id = ? AND kind = ? AND origin = 'cache'",
            itemId,
            kind,
          );
        }
        return [...old, ...pictures.flatMap((picture) => put(itemId, picture))]
          .filter((path) => !pictures.some((it) => it.path === path));
      });
    },

    /** Keeps one more. @returns paths that nothing leads to any more */
    add: (itemId: string, picture: NewPicture): string[] =>
      db.transaction(() => put(itemId, picture)).filter((path) => path !== picture.path),

    touch(itemId: string, kind: string, usedAt = now()): void {
      db.run(
        "UPDATE assets SET used_at = ? WHERE item_id = ? AND kind = ? AND origin = 'cache'",
        usedAt,
        itemId,
        kind,
      );
    },

    /** Bytes of the cache. */
    cachedBytes: (): number =>
      db.get<{ bytes: number }>(
        "SELECT ifnull(sum(size_bytes), 0) bytes FROM assets WHERE origin = 'cache'",
      )!.bytes,

    /** What was used longest ago. */
    leastUsed: (limit: number): Picture[] =>
      many("origin = 'cache' ORDER BY used_at, id LIMIT ?", limit),

    /** A page of the cache in order of id. */
    cached: (after: string, limit: number): Picture[] =>
      many("origin = 'cache' AND id > ? ORDER BY id LIMIT ?", after, limit),

    cachedPathsOf: (itemId: string): string[] => pathsOf("item_id = ?", itemId),

    isUploaded: (path: string): boolean =>
      db.get("SELECT 1 FROM assets WHERE origin = 'upload' AND path = ?", path) !== undefined,

    remove(ids: readonly string[]): void {
      db.transaction(() => {
        for (const id of ids) db.run("DELETE FROM assets WHERE id = ? AND origin = 'cache'", id);
      });
    },

    /** All of a file was made, or could not be; the fingerprint is kept with it. */
    saveMade(
      mediaId: string,
      { madeOf, error, fingerprint }: {
        madeOf: string;
        error?: string;
        fingerprint?: {
          kind: "video" | "image";
          frames: Uint8Array<ArrayBuffer>;
          durationMs?: number;
        };
      },
    ): void {
      db.transaction(() => {
        db.run(
          `INSERT INTO artwork VALUES (?, ?, ?, ?) ON CONFLICT (media_id) DO UPDATE SET
             made_of = excluded.made_of, error = excluded.error, made_at = excluded.made_at`,
          mediaId,
          madeOf,
          error ?? null,
          now(),
        );
        if (!fingerprint) return;
        const { kind, frames, durationMs = null } = fingerprint;
        db.run(
          `INSERT INTO fingerprints (media_id, kind, frames, duration_ms, made_of, made_at)
           VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (media_id) DO UPDATE SET kind = excluded.kind,
             frames = excluded.frames, duration_ms = excluded.duration_ms,
             made_of = excluded.made_of, made_at = excluded.made_at`,
          mediaId,
          kind,
          frames,
          durationMs,
          madeOf,
          now(),
        );
      });
    },

    /** How it ended the last time, of whatever content. */
    made: (mediaId: string): { madeOf: string; error: string | null } | undefined =>
      db.get("SELECT made_of AS madeOf, error FROM artwork WHERE media_id = ?", mediaId),

    fingerprintOf: (mediaId: string): { frames: Uint8Array; madeOf: string } | undefined =>
      db.get("SELECT frames, made_of AS madeOf FROM fingerprints WHERE media_id = ?", mediaId),

    /**
     * Of the `span` rows after `after`, the files on these drives that nothing was made of yet;
     * `last` is undefined at the end. A span is looked at in a few milliseconds.
     */
    unmade(
      driveIds: readonly string[],
      after: number,
      span: number,
    ): { files: MediaFile[]; last: number | undefined } {
      const last = endOfSpan(after, span);
      if (last === undefined) return { files: [], last };
      const rows = db.all<MediaRow>(
        `SELECT ${mediaColumns} FROM media
         WHERE rowid > ? AND rowid <= ? AND drive_ids = ? AND ${UNMADE} ORDER BY rowid`,
        after,
        last,
        JSON.stringify(driveIds),
      );
      return { files: rows.map(toMedia), last };
    },

    /** How many there are in such a span, and their bytes, by drives. */
    countUnmade(after: number, span: number) {
      const last = endOfSpan(after, span);
      if (last === undefined) return { drives: [], last };
      const drives = db.all<{ driveIds: string; files: number; bytes: number }>(
        `SELECT drive_ids AS driveIds, count(*) AS files, sum(size_bytes) AS bytes FROM media
         WHERE rowid > ? AND rowid <= ? AND ${UNMADE} GROUP BY drive_ids`,
        after,
        last,
      );
      return { drives, last };
    },

    /**
     * Films in the same folder, to tell whose a `poster.jpg` there is: a few are enough. Of a folder
     * with many files below it, only the first are looked at.
     */
    siblings: (root: string, folder: string): string[] =>
      db.all<{ path: string }>(
        `SELECT path FROM (SELECT relative_path AS path, kind, status FROM media
           WHERE root = ? AND relative_path >= ? AND relative_path < ? LIMIT 500)
         WHERE ifnull(kind, 'video') = 'video' AND status <> 'forgotten'
           AND instr(substr(path, ?), '/') = 0 LIMIT 2`,
        root,
        folder,
        `${folder}\u{10ffff}`,
        folder.length + 1,
      ).map(({ path }) => path),

    /** Where pictures lie in the file itself, as a scan has found them; undefined: nobody looked. */
    detailsOf: (mediaId: string): string | undefined =>
      db.get<{ details: string }>(
        "SELECT details FROM media_details WHERE media_id = ?",
        mediaId,
      )?.details,
  };

  function endOfSpan(after: number, span: number): number | undefined {
    return db.get<{ last: number | null }>(
      `SELECT max(rowid) AS last
       FROM (SELECT rowid FROM media WHERE rowid > ? ORDER BY rowid LIMIT ?)`,
      after,
      span,
    )!.last ?? undefined;
  }

  /** @returns the path that this label had before */
  function put(itemId: string, it: NewPicture): string[] {
    const old = pathsOf("item_id = ? AND kind = ? AND label = ?", itemId, it.kind, it.label);
    db.run(
      `INSERT INTO assets (id, item_id, kind, label, origin, path, mime_type, width, height,
         size_bytes, details, made_of, generated_at, used_at)
       VALUES (?, ?, ?, ?, 'cache', ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (item_id, kind, label) DO UPDATE SET path = excluded.path,
         mime_type = excluded.mime_type, width = excluded.width, height = excluded.height,
         size_bytes = excluded.size_bytes, details = excluded.details, made_of = excluded.made_of,
         version = version + 1, generated_at = excluded.generated_at, used_at = excluded.used_at
       WHERE origin = 'cache'`,
      crypto.randomUUID(),
      itemId,
      it.kind,
      it.label,
      it.path,
      it.mimeType,
      it.width ?? null,
      it.height ?? null,
      it.sizeBytes,
      JSON.stringify(it.details),
      it.madeOf,
      now(),
      now(),
    );
    return old;
  }
}

function toPicture({ details, width, height, ...row }: Row): Picture {
  return {
    ...row,
    details: JSON.parse(details),
    ...width !== null && { width },
    ...height !== null && { height },
  };
}
