/**
 * Under what a title is sorted.
 *
 * @module
 */

/** Lower case, without a leading article: "The Heat" stands at "heat". */
export function sortTitleOf(title: string): string {
  return title.replace(/^(the|an|a)\s+(?=\S)/i, "").toLowerCase();
}
