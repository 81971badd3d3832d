/**
 * Text that LIKE is to find as it is: in it "%" and "_" are letters like all others.
 *
 * @module
 */

/** For `LIKE ? ESCAPE '!'`, in SQLite and in PostgreSQL. */
export function likeText(text: string): string {
  return text.replaceAll(/[!%_]/g, "!$&");
}
