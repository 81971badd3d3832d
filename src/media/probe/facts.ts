/**
 * What a file is called, and what it is: by its NFO, else by its container, else by its name.
 *
 * @module
 */
import type { ContainerTags, Details, Facts } from "../details.ts";
import { looksPublished } from "../names/markers.ts";
import { sortTitleOf } from "../names/sort_title.ts";
import { squash } from "../names/tidy.ts";
import type { MediaKind } from "../media.ts";

/** @param title What the file is called where nobody knows anything. */
export function factsOf(kind: MediaKind, details: Details, title: string): Facts {
  const { nfo, seriesNfo, tags = {}, name } = details;
  const own = nfo?.kind === "tvshow" ? undefined : nfo;
  const series = own?.showTitle ?? seriesNfo?.title ?? tags.show ?? name?.series;
  const called = own?.title || sensibleTitle(tags, kind, name?.title || title) || name?.title ||
    title;
  const sorted = own?.sortTitle?.toLowerCase() || sortTitleOf(called);
  const merged = {
    title: called,
    // Where it is not said the database makes it, which knows of case in ASCII only.
    "sort_title": sorted === asciiLower(called) ? undefined : sorted,
    "original_title": own?.originalTitle,
    series,
    season: own?.season ?? wholeOf(tags.season) ?? name?.season,
    episode: own?.episode ?? wholeOf(tags.episode) ?? name?.episode,
    year: own?.year ?? yearOf(tags, kind, details) ?? name?.year,
    description: own?.plot ?? tags.description,
  };
  const known = Object.entries(merged).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(known) as unknown as Facts;
}

function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

const MAX_TITLE = 300;
/** What programs write there when nobody tells them better. */
const NO_TITLE =
  /^(untitled|unknown|no title|title|video|movie|track ?\d*|new project.*|sequence ?\d*|(?:encoded|ripped|uploaded) by.*)$/i;

/** A title that a person has given; no publisher's name, address, or name of a file. */
function sensibleTitle(tags: ContainerTags, kind: MediaKind, byName: string): string | undefined {
  const title = tags.title?.replaceAll(/\s+/g, " ").trim() ?? "";
  if (!/\p{L}|\p{N}/u.test(title) || title.length > MAX_TITLE || NO_TITLE.test(title)) {
    return undefined;
  }
  if (kind !== "audio") {
    const isAddress = /(^|\s)(www\.|https?:\/\/)|\.(com|org|net|to|cc)\b/i.test(title);
    const isFile = looksPublished(title) || /\.(mkv|mp4|avi|mov|wmv|mpe?g|ts|webm)$/i.test(title);
    // One word with dots or underscores between its parts is the name of a file, too.
    if (isAddress || isFile || /^\S+[._]\S+[._]\S+$/.test(title)) return undefined;
  }
  // The same words, perhaps without their spaces: then the name has the better spelling.
  return squash(title) === squash(byName) ? byName : title;
}

/** Of a film, the day in its tags is mostly that of its encoding: the name knows better. */
function yearOf(tags: ContainerTags, kind: MediaKind, { name }: Details): number | undefined {
  const year = Number(/^((?:18|19|20)\d{2})(?!\d)/.exec(tags.date ?? "")?.[1] ?? NaN);
  const isTrusted = kind !== "video" || name?.year === undefined;
  return isTrusted && year >= 1880 ? year : undefined;
}

function wholeOf(text: string | undefined): number | undefined {
  const digits = /^\s*(\d{1,5})/.exec(text ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}
