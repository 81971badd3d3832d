/**
 * What an item is called where nothing stands beside its title: an episode by its series first.
 *
 * @module
 */

export interface Labelled {
  title: string;
  series: string | null;
  season: number | null;
  episode: number | null;
}

/** "Heat"; "The Wire S01E02 The Detail"; an episode without a title is called by its number. */
export function labelOf({ title, series, season, episode }: Labelled): string {
  if (series === null || episode === null) return title;
  const two = (value: number) => String(value).padStart(2, "0");
  const number = `${series} S${two(season ?? 1)}E${two(episode)}`;
  return title.startsWith(number) ? title : `${number} ${title}`;
}
