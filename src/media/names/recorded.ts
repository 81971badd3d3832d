/**
 * The day that a camera, a phone or its owner has written into a file's name.
 *
 * @module
 */

/** Year, month and day together or apart: 20190704, 2019-07-04, 2019.07.04, 2019_07_04. */
const DATE = /(?<!\d)((?:19|20)\d{2})([-._ ]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)/;

/** As ISO 8601; undefined of a day that no calendar has. */
export function recordedOn(stem: string): string | undefined {
  const [, year, , month, day] = DATE.exec(stem) ?? [];
  if (!year) return undefined;
  const text = `${year}-${month}-${day}`;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}
