/**
 * How many there are, in words: one is not several.
 *
 * @module
 */

/**
 * "1 file", "2 files"; with what agrees with the number: `counted(n, "file was", "files were")`.
 *
 * @param many Unless given, `one` and an s.
 */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
