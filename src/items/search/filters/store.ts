/**
 * What filters ask the tables: the names that people use for tags, people, drives and volumes, and
 * what changes too often to be in the index.
 *
 * @module
 */
import { type Database, distinct } from "../../../db/mod.ts";
import { slugifyPath } from "../../tags/mod.ts";
import { fold } from "../index/words.ts";
import { sql } from "../query/store.ts";
import type { Range } from "./values.ts";

export type FilterStore = ReturnType<typeof createFilterStore>;

/** A name that fits more people than this says too little. */
const MOST_PEOPLE = 100;

export function createFilterStore(db: Database) {
  const ids = (text: string, ...values: string[]): string[] =>
    db.all<{ id: string }>(text, ...values).map(({ id }) => id);

  return {
    /** Of a path ("genre/sci-fi"), a name anywhere in the tree, or a synonym. */
    tags(name: string): string[] {
      const path = slugifyPath(name);
      const atPath = ids("SELECT id FROM tags WHERE path = ?", path);
      if (atPath.length > 0 || path.includes("/")) return atPath;
      return ids(
        `SELECT id FROM tags WHERE slug = ?1
         UNION SELECT tag_id FROM tag_synonyms WHERE slug = ?1 LIMIT 100`,
        path,
      );
    },

    /** By name or alias; else those whose name has all these words. */
    people(name: string): string[] {
      const normalized = fold(name);
      const exact = ids(
        `SELECT id FROM people WHERE normalized_name = ?1
         UNION SELECT person_id FROM person_aliases WHERE normalized = ?1 LIMIT ${MOST_PEOPLE}`,
        normalized,
      );
      if (exact.length > 0) return exact;
      const [first, ...others] = normalized.split(" ").toSorted((a, b) => b.length - a.length);
      const having = others.map(() =>
        "AND EXISTS (SELECT 1 FROM person_words o WHERE o.word = ? AND o.person_id = w.person_id)"
      );
      return ids(
        `SELECT DISTINCT person_id id FROM person_words w WHERE word = ? ${having.join(" ")}
         LIMIT ${MOST_PEOPLE}`,
        first!,
        ...others,
      );
    },

    drives: (name: string): string[] =>
      ids(
        "SELECT id FROM drives WHERE id = ?1 OR lower(name) = lower(?1) OR lower(model) = lower(?1)",
        name,
      ),

    /** Undefined of a custom field that there is not. */
    typeOfField: (key: string): string | undefined =>
      db.get<{ type: string }>("SELECT type FROM custom_fields WHERE key = ?", key)?.type,

    /** Those that are away, with files of ours on them. */
    offlineVolumes: (): string[] =>
      distinct(db, { table: "media", column: "volume_id", where: "offline_since IS NOT NULL" }),

    volumes: (name: string): string[] =>
      ids(
        "SELECT id FROM volumes WHERE id = ?1 OR lower(name) = lower(?1) OR lower(label) = lower(?1)",
        name,
      ),
  };
}

export const isDuplicate = {
  check: sql(
    `EXISTS (SELECT 1 FROM duplicate_members d JOIN duplicate_groups g ON g.id = d.group_id
     WHERE d.media_id = f.media_id AND g.state = 'open')`,
  ),
  source: {
    rows: sql(
      `SELECT i.seq FROM duplicate_groups g JOIN duplicate_members d ON d.group_id = g.id
         JOIN items i ON i.media_id = d.media_id WHERE g.state = 'open'`,
    ),
    size: sql("SELECT 1 FROM duplicate_members"),
  },
};

/** A poster that somebody gave, or that was found: any film has one that was made of its frames. */
export const hasPoster = sql(
  `EXISTS (SELECT 1 FROM assets a WHERE a.item_id = f.item_id AND a.kind = 'poster'
     AND (a.origin <> 'cache' OR a.details ->> 'origin' <> 'frame'))`,
);

/** What one person has seen or likes: `column` is 1. */
export function ofWatch(column: "watched" | "favorite", user: string) {
  return {
    check: sql(
      `EXISTS (SELECT 1 FROM watch_states w WHERE w.user = ? AND w.content_key = f.content_key
       AND w.${column} = 1)`,
      user,
    ),
    source: {
      rows: sql(
        `SELECT k.seq FROM watch_states w CROSS JOIN item_facts k ON k.content_key = w.content_key
         WHERE w.user = ? AND w.${column} = 1`,
        user,
      ),
      size: sql(`SELECT 1 FROM watch_states w WHERE w.user = ? AND w.${column} = 1`, user),
      most: 15_000,
    },
  };
}

/** The user's own rating, in halves. */
export function isRated(user: string, low: number, high: number) {
  return {
    check: sql(
      `EXISTS (SELECT 1 FROM search_ratings r WHERE r.seq = f.seq AND r.user = ?
       AND r.halves BETWEEN ? AND ?)`,
      user,
      low,
      high,
    ),
    source: {
      rows: sql(
        "SELECT seq FROM search_ratings WHERE user = ? AND halves BETWEEN ? AND ?",
        user,
        low,
        high,
      ),
      size: sql(
        "SELECT 1 FROM search_ratings WHERE user = ? AND halves BETWEEN ? AND ?",
        user,
        low,
        high,
      ),
    },
  };
}

/** The number in a custom field is in one of these ranges. */
export function isNumber(key: string, ranges: readonly Range[]) {
  const fits = ranges.map(() => "value BETWEEN ? AND ?").join(" OR ");
  const values = [key, ...ranges.flatMap(({ low, high }) => [low, high])];
  const rows = sql(`SELECT seq FROM search_numbers WHERE key = ? AND (${fits})`, ...values);
  return {
    check: sql(
      `EXISTS (SELECT 1 FROM search_numbers n WHERE n.seq = f.seq AND n.key = ? AND (${fits}))`,
      ...values,
    ),
    source: { rows, size: rows },
  };
}
