/**
 * Text without capitals and accents: so texts are compared and looked for, in the library and in the
 * catalogue over all peers alike.
 *
 * @module
 */

const ASCII = /^[\0-\x7f]*$/;

/** "Amélie Č." → "amelie c."; signs and spaces stay. A letter that has no other form stays, too: "ø". */
export function plain(text: string): string {
  // There are millions of them, and most are like this.
  if (ASCII.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
