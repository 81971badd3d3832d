/**
 * Names as they stand in paths: lower case, words joined by dashes.
 *
 * @module
 */

const MAX_LENGTH = 64;

/**
 * "Crème Brûlée!" → "creme-brulee". Letters that ASCII cannot show ("车辆颜色", "Ørsted") are kept as
 * they are, for without them different names would be one; a name without any letter or digit
 * ("???") gets seven letters by chance.
 */
export function slugify(name: string, maxLength = MAX_LENGTH): string {
  const plain = name.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const isAscii = !/[\u0080-\uffff]/.test(plain.replaceAll(/[^\p{L}\p{N}]/gu, ""));
  const text = isAscii ? plain : name.normalize("NFKC").toLowerCase();
  const joined = text.replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, "-");
  const cut = [...trimDashes(joined)].slice(0, maxLength).join("");
  return trimDashes(cut) || randomSlug();
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

/** Seven letters that nobody can guess. */
export function randomSlug(length = 7): string {
  // 234 is the largest multiple of 26 in a byte: without it some letters would come more often.
  const letters: string[] = [];
  while (letters.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < 234 && letters.length < length) letters.push(String.fromCharCode(97 + byte % 26));
    }
  }
  return letters.join("");
}

function trimDashes(text: string): string {
  return text.replaceAll(/^-+|-+$/g, "");
}
