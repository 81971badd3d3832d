/**
 * What a person is, and how names are compared: without accents, case and spaces too many.
 *
 * @module
 */
import { plain } from "../../base/text/plain.ts";

export const roles = ["actor", "director", "writer", "composer", "producer", "other"] as const;

export type Role = (typeof roles)[number];

export interface Person {
  id: string;
  name: string;
  aliases: string[];
  notes: string | null;
  /** Items that they have a part in. */
  itemCount: number;
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** A person as stored. */
export type PersonRow = Omit<Person, "aliases" | "itemCount"> & { normalizedName: string };

/** What a person did for an item; several roles are several credits. */
export interface Credit {
  personId: string;
  role: Role;
  /** The part that is played, or the name in the credits. */
  creditedAs: string | null;
  /** In the credits: 0 comes first. */
  position: number;
}

/** " Zoë   KRAVITZ" → "zoe kravitz". */
export function normalizeName(name: string): string {
  return plain(name).replaceAll(/\s+/g, " ").trim();
}

/** The words that a search may begin with: "jean-luc o'neill" → jean, luc, o, neill. */
export function wordsOf(names: readonly string[]): Set<string> {
  return new Set(names.flatMap((name) => normalizeName(name).match(/[\p{L}\p{N}]+/gu) ?? []));
}
