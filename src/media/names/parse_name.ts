/**
 * What the name of a file, and those of its folders, say of the film in it. What is no published
 * name stays as its owner wrote it.
 *
 * @module
 */
import { kindOf, stemOf, titleOf } from "../media.ts";
import type { ParsedName } from "../details.ts";
import { parseEpisode } from "./episode.ts";
import { bracketedYear, looksPublished } from "./markers.ts";
import { recordedOn } from "./recorded.ts";
import { type ParseFilename, parseRelease } from "./release.ts";
import { squash, tidy } from "./tidy.ts";

export type ParseName = (relativePath: string) => ParsedName;

/** The library is read once per thread; each name takes it some 120 µs, so runs in a worker. */
export function openNameParser(): Promise<ParseName> {
  return opened ??= import("@ctrl/video-filename-parser")
    .then(({ filenameParse }) => (path) => parseName(path, filenameParse));
}

let opened: Promise<ParseName> | undefined;

/** Longer ones are no names; a regular expression might take its time over them. */
const MAX_LETTERS = 300;

function parseName(relativePath: string, parse: ParseFilename): ParsedName {
  const folders = relativePath.split("/");
  const file = folders.pop()!;
  const stem = stemOf(file);
  const plain = { title: tidy(stem) || titleOf(relativePath), ...day(stem) };
  if (kindOf(file) !== "video" || stem.length > MAX_LETTERS) return plain;
  const near = folders.slice(-2).map((it) => it.slice(0, MAX_LETTERS));

  const episode = parseEpisode(stem, near);
  if (episode) {
    const { series, season, episodes, title } = episode;
    const code = `S${two(season ?? 1)}E${episodes.map(two).join("-E")}`;
    const year = bracketedYear(series ?? "");
    return {
      title: title || (series ? `${series} ${code}` : plain.title),
      ...series && { series },
      ...season !== undefined && { season },
      episode: episodes[0]!,
      ...episodes.length > 1 && { episodes },
      ...year && { year },
      release: true,
    };
  }
  return film(stem, near.at(-1) ?? "", parse) ?? plain;
}

function film(stem: string, folder: string, parse: ParseFilename): ParsedName | undefined {
  const own = looksPublished(stem) ? parseRelease(stem, parse) : undefined;
  if (own?.year) return { ...own, release: true };
  // "Film (1999)/film.mkv", "Film (1999)/flm-1080p.mkv": then the folder knows it.
  const year = bracketedYear(folder);
  const inFolder = year && parseRelease(folder, parse);
  if (inFolder && (own || isPartOf(stem, inFolder.title))) return { ...inFolder, release: true };
  return own && { ...own, release: true };
}

const GENERIC = /^(movie|film|video|feature|main|title\d*|vts\d+|cd\d|disc\d|part\d)$/;

function isPartOf(stem: string, title: string): boolean {
  const name = squash(stem);
  return GENERIC.test(name) || name === squash(title);
}

/** Its day, and the year: of a film that somebody has recorded himself. */
function day(stem: string): { date?: string; year?: number } {
  const date = recordedOn(stem);
  if (date) return { date, year: Number(date.slice(0, 4)) };
  const year = /(?:^|[\s_-])((?:19|20)\d{2})$/.exec(stem)?.[1];
  return year && !/^\d+$/.test(stem) ? { year: Number(year) } : {};
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
