/**
 * Subtitles that lie beside a film, by their names: "Film.en.forced.srt".
 *
 * @module
 */
import type { Sidecar } from "../details.ts";
import { extensionOf } from "../media.ts";
import { languageNamed } from "../names/languages.ts";

/** Extensions that hold subtitles, lower case with the dot. */
export const subtitleExtensions: ReadonlySet<string> = new Set([
  ".srt",
  ".vtt",
  ".ass",
  ".ssa",
  ".sub",
]);

/** More than any film has; a folder may hold anything. */
const MAX_SIDECARS = 200;

/** Words between the film's name and the extension, beside the language. */
const words = new Map(Object.entries<Partial<Sidecar>>({
  forced: { forced: true },
  foreign: { forced: true },
  sdh: { hearingImpaired: true },
  cc: { hearingImpaired: true },
  hi: { hearingImpaired: true },
  default: { default: true },
}));

/**
 * The subtitles of the film named `stem` among those of its folder, in order of name.
 *
 * @param stem The film's name without its extension.
 * @param names Sorted: a folder may have as many as it has films.
 */
export function subtitlesBeside(stem: string, names: readonly string[]): Sidecar[] {
  const found: Sidecar[] = [];
  for (let at = firstFrom(stem, names); names[at]?.startsWith(stem); at++) {
    const name = names[at]!;
    const middle = name.slice(stem.length, name.lastIndexOf("."));
    // "Film 2.srt" is another film's.
    if (middle !== "" && !/^[._-]/.test(middle)) continue;
    const format = extensionOf(name).slice(1);
    found.push({ name, kind: "subtitle", format, ...describe(middle) });
    if (found.length === MAX_SIDECARS) break;
  }
  return found;
}

/** The place of the first name that does not come before `stem`. */
function firstFrom(stem: string, names: readonly string[]): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names[middle]! < stem) low = middle + 1;
    else high = middle;
  }
  return low;
}

function describe(middle: string): Partial<Sidecar> {
  const found: Partial<Sidecar> = {};
  const titles: string[] = [];
  for (const part of middle.split(".").filter((it) => it !== "")) {
    const word = part.toLowerCase().replace(/^[_-]+/, "");
    // "hi" is Hindi where it stands first and alone, and "hearing impaired" behind a language.
    const isLanguage = found.language === undefined && (languageNamed(word) || isCode(part));
    if (isLanguage) found.language = languageNamed(word) ?? part.replace("_", "-");
    else if (words.get(word)) Object.assign(found, words.get(word));
    else titles.push(part.replace(/^[_-]+/, ""));
  }
  return { ...found, ...titles.length > 0 && { title: titles.join(" ").slice(0, 200) } };
}

/** ISO 639-1 or 639-2, with a country or a script: "en", "ger", "pt-BR", "zh_Hans". */
function isCode(part: string): boolean {
  return /^[a-z]{2,3}([-_]([a-z]{2}|[a-z]{4}|\d{3}))?$/i.test(part) &&
    !["sdh", "cc", "cd1", "cd2", "sub"].includes(part.toLowerCase());
}
