/**
 * Places in lists that are sorted by two things, as cursors.
 *
 * @module
 */
import { placeFrom, toPage, z } from "../../router.ts";

const Pair = z.tuple([z.string(), z.string()]);

/** A page of `limit` out of one item more, and the cursor of the next page. */
export function pageWith<Item, Body extends object>(
  found: Item[],
  limit: number,
  { body, place }: { body(item: Item): Body; place(item: Item): [string, string] },
): { items: Body[]; next_cursor: string | null } {
  return toPage(found, limit, { body, place: (it) => JSON.stringify(place(it)) });
}

/** @throws {InvalidError} the cursor is not one of ours */
export function placeOf(cursor: string | undefined, first: [string, string]): [string, string] {
  return cursor === undefined ? first : placeFrom(cursor, Pair);
}

/** Sorts after every text that is kept. */
export const LAST = "\u{10ffff}";
