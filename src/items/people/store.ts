/**
 * People, their aliases, and the words of both, in SQLite. Every method is one short step.
 *
 * @module
 */
import { changeOrAdd, type Database } from "../../db/mod.ts";
import type { PersonRow } from "./person.ts";
import { wordsOf } from "./person.ts";

const columns = `id, name, normalized_name AS normalizedName, notes, version,
  created_at AS createdAt, updated_at AS updatedAt`;

/** After every text that begins with the one before it. */
const LAST = "\u{10ffff}";
/** More people than this are gone through in their order: the first page is soon full. */
const RARE = 10_000;

export interface PeopleFilter {
  /** Normalised words; each is how some word of the name or an alias begins. */
  words: string[];
  after: { normalizedName: string; id: string };
  limit: number;
}

export function createPeopleStore(db: Database) {
  const now = () => new Date().toISOString();

  /** How many words begin with that, up to RARE. */
  const matches = (word: string): number =>
    db.get<{ n: number }>(
      `SELECT count(*) AS n FROM (
         SELECT 1 FROM person_words WHERE word >= ? AND word < ? LIMIT ?)`,
      word,
      word + LAST,
      RARE,
    )!.n;

  return {
    find: (id: string): PersonRow | undefined =>
      db.get(`SELECT ${columns} FROM people WHERE id = ?`, id),

    /** The one that was known first. */
    byName: (normalizedName: string): PersonRow | undefined =>
      db.get(
        `SELECT ${columns} FROM people WHERE normalized_name = ? ORDER BY created_at, id LIMIT 1`,
        normalizedName,
      ),

    byAlias: (normalized: string): PersonRow | undefined =>
      db.get(
        `SELECT ${columns} FROM people
         WHERE id = (SELECT person_id FROM person_aliases WHERE normalized = ?)`,
        normalized,
      ),

    /** In the order of their names. */
    list({ words, after, limit }: PeopleFilter): PersonRow[] {
      const rare = words.find((word) => matches(word) < RARE);
      const terms = words.map((word) => word === rare ? IS_AMONG : BEGINS);
      const values = words.flatMap((word) => [word, word + LAST]);
      return db.all(
        `SELECT ${columns} FROM people WHERE ${terms.map((it) => `${it} AND `).join("")}
           (normalized_name, id) > (?, ?) ORDER BY normalized_name, id LIMIT ?`,
        ...values,
        after.normalizedName,
        after.id,
        limit,
      );
    },

    save(
      { id, name, normalizedName, notes }: Omit<PersonRow, "version" | "createdAt" | "updatedAt">,
    ) {
      changeOrAdd(db, [
        `UPDATE people SET name = ?, normalized_name = ?, notes = ?, version = version + 1,
           updated_at = ? WHERE id = ?`,
        name,
        normalizedName,
        notes,
        now(),
        id,
      ], [
        `INSERT INTO people (id, name, normalized_name, notes, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
        id,
        name,
        normalizedName,
        notes,
        now(),
        now(),
      ]);
    },

    delete: (id: string) => db.run("DELETE FROM people WHERE id = ?", id),

    aliases: (id: string): string[] =>
      db.all<{ alias: string }>(
        "SELECT alias FROM person_aliases WHERE person_id = ? ORDER BY normalized",
        id,
      ).map(({ alias }) => alias),

    addAlias: (normalized: string, alias: string, id: string) =>
      db.run(
        "INSERT INTO person_aliases (normalized, alias, person_id) VALUES (?, ?, ?)",
        normalized,
        alias,
        id,
      ),

    removeAlias: (normalized: string) =>
      db.run("DELETE FROM person_aliases WHERE normalized = ?", normalized),

    /** By which words a person is found from now on. */
    setWords(id: string, names: readonly string[]): void {
      db.run("DELETE FROM person_words WHERE person_id = ?", id);
      for (const word of wordsOf(names)) {
        db.run("INSERT INTO person_words (word, person_id) VALUES (?, ?)", word, id);
      }
    },
  };
}

const BEGINS = `EXISTS (SELECT 1 FROM person_words
  WHERE person_id = people.id AND word >= ? AND word < ?)`;

const IS_AMONG = "id IN (SELECT person_id FROM person_words WHERE word >= ? AND word < ?)";
