/**
 * What a walk asks of the library, through a connection of its own that only reads: the files of a
 * folder in order, and where a file was before.
 *
 * @module
 */
import type { Pages } from "../../../db/mod.ts";
import type { MediaStatus } from "../../media.ts";
import type { FilePlace, FoundFile, KnownFile } from "../diff.ts";
import { behind } from "./byte_order.ts";
import type { Ground } from "./tree.ts";

/** Rows in one page: some milliseconds, in which the journal cannot be written back. */
const PAGE_ROWS = 1000;

const IN_FOLDER =
  "FROM media WHERE root = ?1 AND relative_path > ?2 AND (?3 = '' OR relative_path < ?3)";

type KnownRow = [
  rowid: number,
  path: string,
  sizeBytes: number,
  modifiedMs: number,
  status: MediaStatus,
  inode: string | null,
  isHere: number,
  isPresent: number,
];

/** A file known by another path, with the number that its file system has for it. */
export interface Trace {
  rowid: number;
  root: string;
  relativePath: string;
}

export interface KnownRange {
  root: string;
  /** "" for all. */
  folder: string;
  /** As in TreeOptions. */
  after: string;
  upTo?: string | undefined;
}

/** Where its folder shows in its volume, from the root on: what lies below is placed by its path. */
export interface Shown extends Ground {
  folder: string;
}

export function createWalkReader(db: Pages) {
  return {
    /**
     * The stored files of a folder, in the order of the bytes of their paths. `shown` says what the
     * walk stands on when a page is read; where that is another one by then, the diff sees it.
     */
    *known(
      { root, folder, after, upTo }: KnownRange,
      shown: () => Shown | undefined,
    ): Generator<KnownFile, undefined> {
      const first = folder && `${folder}/`;
      // No path has a zero in it, so none comes between a path and this.
      const end = upTo === undefined ? folder && behind(first) : `${upTo}\u0001`;
      let from = after.endsWith("/") ? behind(after) : after;
      if (from < first) from = first;
      for (;;) {
        const at = shown();
        const prefix = at?.folder ? at.folder.length + 1 : 0;
        const rows = db.rows<KnownRow>(
          `SELECT rowid, relative_path, size_bytes, modified_ms, status, inode,
             (offline_since IS NULL AND gone_since IS NULL AND drive_ids = ?1 AND volume_id IS ?2
               AND volume_path IS ?3 || '/' || substr(relative_path, ?4)),
             (offline_since IS NULL AND gone_since IS NULL AND status NOT IN ('missing', 'forgotten'))
           FROM media WHERE root = ?5 AND relative_path > ?6 AND (?7 = '' OR relative_path < ?7)
           ORDER BY relative_path LIMIT ${PAGE_ROWS}`,
          at ? JSON.stringify(at.place.driveIds) : "",
          at?.place.volumeId ?? null,
          at?.folderInVolume ?? null,
          prefix + 1,
          root,
          from,
          end,
        );
        const place = at?.place ?? nowhere;
        for (const [rowid, path, sizeBytes, modifiedMs, status, inode, here, present] of rows) {
          const [isHere, isPresent] = [here === 1, present === 1];
          yield { rowid, path, sizeBytes, modifiedMs, status, inode, place, isHere, isPresent };
        }
        if (rows.length < PAGE_ROWS) return undefined;
        from = rows.at(-1)![1];
      }
    },

    /** The path in the middle of those that are stored of a folder; nothing where they are few. */
    middle(root: string, folder: string, few: number): string | undefined {
      const first = folder && `${folder}/`;
      const range = [root, first, folder && behind(first)];
      const [[count] = [0]] = db.rows<[number]>(`SELECT count(*) ${IN_FOLDER}`, ...range);
      if (count < few) return undefined;
      return db.rows<[string]>(
        `SELECT relative_path ${IN_FOLDER} ORDER BY relative_path LIMIT 1 OFFSET ?4`,
        ...range,
        count >> 1,
      )[0]?.[0];
    },

    /** Whether any file of this volume is known by its number. */
    hasInodes: (volumeId: string | null): boolean =>
      db.rows(
        "SELECT 1 FROM media WHERE volume_id IS ? AND inode IS NOT NULL LIMIT 1",
        volumeId,
      ).length > 0,

    /**
     * The same file of the same volume by another path: its number, size and time are the same. Where
     * nobody knows the volume, of the same root. "+": not found by the size, which many have.
     */
    traces: (root: string, { place, inode, sizeBytes, modifiedMs, path }: FoundFile): Trace[] =>
      db.rows<[number, string, string]>(
        `SELECT rowid, root, relative_path FROM media
         WHERE volume_id IS ?1 AND inode = ?2 AND +size_bytes = ?3 AND modified_ms = ?4
           AND status <> 'forgotten' AND NOT (root = ?5 AND relative_path = ?6)
           AND (?1 IS NOT NULL OR root = ?5 OR root = 'displaced:' || ?5) LIMIT 8`,
        place.volumeId,
        inode,
        sizeBytes,
        modifiedMs,
        root,
        path,
      ).map(([rowid, root, relativePath]) => ({ rowid, root, relativePath })),
  };
}

export type WalkReader = ReturnType<typeof createWalkReader>;

const nowhere: FilePlace = { driveIds: [], volumeId: null, hasInodes: false };
