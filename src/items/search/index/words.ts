/**
 * The words that stand in the search index: those of texts, and one for each fact that a filter asks
 * for. Query and index are made of the same functions, so that what was written is found.
 *
 * @module
 */
import { plain } from "../../../base/text/plain.ts";

/**
 * Scripts that are written without spaces: each character is a word of its own in the index, and a
 * piece of such text is asked for as a phrase. So any part of it is found, at a fifth of the size of
 * an index of three-letter pieces.
 */
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}ー々]/gu;

export function isUnspaced(text: string): boolean {
  return text.search(UNSPACED) >= 0;
}

/** The text as the index is given it. */
export function searchable(text: string): string {
  return text.normalize("NFC").replaceAll(/\p{Co}/gu, " ").replaceAll(UNSPACED, " $& ");
}

/** Lower case, no accents, single spaces, nothing but letters and digits: for keys and comparing. */
export function fold(text: string): string {
  if (/^[a-z\d]*$/i.test(text)) return text.toLowerCase();
  return plain(text).replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** What a fact is about, by the letter that its word in the index has. */
const letters = {
  every: "e",
  kind: "k",
  video: "c",
  audio: "a",
  hdr: "h",
  resolution: "q",
  extension: "x",
  tag: "t",
  person: "p",
  role: "r",
  drive: "d",
  volume: "v",
  series: "s",
  season: "n",
  episode: "o",
  language: "l",
  subtitle: "u",
  has: "b",
  custom: "f",
  state: "i",
  fine: "z",
  coarse: "g",
} as const;

export type FactKind = keyof typeof letters;

/** One word of the last column, which no text can have: `factWord("video", "hevc")`. */
export function factWord(kind: FactKind, value: string | number): string {
  const plain = String(value).normalize("NFKD").toLowerCase().replaceAll("+", "plus")
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
  return `\u{E000}${letters[kind]}${plain}`;
}

/** The name of a picture's size: by its width or its height, whichever is nearer to full. */
export function resolutionOf(width: number, height: number): string {
  const [wide, high] = width >= height ? [width, height] : [height, width];
  const found = resolutions.find(({ atLeast: [w, h] }) => wide >= w || high >= h);
  return wide === 0 ? "" : found!.name;
}

/** Largest first. What is cut at the sides or above and below still counts. */
export const resolutions = [
  { name: "8k", atLeast: [6000, 3600] },
  { name: "4k", atLeast: [3200, 1800] },
  { name: "1440p", atLeast: [2400, 1300] },
  { name: "1080p", atLeast: [1800, 1000] },
  { name: "720p", atLeast: [1200, 700] },
  { name: "576p", atLeast: [1000, 560] },
  { name: "480p", atLeast: [640, 400] },
  { name: "sd", atLeast: [0, 0] },
] as const;
