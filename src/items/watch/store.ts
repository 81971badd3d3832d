/**
 * Watch states in SQLite, kept by what is seen and not by what it is called: see the trigger
 * media_content.
 *
 * @module
 */
import type { Database } from "../../db/mod.ts";
import { WATCH_KEY } from "../items/row.ts";
import type { Film, WatchState } from "./progress.ts";

export interface StoredState extends WatchState {
  version: number;
}

/** What an item's watch state is kept under, and how long it is. */
export interface Target extends Film {
  key: string;
}

export interface Begun {
  itemSeq: number;
  key: string;
  lastPlayedAt: string;
}

interface Row {
  positionMs: number;
  plays: number;
  watched: number;
  favorite: number;
  lastPlayedAt: string | null;
  sessions: string;
  version: number;
}

export function createWatchStore(db: Database) {
  return {
    target(itemId: string): Target | undefined {
      const row = db.get<{ key: string; durationMs: number | null; chapters: string | null }>(
        `SELECT ${WATCH_KEY} AS key, m.duration_ms AS durationMs, d.details ->> '$.chapters' AS chapters
         FROM items i LEFT JOIN media m ON m.id = i.media_id
           LEFT JOIN media_details d ON d.media_id = m.id
         WHERE i.id = ? AND i.deleted_at IS NULL`,
        itemId,
      );
      return row && { ...row, chapters: row.chapters === null ? [] : JSON.parse(row.chapters) };
    },

    find(user: string, key: string): StoredState | undefined {
      const row = db.get<Row>(
        `SELECT position_ms AS positionMs, plays, watched, favorite, last_played_at AS lastPlayedAt,
           sessions, version FROM watch_states WHERE user = ? AND content_key = ?`,
        user,
        key,
      );
      return row && {
        ...row,
        watched: row.watched === 1,
        favorite: row.favorite === 1,
        sessions: JSON.parse(row.sessions) as string[],
      };
    },

    /** Raises the version. */
    put: (user: string, key: string, it: WatchState): number =>
      db.run(
        `INSERT INTO watch_states (user, content_key, position_ms, plays, watched, favorite,
           last_played_at, sessions, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (user, content_key) DO UPDATE SET position_ms = excluded.position_ms,
           plays = excluded.plays, watched = excluded.watched, favorite = excluded.favorite,
           last_played_at = excluded.last_played_at, sessions = excluded.sessions,
           version = version + 1, updated_at = excluded.updated_at`,
        user,
        key,
        it.positionMs,
        it.plays,
        Number(it.watched),
        Number(it.favorite),
        it.lastPlayedAt,
        JSON.stringify(it.sessions),
        new Date().toISOString(),
      ),

    /** Everybody's marks of an item. */
    marks: (key: string): { user: string; watched: number; favorite: number }[] =>
      db.all(
        "SELECT user, watched, favorite FROM watch_states WHERE content_key = ? LIMIT 1000",
        key,
      ),

    /** What a user has begun and not ended, the last first; of several copies one that is there. */
    begun: (user: string, before: { lastPlayedAt: string; key: string }, limit: number): Begun[] =>
      db.all(
        `SELECT * FROM (
           SELECT w.last_played_at AS lastPlayedAt, w.content_key AS key, CASE
             WHEN w.content_key LIKE 'item:%' THEN (SELECT seq FROM items
               WHERE id = substr(w.content_key, 6) AND deleted_at IS NULL)
             ELSE (SELECT i.seq FROM media m CROSS JOIN items i ON i.media_id = m.id
               WHERE m.identity = w.content_key AND i.deleted_at IS NULL
               ORDER BY m.status = 'missing', m.offline_since IS NOT NULL, i.seq LIMIT 1)
             END AS itemSeq
           FROM watch_states w WHERE w.user = ? AND w.position_ms > 0
             AND (w.last_played_at, w.content_key) < (?, ?)
           ORDER BY w.last_played_at DESC, w.content_key DESC)
         WHERE itemSeq IS NOT NULL LIMIT ?`,
        user,
        before.lastPlayedAt,
        before.key,
        limit,
      ),
  };
}
