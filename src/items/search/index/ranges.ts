/**
 * Numbers as words: each number has the word of the narrow range that it is in, and of the wide one
 * around that. A filter such as `size>4GB` becomes a few of these words, so that the index finds what
 * may fit, and only that is compared.
 *
 * @module
 */
import { factWord } from "./words.ts";

interface Scale {
  key: string;
  /** The narrow range of a value. */
  fine(value: number): number;
  /** Narrow ranges in a wide one. */
  perCoarse: number;
  /** The last narrow range that there can be. */
  last: number;
}

/** Four narrow ranges each time that the value doubles. */
const byDoubling = (value: number) => Math.floor(4 * Math.log2(value + 1));

/** Earlier years have the word of the first, later ones that of the last: so "after 2015" is a few words. */
export const YEARS = { low: 1880, high: 2099 };

/** The columns of item_facts that have words, and the day of added_at. */
export const scales = {
  year: {
    key: "y",
    fine: (year) => Math.min(Math.max(year, YEARS.low), YEARS.high),
    perCoarse: 10,
    last: 2099,
  },
  duration_ms: { key: "d", fine: byDoubling, perCoarse: 8, last: 127 },
  size_bytes: { key: "s", fine: byDoubling, perCoarse: 8, last: 207 },
  bitrate: { key: "b", fine: byDoubling, perCoarse: 8, last: 159 },
  width: { key: "w", fine: byDoubling, perCoarse: 8, last: 79 },
  height: { key: "h", fine: byDoubling, perCoarse: 8, last: 79 },
  /** Days since 1970. */
  added_day: { key: "a", fine: (day) => day, perCoarse: 32, last: 99_999 },
} satisfies Record<string, Scale>;

export type ScaledColumn = keyof typeof scales;

/** Both words of a known value; none of 0, which stands for what is not known. */
export function wordsOfNumber(column: ScaledColumn, value: number): string[] {
  if (!(value > 0)) return [];
  const { key, fine, perCoarse }: Scale = scales[column];
  const narrow = fine(value);
  return [fineWord(key, narrow), coarseWord(key, Math.floor(narrow / perCoarse))];
}

/** More words than this cost more than they save. */
const MAX_WORDS = 40;

/**
 * Words of which every value from `low` to `high` has at least one; undefined where the range is so
 * wide that no words help.
 */
export function wordsOfRange(
  column: ScaledColumn,
  low: number,
  high: number,
): string[] | undefined {
  const { key, fine, perCoarse, last }: Scale = scales[column];
  const [from, to] = [fine(Math.max(low, 1)), Math.min(fine(Math.min(high, 2 ** 53)), last)];
  const words: string[] = [];
  for (let at = from; at <= to;) {
    if (words.length >= MAX_WORDS) return undefined;
    if (at % perCoarse === 0 && at + perCoarse - 1 <= to) {
      words.push(coarseWord(key, at / perCoarse));
      at += perCoarse;
    } else words.push(fineWord(key, at++));
  }
  return words;
}

function fineWord(key: string, at: number): string {
  return factWord("fine", `${key}${at}`);
}

function coarseWord(key: string, at: number): string {
  return factWord("coarse", `${key}${at}`);
}
