/**
 * The trash in SQLite, and what becomes of the media rows of what is in it.
 *
 * @module
 */
import type { Database } from "../../db/mod.ts";
import type { FileState } from "../file_state.ts";

export type TrashState = "going" | "kept" | "coming back";

export interface TrashEntry extends FileState {
  id: string;
  /** Its row in the library; null once that is gone. */
  mediaId: string | null;
  /** Where it was: `root` absolute, `relativePath` in it with "/". */
  root: string;
  relativePath: string;
  /** Where it is, from `root` on. */
  trashPath: string;
  state: TrashState;
  /** In words. */
  why: string;
  /** ISO 8601, UTC. */
  trashedAt: string;
}

/** All absolute; the last two are null where nothing is to be said of it. */
export interface HalfSharedRow {
  path: string;
  keeper: string;
  victim: string | null;
  /** Of the victim, before. */
  inode: string | null;
}

export type TrashStore = ReturnType<typeof createTrashStore>;

const columns = `id, media_id AS mediaId, root, relative_path AS relativePath,
  trash_path AS trashPath, size_bytes AS sizeBytes, modified_ms AS modifiedMs, state, why,
  trashed_at AS trashedAt`;

export function createTrashStore(db: Database) {
  const now = () => new Date().toISOString();
  return {
    find: (id: string): TrashEntry | undefined =>
      db.get(`SELECT ${columns} FROM trash WHERE id = ?`, id),

    /** The oldest first, from just after the entry with this time and id. */
    list: (after: { trashedAt: string; id: string }, limit: number): TrashEntry[] =>
      db.all(
        `SELECT ${columns} FROM trash WHERE (trashed_at, id) > (?, ?)
         ORDER BY trashed_at, id LIMIT ?`,
        after.trashedAt,
        after.id,
        limit,
      ),

    /** What was cut off in the middle. */
    unfinished: (): TrashEntry[] =>
      db.all(`SELECT ${columns} FROM trash WHERE state <> 'kept' LIMIT 1000`),

    /** Of what is deleted for good: what was cut off in the middle. */
    halfDeleted: (): string[] =>
      db.all<{ id: string }>("SELECT id FROM trash WHERE is_deleting = 1 LIMIT 1000")
        .map(({ id }) => id),

    setDeleting: (id: string, isDeleting: boolean) =>
      db.run("UPDATE trash SET is_deleting = ? WHERE id = ?", isDeleting ? 1 : 0, id),

    counts: (): { files: number; bytes: number } => ({
      ...db.get<{ files: number; bytes: number }>(
        "SELECT count(*) files, ifnull(sum(size_bytes), 0) bytes FROM trash",
      )!,
    }),

    /** Before the file moves: without it nobody would know whose it is. */
    insert: (it: Omit<TrashEntry, "trashedAt" | "state"> & { owes: unknown }): number =>
      db.durably(() =>
        db.run(
          `INSERT INTO trash (id, media_id, media_status, root, relative_path, trash_path, size_bytes,
           modified_ms, state, why, trashed_at, owes)
         VALUES (?, ?, ifnull((SELECT status FROM media WHERE id = ?), 'new'), ?, ?, ?, ?, ?,
           'going', ?, ?, ?)`,
          it.id,
          it.mediaId,
          it.mediaId,
          it.root,
          it.relativePath,
          it.trashPath,
          it.sizeBytes,
          it.modifiedMs,
          it.why,
          now(),
          it.owes === undefined ? null : JSON.stringify(it.owes),
        )
      ),

    /** What is in the trash, and is still to be said of it. */
    owing: (): { id: string; owes: unknown }[] =>
      db.all<{ id: string; owes: string }>(
        "SELECT id, owes FROM trash WHERE owes IS NOT NULL AND state = 'kept' LIMIT 1000",
      ).map(({ id, owes }) => ({ id, owes: JSON.parse(owes) })),

    /** It is said. @returns whether that was to be done still */
    said: (id: string): boolean =>
      db.run("UPDATE trash SET owes = NULL WHERE id = ? AND owes IS NOT NULL", id) > 0,

    setState: (id: string, state: TrashState) =>
      db.run("UPDATE trash SET state = ? WHERE id = ?", state, id),

    /** It is in the trash: the library misses it from now on, not from the next scan. */
    keep: (id: string): void =>
      db.transaction(() => {
        db.run("UPDATE trash SET state = 'kept' WHERE id = ?", id);
        db.run(
          `UPDATE media SET status = 'missing', updated_at = ?
           WHERE id = (SELECT media_id FROM trash WHERE id = ?) AND status <> 'forgotten'`,
          now(),
          id,
        );
      }),

    /** It is where it was: what is known of it holds again, if it came back under its name. */
    comeBack: (id: string, { sameName }: { sameName: boolean }): void =>
      db.transaction(() => {
        if (sameName) {
          db.run(
            `UPDATE media SET status = trash.media_status, updated_at = ? FROM trash
             WHERE trash.id = ? AND media.id = trash.media_id AND media.status = 'missing'
               AND media.root = trash.root AND media.relative_path = trash.relative_path`,
            now(),
            id,
          );
        }
        db.run("DELETE FROM trash WHERE id = ?", id);
      }),

    remove: (id: string) => db.run("DELETE FROM trash WHERE id = ?", id),

    halfShared: {
      /** Those of which nobody knows yet whether they have taken their place. */
      list: (): HalfSharedRow[] =>
        db.all("SELECT path, keeper, victim, inode FROM half_shared WHERE is_done = 0 LIMIT 1000"),
      insert: ({ path, keeper, victim, inode }: HalfSharedRow, owes: unknown) =>
        db.durably(() =>
          db.run(
            "INSERT INTO half_shared (path, keeper, victim, inode, owes) VALUES (?, ?, ?, ?, ?)",
            path,
            keeper,
            victim,
            inode,
            owes === undefined ? null : JSON.stringify(owes),
          )
        ),
      /** Says that it has taken its place: what is owed of it stays noted. */
      setDone: (path: string) => db.run("UPDATE half_shared SET is_done = 1 WHERE path = ?", path),
      owing: (): { path: string; owes: unknown }[] =>
        db.all<{ path: string; owes: string }>(
          "SELECT path, owes FROM half_shared WHERE is_done = 1 AND owes IS NOT NULL LIMIT 1000",
        ).map(({ path, owes }) => ({ path, owes: JSON.parse(owes) })),
      remove: (path: string) => db.run("DELETE FROM half_shared WHERE path = ?", path),
    },

    /** The file of this row shares its bytes with another now: a scan shall find it as it is. */
    sawShared: (mediaId: string, { modifiedMs, inode }: { modifiedMs: number; inode?: string }) =>
      db.run(
        "UPDATE media SET modified_ms = ?, inode = ifnull(?, inode), updated_at = ? WHERE id = ?",
        modifiedMs,
        inode ?? null,
        now(),
        mediaId,
      ),
  };
}
