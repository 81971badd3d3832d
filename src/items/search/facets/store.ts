/**
 * Facets in SQL: the items are read once, then grouped by each facet.
 *
 * @module
 */
import type { Readers } from "../../../db/mod.ts";

export interface Facet {
  /** As a filter takes it. */
  value: string;
  label: string;
  count: number;
}

/** Values of one facet, the most frequent. */
const MOST = 25;

/** One SELECT of (value, label, count) over `r`, the items; ?2 is the user. */
const facets = {
  kind: by("kind"),
  codec: by("video_codec", "video_codec <> ''"),
  audio: by("audio_codec", "audio_codec <> ''"),
  resolution: by("resolution", "resolution <> ''"),
  hdr: by("hdr", "hdr <> ''"),
  year: by("year", "year > 0"),
  decade:
    `SELECT (year / 10 * 10) || '..' || (year / 10 * 10 + 9), (year / 10 * 10) || 's', count(*)
    FROM r WHERE year > 0 GROUP BY year / 10`,
  series: by("series", "series IS NOT NULL"),
  drive: `SELECT j.value, ifnull(d.name, j.value), count(*) FROM r, json_each(r.drive_ids) j
    LEFT JOIN drives d ON d.id = j.value GROUP BY j.value`,
  rating: `SELECT halves / 2.0, halves / 2.0, count(*) FROM r
    CROSS JOIN ratings t ON t.item_id = r.item_id AND t.user = ?2 GROUP BY halves`,
  tag: `SELECT t.path, t.name, g.n FROM (SELECT tag_id, count(*) n FROM r
      CROSS JOIN item_tags i ON i.item_id = r.item_id GROUP BY tag_id ORDER BY n DESC LIMIT ${MOST}) g
    JOIN tags t ON t.id = g.tag_id`,
  person: `SELECT p.name, p.name, g.n FROM (SELECT person_id, count(*) n FROM r
      CROSS JOIN item_people i ON i.item_id = r.item_id
      GROUP BY person_id ORDER BY n DESC LIMIT ${MOST}) g JOIN people p ON p.id = g.person_id`,
} satisfies Record<string, string>;

export type FacetName = keyof typeof facets;
export const facetNames = Object.keys(facets) as FacetName[];

const COLUMNS = "item_id, kind, video_codec, audio_codec, resolution, hdr, year, series, drive_ids";

export async function facetsOf(
  readers: Readers,
  names: readonly FacetName[],
  { seqs, user, signal }: {
    seqs: readonly number[];
    user: string;
    signal?: AbortSignal | undefined;
  },
): Promise<(Facet & { facet: FacetName })[]> {
  if (names.length === 0) return [];
  const each = names.map((name) =>
    `SELECT '${name}' facet, * FROM (
       SELECT * FROM (SELECT NULL value, NULL label, 0 count WHERE 0 UNION ALL ${facets[name]})
       ORDER BY 3 DESC, 1 LIMIT ${MOST})`
  );
  const text = `WITH r AS MATERIALIZED (SELECT ${COLUMNS} FROM json_each(?1) j
      CROSS JOIN item_facts f ON f.seq = j.value WHERE ?2 IS NOT NULL)
    ${each.join(" UNION ALL ")}`;
  return await readers.query(text, [JSON.stringify(seqs), user], { signal, limitMs: 5000 });
}

function by(column: string, where = "1"): string {
  return `SELECT ${column}, ${column}, count(*) FROM r WHERE ${where} GROUP BY ${column}`;
}
