/**
 * Tables that tools print for people: a header, and values below it, to the left or to the right,
 * some of them empty and some of several words.
 *
 * @module
 */

export interface Column {
  name: string;
  /** Of the header's word, in characters. */
  start: number;
  end: number;
}

/** The columns of a header line. */
export function columnsOf(header: string): Column[] {
  return [...header.matchAll(/\S+/g)].map(({ 0: name, index }) => ({
    name,
    start: index,
    end: index + name.length,
  }));
}

/**
 * The values of a line. A word that stands beneath a header is that column's, wherever it is set;
 * one that does not goes on with the column to its left, unless only the next one's is near.
 */
export function valuesAt(line: string, columns: Column[]): Record<string, string> {
  const spans = new Map<string, [start: number, end: number]>();
  for (const { 0: text, index } of line.matchAll(/\S+/g)) {
    const end = index + text.length;
    const column = columns.find((one) => one.start < end && one.end > index) ??
      columns.findLast((one) => one.start <= index);
    if (!column) continue;
    const span = spans.get(column.name);
    spans.set(column.name, [span?.[0] ?? index, end]);
  }
  return Object.fromEntries(
    [...spans].map(([name, [start, end]]) => [name, line.slice(start, end)]),
  );
}
