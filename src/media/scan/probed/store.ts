/**
 * What probing has found, in SQLite: what is searched for in columns of its own, the rest as JSON.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";
import type { Details, Facts } from "../../details.ts";
import type { Identity } from "../../hash/identity.ts";
import { type Description, kindOf, type MediaKind, stemOf, titleOf } from "../../media.ts";
import type { FolderState } from "../../sidecars/folder_state.ts";
import { detailsOf, insertHashes } from "../../store.ts";
import type { Sighting } from "../record/store.ts";

/** A folder with media, as it was when they were looked into. */
export interface KnownFolder {
  folder: string;
  /** JSON. */
  driveIds: string;
  seen: FolderState;
}

/** What stands beside the description of a file. */
export interface Learnt {
  kind?: MediaKind;
  details?: Details;
  facts?: Facts;
  identity?: Identity;
  /** What is wrong with it, in words for its owner. */
  error?: string;
}

export type ProbedStore = ReturnType<typeof createProbedStore>;

/** Every method is one short synchronous step of its caller's transaction. */
export function createProbedStore(db: Database) {
  const now = () => new Date().toISOString();

  const saveDetails = (id: string, details: Details | undefined): void => {
    if (!details || Object.keys(details).length === 0) {
      db.run("DELETE FROM media_details WHERE media_id = ?", id);
      return;
    }
    // No upsert: its way with conflicts would be that of the triggers, too.
    const text = JSON.stringify(details);
    const isNew = db.run("INSERT OR IGNORE INTO media_details VALUES (?, ?)", id, text) > 0;
    if (isNew) return;
    db.run(
      "UPDATE media_details SET details = ?2 WHERE media_id = ?1 AND details <> ?2",
      id,
      text,
    );
  };

  const saveBesides = (id: string, { identity, details }: Learnt): void => {
    if (identity?.oshash) insertHashes(db, id, { oshash: identity.oshash });
    if (details) saveDetails(id, details);
  };

  return {
    /** Known folders at or below one, in order, from just after `after`. */
    foldersBelow(
      root: string,
      folder: string,
      after: string | undefined,
      limit: number,
    ): KnownFolder[] {
      const [from, to] = folder === "" ? ["", "\u{10ffff}"] : [folder, `${folder}0`]; // "0" is next to "/"
      const rows = db.all<{ folder: string; driveIds: string; seen: string }>(
        `SELECT folder, drive_ids AS driveIds, seen FROM beside
         WHERE root = ? AND folder ${after === undefined ? ">=" : ">"} ? AND folder < ?
         ORDER BY folder LIMIT ?`,
        root,
        after ?? from,
        to,
        limit,
      );
      return rows.map((row) => ({ ...row, seen: JSON.parse(row.seen) as FolderState }));
    },

    /** Known from now on, or another now; the drives of a known one stay as they are. */
    saveFolder(root: string, folder: string, seen: FolderState, driveIds?: string[]): void {
      db.run(
        `INSERT INTO beside (root, folder, drive_ids, seen) VALUES (?, ?, ?, ?)
         ON CONFLICT (root, folder) DO UPDATE SET seen = excluded.seen,
           drive_ids = iif(excluded.drive_ids = '', drive_ids, excluded.drive_ids)`,
        root,
        folder,
        driveIds ? JSON.stringify(driveIds) : "",
        JSON.stringify(seen),
      );
    },

    /** The films of a folder that these sidecars are about are looked into once more; none is hashed. */
    reopenBeside(root: string, folder: string, names: readonly string[]): number {
      const start = folder === "" ? "" : `${folder}/`;
      const isAbout = (path: string): boolean => {
        const name = path.slice(start.length);
        const stem = stemOf(name);
        return names.some((it) => it.startsWith(stem) || /^(movie|tvshow)\.nfo$/i.test(it));
      };
      const files = db.all<{ rowid: number; path: string }>(
        `SELECT rowid, relative_path AS path FROM media
         WHERE root = ? AND relative_path >= ? AND relative_path < ?
           AND status IN ('probed', 'ready') AND instr(substr(relative_path, ?), '/') = 0`,
        root,
        start,
        folder === "" ? "\u{10ffff}" : `${folder}0`,
        start.length + 1,
      );
      const about = files.filter(({ path }) => isAbout(path));
      for (const { rowid } of about) {
        db.run("UPDATE media SET status = 'new' WHERE rowid = ?", rowid);
      }
      return about.length;
    },

    /** Files of a container, of rowid in (after, after + span], are looked into once more. */
    reopenContainer: (
      { container, but, after, span }: {
        container: string;
        /** Not those whose names end so. */
        but: string;
        after: number;
        span: number;
      },
    ): number =>
      db.run(
        `UPDATE media SET status = 'new'
         WHERE rowid > ?1 AND rowid <= ?2 AND container = ?3 AND status IN ('probed', 'ready')
           AND (?4 = '' OR lower(substr(relative_path, -length(?4))) <> ?4)`,
        after,
        after + span,
        container,
        but,
      ),

    /** The file has been looked into; one that changed or went meanwhile is left as it is. */
    saveProbe(id: string, found: Description, learnt: Learnt = {}): void {
      const changed = db.run(
        // Its item hears of the facts by the trigger media_facts.
        `${UPDATE}, status = 'probed', updated_at = ? WHERE id = ? AND status = 'new'`,
        ...valuesOf(found, learnt),
        now(),
        id,
      );
      if (changed > 0) saveBesides(id, learnt);
    },

    /**
     * A file that has been looked into before it is stored.
     *
     * @returns whether it is stored now; else something has its place, or its name
     */
    insertProbed(id: string, it: Sighting, found: Description, learnt: Learnt): boolean {
      const { root, relativePath } = it;
      const at = now();
      const inserted = db.run(
        `INSERT INTO media (error, container, mime_type, duration_ms, tracks, bitrate, video_codec,
           audio_codec, width, height, hdr, kind, identity, facts, id, root, relative_path,
           wire_path, size_bytes, modified_ms, drive_ids, status, title, added_at, updated_at,
           volume_id, volume_path, inode)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'probed', ?, ?, ?, ?,
           ?, ?) ON CONFLICT DO NOTHING`,
        ...valuesOf(found, { kind: kindOf(relativePath), ...learnt }),
        id,
        root,
        relativePath,
        relativePath,
        it.sizeBytes,
        it.modifiedMs,
        JSON.stringify(it.driveIds),
        titleOf(relativePath),
        at,
        at,
        it.volumeId ?? null,
        it.volumePath ?? null,
        it.inode ?? null,
      );
      if (inserted > 0) saveBesides(id, learnt);
      return inserted > 0;
    },

    /** Whether some file is gone or away, and might be found again. */
    hasLost: (): boolean =>
      db.get(
        `SELECT 1 FROM media_tally WHERE files > 0
           AND (is_offline = 1 OR status IN ('missing', 'forgotten')) LIMIT 1`,
      ) !== undefined,

    /** What is known of a file before ffprobe has looked into it: it goes on waiting. */
    saveBeside(id: string, found: Description, { error: _, ...learnt }: Learnt): void {
      const changed = db.run(
        `${UPDATE} WHERE id = ? AND status = 'new'`,
        ...valuesOf(found, learnt),
        id,
      );
      if (changed > 0) saveBesides(id, learnt);
    },

    /** ffprobe knows nothing of it: it stays as it is known without. */
    settleBeside: (id: string, error: string | undefined): void => {
      db.run(
        "UPDATE media SET status = 'probed', error = ?, updated_at = ? WHERE id = ? AND status = 'new'",
        error ?? null,
        now(),
        id,
      );
    },

    detailsOf: (id: string): Details => detailsOf(db, id),
  };
}

/** What was found, but for how far the file has come. */
const UPDATE =
  `UPDATE media SET error = ?, container = ?, mime_type = ?, duration_ms = ?, tracks = ?,
  bitrate = ?, video_codec = ?, audio_codec = ?, width = ?, height = ?, hdr = ?,
  kind = ifnull(?, kind), identity = ifnull(?, identity), facts = ifnull(?, facts)`;

/** Columns of what was found, in the order of the statements above. */
function valuesOf(found: Description, { kind, facts, identity, error }: Learnt) {
  const { videoCodec, audioCodec, width, height, hdr } = mainTracks(found);
  return [
    error ?? null,
    found.container,
    found.mimeType ?? null,
    found.durationMs ?? null,
    JSON.stringify(found.tracks),
    found.bitrate ?? null,
    videoCodec ?? null,
    audioCodec ?? null,
    width ?? null,
    height ?? null,
    hdr ?? null,
    kind ?? null,
    identity?.identity ?? null,
    facts ? JSON.stringify(facts) : null,
  ];
}

/** What a search asks for: the first picture, and the sound that is heard unless somebody chooses. */
export function mainTracks({ tracks }: Description) {
  const video = tracks.find(({ kind }) => kind === "video");
  const sounds = tracks.filter(({ kind }) => kind === "audio");
  const audio = sounds.find((it) => it.default) ?? sounds[0];
  return {
    videoCodec: video?.codec,
    audioCodec: audio?.codec,
    width: video?.width,
    height: video?.height,
    hdr: video?.hdr,
  };
}
