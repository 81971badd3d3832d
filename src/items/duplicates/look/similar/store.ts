/**
 * Fingerprints and which of them are near each other, in SQLite.
 *
 * @module
 */
import type { Database } from "../../../../db/mod.ts";
import type { Named } from "../titles/key.ts";

export interface Fingerprint {
  id: string;
  frames: Uint8Array;
  durationMs: number | null;
  /** With all others that were there then. */
  compared: 0 | 1;
}

export interface Pair {
  one: string;
  other: string;
  distance: number;
}

type Numbered = Pick<Named, "series" | "season" | "episode">;

/** With what both are. */
export interface NamedPair extends Pair {
  kind: "video" | "image";
  oneIs: Numbered;
  otherIs: Numbered;
}

export type SimilarStore = ReturnType<typeof createSimilarStore>;

const columns = "media_id AS id, frames, duration_ms AS durationMs, compared";

export function createSimilarStore(db: Database) {
  return {
    /** Those that no look has compared, in order of their length. */
    uncompared: (kind: "video" | "image", limit: number): Fingerprint[] =>
      db.all(
        `SELECT ${columns} FROM fingerprints WHERE kind = ? AND compared = 0
         ORDER BY duration_ms, media_id LIMIT ?`,
        kind,
        limit,
      ),

    /** A page of those that last from `from` to `to`, in order of length and id. */
    lasting: (
      kind: "video" | "image",
      { from, to }: { from: number; to: number },
      after: { durationMs: number; id: string },
      limit: number,
    ): Fingerprint[] =>
      db.all(
        `SELECT ${columns} FROM fingerprints
         WHERE kind = ? AND duration_ms BETWEEN ? AND ? AND (duration_ms, media_id) > (?, ?)
         ORDER BY duration_ms, media_id LIMIT ?`,
        kind,
        from,
        to,
        after.durationMs,
        after.id,
        limit,
      ),

    /** A page of those without a length: all pictures. */
    withoutLength: (kind: "video" | "image", after: string, limit: number): Fingerprint[] =>
      db.all(
        `SELECT ${columns} FROM fingerprints
         WHERE kind = ? AND duration_ms IS NULL AND media_id > ? ORDER BY media_id LIMIT ?`,
        kind,
        after,
        limit,
      ),

    savePairs: (pairs: readonly Pair[]): void =>
      db.transaction(() => {
        for (const { one, other, distance } of pairs) {
          const [first, second] = one < other ? [one, other] : [other, one];
          db.run("INSERT OR REPLACE INTO similar_pairs VALUES (?, ?, ?)", first, second, distance);
        }
      }),

    /** Not of one whose content has changed meanwhile. */
    setCompared: (some: readonly Fingerprint[]): void =>
      db.transaction(() => {
        for (const { id, frames } of some) {
          db.run(
            "UPDATE fingerprints SET compared = 1 WHERE media_id = ? AND frames = ?",
            id,
            frames,
          );
        }
      }),

    /** A page of all pairs. */
    pairs: (after: { one: string; other: string }, limit: number): NamedPair[] =>
      db.all<Pair & { kind: "video" | "image"; oneIs: string; otherIs: string }>(
        `SELECT one, other, distance, f.kind, ${numbered("a")} AS oneIs, ${numbered("b")} AS otherIs
         FROM similar_pairs CROSS JOIN fingerprints f ON f.media_id = one
         LEFT JOIN items a ON a.media_id = one LEFT JOIN items b ON b.media_id = other
         WHERE (one, other) > (?, ?) ORDER BY one, other LIMIT ?`,
        after.one,
        after.other,
        limit,
      ).map((row) => ({
        ...row,
        oneIs: JSON.parse(row.oneIs) as Numbered,
        otherIs: JSON.parse(row.otherIs) as Numbered,
      })),
  };
}

const numbered = (item: string) =>
  `json_object('series', ${item}.series, 'season', ${item}.season, 'episode', ${item}.episode)`;
