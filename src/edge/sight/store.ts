/**
 * What each peer calls its copies, in order; and the key that seals places in lists.
 *
 * @module
 */
import { plain } from "../../base/text/plain.ts";
import { likeText, type Statements } from "../../db/mod.ts";

/** One copy, as a place in the order of all names. */
export interface NameRow {
  /** Without capitals and accents. */
  sortTitle: string;
  catalogId: string;
  peerId: string;
  relativePath: string;
}

/** One title, as a place in the order of all titles. */
export type TitlePlace = Pick<NameRow, "sortTitle" | "catalogId">;

/** Of those that were looked at, what was found; and the last one, unless it was the last of all. */
export interface Found<Place> {
  rows: Place[];
  next?: Place;
}

/** Titles and copies that are looked at by one statement for words: of a million it takes long. */
const SPAN = 2000;

/** Announced copies after a place in the order of their names, those with all `words` in theirs. */
export const namesAfter = placesAfter<NameRow>("replicas", "announced = 1", {
  sortTitle: "sort_title",
  catalogId: "catalog_id",
  peerId: "peer_id",
  relativePath: "relative_path",
});

/** The same of announced titles. */
export const titlesAfter = placesAfter<TitlePlace>("titles", "holders > 0", {
  sortTitle: "sort_title",
  catalogId: "catalog_id",
});

function placesAfter<Place extends object>(
  table: string,
  isListed: string,
  keys: Record<keyof Place, string>,
) {
  const names = Object.keys(keys) as (keyof Place & string)[];
  const columns = Object.values(keys).join(", ");
  const marks = names.map(() => "?").join(", ");
  const selected = names.map((it) => `${keys[it]} AS "${it}"`).join(", ");
  const begin = `SELECT ${selected} FROM ${table}
    WHERE ${isListed} AND (${columns}) > (${marks})`;
  const valuesOf = (place: Place) => names.map((it) => String(place[it]));
  return async (
    state: Statements,
    after: Place,
    limit: number,
    words: readonly string[],
  ): Promise<Found<Place>> => {
    const at = valuesOf(after);
    const end = words.length === 0 ? undefined : await state.get<Place>(
      `${begin} ORDER BY ${columns} LIMIT 1 OFFSET ?`,
      ...at,
      SPAN - 1,
    );
    const rows = await state.all<Place>(
      `${begin} ${end ? `AND (${columns}) <= (${marks})` : ""}
       ${words.map(() => "AND sort_title LIKE ? ESCAPE '!'").join(" ")}
       ORDER BY ${columns} LIMIT ?`,
      ...at,
      ...end ? valuesOf(end) : [],
      ...words.map(toPattern),
      limit,
    );
    const next = rows.length === limit ? rows.at(-1) : end;
    return { rows, ...next && { next } };
  };
}

/** What LIKE is to look for. */
function toPattern(word: string): string {
  // Of accents alone nothing is left, which would be in every name.
  const text = plain(word) || word;
  return `%${likeText(text.replaceAll("\0", ""))}%`;
}

/** 32 bytes in base64, the same for all edges of one state: made when it is first asked for. */
export async function cursorKey(state: Statements): Promise<string> {
  await state.run(
    "INSERT INTO edge_facts (name, value) VALUES ('cursor_key', ?) ON CONFLICT DO NOTHING",
    crypto.getRandomValues(new Uint8Array(32)).toBase64(),
  );
  const sql = "SELECT value FROM edge_facts WHERE name = 'cursor_key'";
  return (await state.get<{ value: string }>(sql))!.value;
}
