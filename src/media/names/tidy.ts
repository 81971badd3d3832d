/**
 * Words out of file names: what stands between them, and whether two spellings are one.
 *
 * @module
 */

/**
 * "Big.Buck_Bunny" → "Big Buck Bunny". Where words are divided by spaces already, dots within them
 * stay: "Mr. Robot", "Vol. 2".
 */
export function tidy(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}_]+/gu, " ");
  const hasSpaces = /[\p{L}\p{N}.,] [\p{L}\p{N}]/u.test(text);
  const words = hasSpaces ? plain.replaceAll(/\.{2,}/g, " ") : dotsToSpaces(plain);
  return words.replaceAll(/[([{]\s*[)\]}]/g, " ").replaceAll(/\s+/g, " ")
    .replace(/^[\s\-–—.,;:+~]+/u, "").replace(/[\s\-–—,;:+~([{]+$/u, "").trim();
}

/** Dots within initials stay: "M.A.S.H", "S.W.A.T." */
function dotsToSpaces(text: string): string {
  return text.replaceAll(
    /(?<!\p{L})(\p{Lu}\.){2,}\p{Lu}?(?!\p{L})/gu,
    (initials) => initials.replaceAll(".", "\0") + " ",
  )
    .replaceAll(/\.+/g, " ").replaceAll("\0", ".");
}

/** Letters and digits only, lower case, without accents: by these two names are compared. */
export function squash(text: string): string {
  return text.normalize("NFKD").toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "");
}
