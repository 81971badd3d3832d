/**
 * Names as they stand in paths: lower case, words joined by dashes.
 *
 * @module
 */
import { plain } from "../../base/text/plain.ts";

const MAX_LENGTH = 64;

/**
 * "Crème Brûlée!" → "creme-brulee". Letters that ASCII cannot show ("车辆颜色", "Ørsted") are kept as
 * they are, for without them different names would be one; a name without any letter or digit
 * ("???") gets seven letters, the same each time.
 */
export function slugify(name: string, maxLength = MAX_LENGTH): string {
  const bare = plain(name);
  const isAscii = !/[\u0080-\uffff]/.test(bare.replaceAll(/[^\p{L}\p{N}]/gu, ""));
  const text = isAscii ? bare : name.normalize("NFKC").toLowerCase();
  const joined = text.replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, "-");
  const cut = [...trimDashes(joined)].slice(0, maxLength).join("");
  return trimDashes(cut) || lettersOf(name.normalize("NFKC").trim());
}

/** "Genre / Film Noir" → "genre/film-noir": each part by itself, empty ones left out. */
export function slugifyPath(path: string): string {
  return pathParts(path).map((part) => slugify(part)).join("/");
}

/** Whether a text is a path as those of tags are stored: what slugifyPath() leaves as it is. */
export function isTagPath(text: string): boolean {
  return PATH.test(text) && text === text.toLowerCase();
}

const PATH = /^[\p{L}\p{N}\p{M}-]+(\/[\p{L}\p{N}\p{M}-]+)*$/u;

/** The names in a path, without spaces around them. */
export function pathParts(path: string): string[] {
  return path.split("/").map((part) => part.trim()).filter(Boolean);
}

/** Seven letters for any text: FNV-1a of its code units, in base 26. */
function lettersOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  let letters = "";
  for (; letters.length < 7; hash = Math.floor(hash / 26)) {
    letters += String.fromCharCode(97 + hash % 26);
  }
  return letters;
}

function trimDashes(text: string): string {
  return text.replaceAll(/^-+|-+$/g, "");
}
