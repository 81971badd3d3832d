/**
 * Pictures that belong to a film and are no item of their own, by Kodi's names of them: the poster
 * beside it, the art of its folder. See kodi.wiki/view/Artwork_types.
 *
 * @module
 */
import { extensionOf, mediaTypes, stemOf } from "../media.ts";

const KINDS =
  "poster|fanart|backdrop|banner|thumb|landscape|clearart|clearlogo|logo|disc|discart|" +
  "keyart|cover";

/** After the name of its film: "Film-poster.jpg", "Film.fanart2.jpg". */
const OF_FILM = new RegExp(String.raw`[-.](?:${KINDS})\d*$`, "i");
/** Of a whole folder: "poster.jpg", "season01-poster.jpg". */
const OF_FOLDER = new RegExp(
  String.raw`^(?:folder|(?:season(?:\d+|-all|-specials)-)?(?:${KINDS})\d*)$`,
  "i",
);

/** The film's name before that of the art; undefined where it is none. */
export function filmOfArt(stem: string): string | undefined {
  return OF_FILM.test(stem) ? stem.replace(OF_FILM, "") : undefined;
}

/** "poster", "folder": of all films beside it. */
export function isFolderArt(stem: string): boolean {
  return OF_FOLDER.test(stem);
}

/** Those of a folder's files that are pictures of the films, songs or episodes in it. */
export function picturesOfFilms(names: readonly string[]): Set<string> {
  const films = new Set<string>();
  const pictures: string[] = [];
  let isSeries = false;
  for (const name of names) {
    const kind = mediaTypes[extensionOf(name)]?.kind;
    if (kind === "image") pictures.push(name);
    else if (kind) films.add(stemOf(name).toLowerCase());
    else if (name.toLowerCase() === "tvshow.nfo") isSeries = true;
  }
  if (films.size === 0 && !isSeries) return new Set();
  return new Set(pictures.filter((name) => {
    const stem = stemOf(name);
    return isFolderArt(stem) || films.has(filmOfArt(stem)?.toLowerCase() ?? "\0");
  }));
}
