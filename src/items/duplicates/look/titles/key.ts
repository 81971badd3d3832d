/**
 * By what two names are the same film: the title without case, accents and signs, its year, and where
 * in which series it stands. Pure.
 *
 * @module
 */
import { plain } from "../../../../base/text/plain.ts";

export interface Named {
  kind: string;
  title: string;
  series: string | null;
  season: number | null;
  episode: number | null;
  year: number | null;
}

/** "The Amélie: Spider-Man!" → "amelie spider man". */
export function normalized(text: string): string {
  const words = plain(text).replaceAll("&", " and ").replaceAll(/['’]/g, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim();
  return words.replace(/^(?:the|an?) (?=.)/, "");
}

/** Undefined for a name that says too little. */
export function titleKey(
  { kind, title, series, season, episode, year }: Named,
): string | undefined {
  const isEpisode = series !== null && episode !== null;
  // An episode is told by its number: some files know its title, others do not.
  const name = isEpisode ? normalized(series) : normalized(title);
  if (name.length < 2) return undefined;
  const place = isEpisode ? `s${season ?? 0}e${episode}` : String(year ?? "");
  return [kind, name, place].join("|");
}

/** Whether the name alone says which film it is; else it has to last as long, too. */
export function saysItAll({ series, episode, year }: Named): boolean {
  return year !== null || (series !== null && episode !== null);
}

/** Where an episode stands, and in what: a series that is numbered by seasons, or right through. */
export interface EpisodePlace {
  within: string;
  place: string;
}

/** Undefined of what is no numbered episode. The same `within` and another `place` is another one. */
export function episodePlace(
  { series, season, episode }: Pick<Named, "series" | "season" | "episode">,
): EpisodePlace | undefined {
  if (series === null || episode === null) return undefined;
  const numbering = season === null ? "through" : "seasons";
  return { within: `${numbering}|${normalized(series)}`, place: `s${season ?? ""}e${episode}` };
}

/** 53 bits of a text, for an index of whole numbers (cyrb53, of public domain). */
export function hash53(text: string): number {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
