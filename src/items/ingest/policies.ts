/**
 * Policies: where a file goes, by what is known of it. The table is the list: names in REST and on
 * the command line come from it. All are pure; names are made safe by whoever asks (plan/names.ts).
 *
 * @module
 */

/** What is known of a file. */
export interface NameFacts {
  /** Of the file, without its extension. */
  stem: string;
  /** Lower case, with its dot. */
  extension: string;
  title?: string | undefined;
  year?: number | undefined;
  /** Of an episode: its series, and where in it. */
  series?: string | undefined;
  season?: number | undefined;
  episodes?: readonly number[] | undefined;
  episodeTitle?: string | undefined;
  /** YYYY-MM-DD: when it was recorded, else when it was last changed. */
  date: string;
  /** Letters of no meaning, in the place of a name that is unusable. */
  slug: string;
  /** The folder of the target with the fewest media. */
  bucket: string;
}

interface Policy {
  says: string;
  /** Folders and file name inside the target; the last has no extension yet. */
  place(facts: NameFacts): string[];
}

/** A year that the title has already is not said twice: "Holidays 2019", "VID_20200131". */
const film = ({ title, year, slug }: NameFacts): string => {
  if (!title) return slug;
  return year && !title.includes(String(year)) ? `${title} (${year})` : title;
};

/** Kodi's and Jellyfin's form: "Series - S01E02-E03 - Title". */
function episode(facts: NameFacts): { season: string; name: string } | undefined {
  const { series, season, episodes = [], episodeTitle } = facts;
  if (!series || episodes.length === 0) return undefined;
  const two = (value: number) => String(value).padStart(2, "0");
  const [first, ...others] = [...episodes].sort((one, other) => one - other);
  const last = others.length > 0 ? `-E${two(others.at(-1)!)}` : "";
  const number = `S${two(season ?? 1)}E${two(first!)}${last}`;
  return {
    season: `Season ${two(season ?? 1)}`,
    name: [series, number, ...episodeTitle ? [episodeTitle] : []].join(" - "),
  };
}

export const policies = {
  "by-title": {
    says: "Title (Year)/Title (Year), episodes Series/Season 01/Series - S01E02 - Title",
    place: (facts) => {
      const part = episode(facts);
      return part ? [facts.series!, part.season, part.name] : [film(facts), film(facts)];
    },
  },
  "by-year": {
    says: "Year/Title (Year); what has no year goes to Unknown Year",
    place: (facts) => [
      facts.year ? String(facts.year) : "Unknown Year",
      episode(facts)?.name ?? film(facts),
    ],
  },
  "by-date": {
    says: "2026/2026-11-21/name, by the day of the recording, else of the last change",
    place: ({ date, stem, slug }) => [date.slice(0, 4), date, stem || slug],
  },
  flat: {
    says: "all in one folder, under their own names",
    place: ({ stem, slug }) => [stem || slug],
  },
  hexmedia: {
    says: "bucket/slug/slug: the emptiest of a hundred folders, and random names",
    place: ({ bucket, slug }) => [bucket, slug, slug],
  },
} as const satisfies Record<string, Policy>;

export type PolicyName = keyof typeof policies;

export const policyNames = Object.keys(policies) as PolicyName[];
