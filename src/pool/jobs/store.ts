/**
 * Jobs in SQLite: what runs, what is paused, and the last that ended.
 *
 * @module
 */
import type { Database } from "../../db/mod.ts";
import type { JobRow } from "./job.ts";

/** Ended jobs that are kept. */
const MAX_ENDED = 200;

type Columns = Omit<JobRow, "driveIds"> & { driveIds: string };

const columns = `id, kind, title, drive_ids AS driveIds, state, done, total,
  bytes_done AS bytesDone, bytes_total AS bytesTotal, error, started_at AS startedAt,
  updated_at AS updatedAt, finished_at AS finishedAt`;

/** The table `jobs` of `db`. Every method is one short synchronous step. */
export function createJobStore(db: Database) {
  return {
    find: (id: string): JobRow | undefined => {
      const row = db.get<Columns>(`SELECT ${columns} FROM jobs WHERE id = ?`, id);
      return row && toRow(row);
    },

    /** In order of their ids, from just after `after`. */
    list: ({ after, limit }: { after: string; limit: number }): JobRow[] =>
      db.all<Columns>(
        `SELECT ${columns} FROM jobs WHERE id > ? ORDER BY id LIMIT ?`,
        after,
        limit,
      ).map(toRow),

    save(row: JobRow): void {
      db.run(
        `INSERT OR REPLACE INTO jobs (id, kind, title, drive_ids, state, done, total, bytes_done,
           bytes_total, error, started_at, updated_at, finished_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        row.id,
        row.kind,
        row.title,
        JSON.stringify(row.driveIds),
        row.state,
        row.done,
        row.total ?? null,
        row.bytesDone,
        row.bytesTotal ?? null,
        row.error ?? null,
        row.startedAt ?? null,
        row.updatedAt,
        row.finishedAt ?? null,
      );
      if (row.finishedAt) {
        db.run(
          `DELETE FROM jobs WHERE finished_at <= (SELECT finished_at FROM jobs
             WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1 OFFSET ?)`,
          MAX_ENDED,
        );
      }
    },

    /** What ran when the program ended is taken up again. */
    requeue: (): number => db.run("UPDATE jobs SET state = 'queued' WHERE state = 'running'"),

    /** Those of a kind that wait for the next scan: it has found nothing to do for them. */
    queuedOf: (kind: string): JobRow[] =>
      db.all<Columns>(
        `SELECT ${columns} FROM jobs WHERE kind = ? AND state = 'queued'`,
        kind,
      ).map(toRow),

    countByState: (): { state: string; count: number }[] =>
      db.all("SELECT state, count(*) AS count FROM jobs GROUP BY state"),
  };
}

/** SQLite's null is absent here. */
function toRow({ driveIds, ...row }: Columns): JobRow {
  const known = Object.entries(row).filter(([, value]) => value !== null);
  return {
    ...Object.fromEntries(known) as Omit<JobRow, "driveIds">,
    driveIds: JSON.parse(driveIds),
  };
}
