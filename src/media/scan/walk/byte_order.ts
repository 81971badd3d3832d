/**
 * The order of paths by their bytes in UTF-8: the order in which SQLite keeps them, and in which a
 * walk comes by them when it sorts each folder with its sub-folders as "name/".
 *
 * @module
 */

/** Below these, UTF-16 and UTF-8 have the same order. */
const HIGH = /[\ud800-\uffff]/;

/** Negative when `one` comes first. */
export function compareBytes(one: string, other: string): number {
  if (one === other) return 0;
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (a !== b) return rank(a) - rank(b);
  }
  return one.length - other.length;
}

/** Surrogates stand for code points above all others: in UTF-8 they come last. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Sorts names in place, quickly where they are plain. */
export function sortByBytes(names: string[]): string[] {
  return names.some((name) => HIGH.test(name)) ? names.sort(compareBytes) : names.sort();
}

/** The first path that is not below `folder`, which ends with "/": "0" is what follows "/". */
export function behind(folder: string): string {
  return `${folder.slice(0, -1)}0`;
}
