/**
 * Episodes by their names and by their folders: "Show S01E02 - Title", "Show/Season 1/02 - Title".
 *
 * @module
 */
import { firstToken } from "./markers.ts";
import { tidy } from "./tidy.ts";

export interface EpisodeName {
  series?: string;
  season?: number;
  /** At least one; all of a file that has several. */
  episodes: number[];
  /** What stands behind the number. */
  title: string;
}

/** How numbers are written: with season and episode, the further episodes, and what surrounds them. */
const patterns = [
  /^(?<series>.*?)(?<![\p{L}\p{N}])s(?<season>\d{1,4})[ ._-]{0,3}ep?(?<episode>\d{1,4})(?<more>(?:[ ._]?[-+&]?[ ._]?e(?:p)?\d{1,4}|-\d{1,3}(?![\p{N}p]))*)(?![\p{N}])(?<rest>.*)$/iu,
  /^(?<series>.*?)(?<![\p{L}\p{N}])(?<season>\d{1,2})x(?<episode>\d{2,3})(?<more>(?:-(?:\d{1,2}x)?\d{2,3})*)(?![\p{L}\p{N}])(?<rest>.*)$/iu,
  /^(?<series>.*?)(?<![\p{L}])season[ ._-]*(?<season>\d{1,3})[ ._,-]+episode[ ._-]*(?<episode>\d{1,4})(?<more>)(?<rest>.*)$/iu,
];

/** Fan groups number without seasons: "[Group] Show - 05 [1080p]". */
const FANSUB =
  /^\[[^\]]+\][ ._]*(?<series>.+?)[ ._]+-[ ._]+(?<episode>\d{1,4})(?:v\d)?(?<rest>[ ._]*[[(].*)?$/u;

/** "Season 1", "Staffel 02", "Specials". */
const SEASON_FOLDER =
  /^(?:(?:.*[ ._-])?(?:season|series|staffel|saison|temporada|stagione|seizoen|sezon|säsong|сезон)[ ._-]*(?<season>\d{1,4})|s(?<short>\d{1,3})|(?<special>specials?))$/iu;

/** In a folder of a season: "02 - Title", "E02", "Episode 2". */
const NUMBERED =
  /^(?:e(?:p(?:isode)?)?|folge|#)?[ ._-]*(?<episode>\d{1,4})(?:[ ._-]+(?<rest>.*))?$/iu;

/** @param folders Of the file, the outermost first. */
export function parseEpisode(stem: string, folders: readonly string[]): EpisodeName | undefined {
  const parent = SEASON_FOLDER.exec(folders.at(-1) ?? "")?.groups;
  const above = parent ? seriesOf(folders.at(-2) ?? "") : "";
  for (const pattern of patterns) {
    const groups = pattern.exec(stem)?.groups;
    if (!groups) continue;
    const series = seriesOf(groups.series!) || above ||
      seriesOf(parent ? "" : folders.at(-1) ?? "");
    const episodes = [Number(groups.episode), ...furtherOf(groups.more!, Number(groups.episode))];
    const title = titleOfRest(groups.rest!);
    return { ...series && { series }, season: Number(groups.season), episodes, title };
  }
  const fansub = FANSUB.exec(stem)?.groups;
  if (fansub) {
    const series = seriesOf(fansub.series!);
    return { ...series && { series }, episodes: [Number(fansub.episode)], title: "" };
  }
  const numbered = parent && NUMBERED.exec(stem)?.groups;
  if (!numbered || !above) return undefined;
  const season = parent.special ? 0 : Number(parent.season ?? parent.short);
  const title = titleOfRest(numbered.rest ?? "");
  return { series: above, season, episodes: [Number(numbered.episode)], title };
}

/** "-E03E04" → 3, 4; "-06" after 4 → 5, 6. */
function furtherOf(more: string, first: number): number[] {
  const numbers = [...more.matchAll(/(?:\d{1,2}x)?(\d{1,4})/gi)].map(([, it]) => Number(it));
  const last = numbers.at(-1);
  const isRange = numbers.length === 1 && more.includes("-");
  if (last === undefined || last <= first || last - first > 20) return [];
  if (!isRange) return numbers;
  return Array.from({ length: last - first }, (_, index) => first + 1 + index);
}

/** "Show (2005) - " → "Show (2005)": the year tells two of one name apart. */
function seriesOf(text: string): string {
  const cut = text.slice(0, firstToken(text) ?? text.length).replace(/^\[[^\]]*\](?=.)/, "")
    .replace(/[[{](?:tvdb|tmdb|imdb)[^\]}]*[\]}]/gi, "");
  return tidy(cut).replace(/(?<=\S)\s+-$/, "");
}

function titleOfRest(rest: string): string {
  return tidy(rest.slice(0, firstToken(rest) ?? rest.length).replaceAll(/\[[^\]]*\]/g, " "));
}
