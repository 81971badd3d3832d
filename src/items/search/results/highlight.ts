/**
 * Where the searched words stand in the texts of an item: a piece of each text, and the places in it.
 * Places instead of marked-up text, so that nobody has to trust it as HTML.
 *
 * @module
 */
import { fold, isUnspaced } from "../index/words.ts";

export interface Highlight {
  field: string;
  /** The text, or a piece of it around the first place. */
  text: string;
  /** [from, to) in letters of `text` (UTF-16). */
  ranges: [number, number][];
}

const PIECE = 160;
const BEFORE = 40;
const MAX_TEXT = 20_000;
const MAX_RANGES = 20;

/** @param words Folded; undefined where none of them is in the text. */
export function highlight(
  field: string,
  text: string,
  words: readonly string[],
): Highlight | undefined {
  const places = placesIn(text.slice(0, MAX_TEXT), words);
  const [first] = places;
  if (!first) return undefined;
  const begin = text.length <= PIECE ? 0 : Math.max(0, first[0] - BEFORE);
  const from = begin === 0 ? 0 : text.indexOf(" ", begin) + 1 || begin;
  const start = Math.min(from, first[0]);
  const piece = text.slice(start, start + PIECE);
  return {
    field,
    text: piece,
    ranges: places.map(([at, to]): [number, number] => [at - start, to - start])
      .filter(([at, to]) => at >= 0 && to <= piece.length),
  };
}

/** Words that begin with one of ours; in scripts without spaces, the very characters. */
function placesIn(text: string, words: readonly string[]): [number, number][] {
  const places: [number, number][] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu)) {
    const folded = fold(match[0]);
    for (const word of words) {
      const at = isUnspaced(word) ? folded.indexOf(word) : folded.startsWith(word) ? 0 : -1;
      if (at < 0) continue;
      const isSame = folded.length === match[0].length;
      const from = match.index + (isSame ? at : 0);
      places.push([from, isSame ? from + word.length : match.index + match[0].length]);
      break;
    }
    if (places.length >= MAX_RANGES) break;
  }
  return places;
}
