/**
 * What is wrong with the content of a file, in words for its owner: whatever a library throws over
 * one says nothing to him.
 *
 * @module
 */

/** Its message is stored with the file. */
export class DamagedError extends Error {
  override readonly name: string = "DamagedError";
}

/** In words, of whatever was thrown over the content. */
export function problemOf(error: unknown): string {
  if (error instanceof DamagedError) return error.message;
  if (error instanceof RangeError) return "a number in it points outside of it";
  return "it makes no sense";
}
