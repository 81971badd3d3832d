/**
 * Which files belong to a film by their names: "Film.en.srt", "Film.nfo", "Film-poster.jpg".
 *
 * @module
 */
import { extensionOf, filmOfArt, isFolderArt, stemOf } from "../../../media/mod.ts";

const TEXTS = [".srt", ".vtt", ".ass", ".ssa", ".sub", ".idx", ".sup", ".smi", ".nfo", ".vtx"];
const PICTURES = [".jpg", ".jpeg", ".png", ".webp", ".avif", ".tbn"];

/** Whether a file of this name may belong to some film. */
export function isSidecar(name: string): boolean {
  return [...TEXTS, ...PICTURES].includes(extensionOf(name));
}

/** Films by what a sidecar's name begins with, as it is spelt and in small letters. */
export function byStem(films: readonly string[]): Map<string, string> {
  const found = new Map(films.map((name) => [stemOf(name), name]));
  for (const name of films) {
    const key = keyOf(stemOf(name));
    if (!found.has(key)) found.set(key, name);
  }
  return found;
}

/**
 * The film that the file belongs to. The longest name takes it: "Film.2.srt" belongs to
 * "Film.2.mkv" rather than to "Film.mkv"; of names that differ in case alone, the one that is
 * spelt like it.
 */
export function ownerOf(name: string, films: ReadonlyMap<string, string>): string | undefined {
  if (!isSidecar(name)) return undefined;
  const stem = stemOf(name);
  const stems = [stem];
  if (PICTURES.includes(extensionOf(name))) {
    stems.push(filmOfArt(stem) ?? stem);
    // "poster.jpg" is of the only film there.
    const [only, ...others] = new Set(films.values());
    if (isFolderArt(stem) && others.length === 0) return only;
  } else {
    // "Film.en.forced.srt": what follows a point is a language or a remark.
    for (let at = stem.lastIndexOf("."); at > 0; at = stem.lastIndexOf(".", at - 1)) {
      stems.push(stem.slice(0, at));
    }
  }
  return stems.map((it) => films.get(it) ?? films.get(keyOf(it))).find((it) => it !== undefined);
}

/** What follows the film's stem in its sidecar's name: ".en.srt", "-poster.jpg". */
export function suffixOf(name: string, film: string): string {
  const stem = stemOf(film);
  if (keyOf(name).startsWith(keyOf(stem))) return name.slice(stem.length);
  // A picture of the folder: there it may come to lie beside other films.
  return `-${name.replace(/^(folder|cover)(?=\.[^.]+$)/i, "poster")}`;
}

function keyOf(stem: string): string {
  return stem.toLowerCase();
}
