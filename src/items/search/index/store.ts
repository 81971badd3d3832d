/**
 * The search index in SQLite: what is not in it yet, and putting it there.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";
import {
  type Document,
  DOCUMENT_VERSION,
  factColumns,
  type ItemRow,
  type TagWords,
} from "./document.ts";

/**
 * Writes about so many pages of the index anew, so that its many pieces become one. With their number
 * negative, once, all that is there now is to be in that piece. Fewer than two rows have changed:
 * nothing was left to do. A word that a million items have is written in one go.
 *
 * @see https://sqlite.org/fts5.html#the_merge_command
 */
export const MERGE = "INSERT INTO item_search (item_search, rank) VALUES ('merge', ?)";

export type IndexStore = ReturnType<typeof createIndexStore>;

const ITEM = `SELECT i.seq, i.id, i.media_id mediaId, i.kind, i.title, i.sort_title sortTitle,
    i.original_title originalTitle, i.series, i.season, i.episode, i.year, i.language, i.custom,
    i.created_at addedAt, m.relative_path relativePath, m.identity, m.status, m.error,
    m.size_bytes sizeBytes,
    m.drive_ids driveIds, m.volume_id volumeId, m.duration_ms durationMs, m.bitrate,
    m.video_codec videoCodec, m.audio_codec audioCodec, m.width, m.height, m.hdr, m.tracks,
    d.details,
    (SELECT json_group_array(json_array(p.id, ip.role, p.name, ip.credited_as,
       (SELECT group_concat(alias, ' ') FROM person_aliases a WHERE a.person_id = p.id)))
     FROM item_people ip JOIN people p ON p.id = ip.person_id WHERE ip.item_id = i.id) people,
    (SELECT json_group_array(tag_id) FROM item_tags t WHERE t.item_id = i.id) tags,
    (SELECT group_concat(text, ' ') FROM notes n WHERE n.item_id = i.id) notes
  FROM items i LEFT JOIN media m ON m.id = i.media_id LEFT JOIN media_details d ON d.media_id = m.id`;

/** Above this many, what waits is told as so many. */
const COUNTED = 100_000_000;

/** The tables of the index. Every method is one short synchronous step. */
export function createIndexStore(db: Database) {
  const marks = Array.from({ length: factColumns.length }, () => "?").join();

  return {
    /** How many items the index lacks, or has in an old form. */
    waiting(): number {
      const { n } = db.get<{ n: number }>(
        `SELECT (SELECT count(*) FROM search_dirty)
           + max(0, ifnull((SELECT max(seq) FROM items), 0) - (SELECT mark FROM search_state))
           + (SELECT count(*) FROM search_dirty_all)
           + (SELECT max(0, old_to - old_from) FROM search_state) n`,
      )!;
      return Math.min(n, COUNTED);
    },

    hasWork: (): boolean =>
      db.get(
        `SELECT 1 WHERE EXISTS (SELECT 1 FROM search_dirty) OR EXISTS (SELECT 1 FROM search_dirty_all)
           OR EXISTS (SELECT 1 FROM items WHERE seq > (SELECT mark FROM search_state))
           OR EXISTS (SELECT 1 FROM search_state WHERE document <> ? OR old_from < old_to)`,
        DOCUMENT_VERSION,
      ) !== undefined,

    /** Documents are of this version from now on: all that the index has is old where it was another. */
    beginVersion: (): void => {
      db.run(
        "UPDATE search_state SET document = ?1, old_from = 0, old_to = mark WHERE document <> ?1",
        DOCUMENT_VERSION,
      );
    },

    /** Numbers of items that the index may have in an old form, the oldest first. */
    old: (limit: number): number[] =>
      db.all<{ seq: number }>(
        `SELECT seq FROM items WHERE seq > (SELECT old_from FROM search_state)
           AND seq <= (SELECT old_to FROM search_state) ORDER BY seq LIMIT ?`,
        limit,
      ).map(({ seq }) => seq),

    /** Up to this item all are of this version; without one, all are. */
    renewed: (seq: number | undefined): void => {
      db.run("UPDATE search_state SET old_from = ifnull(?, old_to)", seq ?? null);
    },

    tagsVersion: (): number => db.get<{ n: number }>("SELECT tags_version n FROM search_state")!.n,

    /** Numbers of items that have changed since they were put into the index. */
    dirty: (limit: number): number[] =>
      db.all<{ seq: number }>("SELECT seq FROM search_dirty LIMIT ?", limit).map(({ seq }) => seq),

    /** Items that the index has never had, the oldest first. */
    unseen: (limit: number): ItemRow[] =>
      db.all<ItemRow>(
        `${ITEM} WHERE i.seq > (SELECT mark FROM search_state) AND i.deleted_at IS NULL
         ORDER BY i.seq LIMIT ?`,
        limit,
      ),

    items: (seqs: readonly number[]): ItemRow[] =>
      db.all<ItemRow>(
        `${ITEM} WHERE i.seq IN (SELECT value FROM json_each(?)) AND i.deleted_at IS NULL`,
        JSON.stringify(seqs),
      ),

    lastSeq: (): number => db.get<{ n: number | null }>("SELECT max(seq) n FROM items")!.n ?? 0,

    /** The index holds these now. */
    put(documents: readonly Document[], isNew: boolean): void {
      for (const { texts, facts } of documents) {
        const seq = facts[0]!;
        if (!isNew) remove(Number(seq));
        db.run(
          `INSERT INTO item_search (rowid, title, people, tags, notes, path, facts)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
          seq,
          ...texts,
        );
        db.run(
          `INSERT OR REPLACE INTO item_facts (${factColumns.join()}) VALUES (${marks})`,
          ...facts,
        );
      }
      noteUnmerged(documents.length);
    },

    remove(seqs: readonly number[]): void {
      for (const seq of seqs) remove(seq);
      noteUnmerged(seqs.length);
    },

    /** How many items were put in or taken out since the index was one piece, of how many. */
    unmerged: (): { changed: number; total: number } =>
      db.get("SELECT unmerged changed, mark total FROM search_state")!,

    /** The index is one piece, but for what has changed since. */
    merged: (changed: number): void => {
      db.run("UPDATE search_state SET unmerged = max(0, unmerged - ?)", changed);
    },

    clean: (seqs: readonly number[]): void => {
      for (const seq of seqs) db.run("DELETE FROM search_dirty WHERE seq = ?", seq);
    },

    moveMark: (seq: number): void => {
      db.run("UPDATE search_state SET mark = max(mark, ?)", seq);
    },

    /**
     * Notes some items of a tag or person that has changed as dirty.
     *
     * @returns how many were noted; 0 when there is nothing left to note
     */
    spread(limit: number): number {
      const one = db.get<{ kind: "tag" | "person"; id: string; after: string }>(
        "SELECT kind, id, after FROM search_dirty_all LIMIT 1",
      );
      if (!one) return 0;
      const items = db.all<{ id: string }>(
        one.kind === "tag"
          ? "SELECT item_id id FROM item_tags WHERE tag_id = ? AND item_id > ? ORDER BY 1 LIMIT ?"
          : `SELECT DISTINCT item_id id FROM item_people WHERE person_id = ? AND item_id > ?
             ORDER BY 1 LIMIT ?`,
        one.id,
        one.after,
        limit,
      );
      for (const { id } of items) {
        db.run(
          `INSERT OR IGNORE INTO search_dirty SELECT seq FROM items
           WHERE id = ? AND seq <= (SELECT mark FROM search_state)`,
          id,
        );
      }
      const [sql, ...values] = items.length < limit
        ? ["DELETE FROM search_dirty_all WHERE kind = ? AND id = ?", one.kind, one.id]
        : [
          "UPDATE search_dirty_all SET after = ? WHERE kind = ? AND id = ?",
          items.at(-1)!.id,
          one.kind,
          one.id,
        ];
      db.run(sql!, ...values);
      return Math.max(items.length, 1);
    },

    /** The branch of a tag up to the root, and all the names that its tags have. */
    tagWords(id: string): TagWords | undefined {
      const branch = db.all<{ id: string; name: string; synonyms: string | null }>(
        `WITH RECURSIVE up (id, name, parent_id) AS (
           SELECT id, name, parent_id FROM tags WHERE id = ?
           UNION SELECT t.id, t.name, t.parent_id FROM tags t JOIN up ON t.id = up.parent_id)
         SELECT id, name,
           (SELECT group_concat(name, ' ') FROM tag_synonyms s WHERE s.tag_id = up.id) synonyms
         FROM up`,
        id,
      );
      if (branch.length === 0) return undefined;
      return {
        ids: branch.map((tag) => tag.id),
        text: branch.map(({ name, synonyms }) => `${name} ${synonyms ?? ""}`).join(" "),
      };
    },
  };

  function noteUnmerged(n: number): void {
    db.run("UPDATE search_state SET unmerged = unmerged + ?", n);
  }

  function remove(seq: number): void {
    db.run("DELETE FROM item_search WHERE rowid = ?", seq);
    db.run("DELETE FROM item_facts WHERE seq = ?", seq);
  }
}
