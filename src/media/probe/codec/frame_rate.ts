/**
 * How many pictures a second a film has, and whether they are evenly spread, by how long some of
 * them stand.
 *
 * @module
 */
import type { Track } from "../../media.ts";

/** So many pictures in a row, each standing for `ticks`. */
export interface Run {
  count: number;
  ticks: number;
}

/**
 * @param runs In order; what stands for no time is left out.
 * @param ticksPerSecond The track's time scale.
 */
export function frameRateOf(
  runs: readonly Run[],
  ticksPerSecond: number,
): Pick<Track, "frameRate" | "variableFrameRate"> {
  const timed = runs.filter(({ count, ticks }) => count > 0 && ticks > 0);
  if (timed.length === 0) return {};
  // The last picture stands as long as anybody likes; and times are rounded to whole ticks.
  const common = mostCommon(timed);
  const slack = Math.max(1.5, common * 0.05);
  const even = timed.filter(({ ticks }) => Math.abs(ticks - common) <= slack);
  const [all, alike] = [sumOf(timed), sumOf(even)];
  const odd = all.pictures - alike.pictures - (even.includes(timed.at(-1)!) ? 0 : 1);
  // One that is late does not make a film uneven.
  const isVariable = odd > 1 && odd >= all.pictures * 0.01;
  const { pictures, ticks } = isVariable ? all : alike;
  const rate = pictures / ticks * ticksPerSecond;
  if (!(rate > 0.001 && rate < 10_000)) return {};
  return {
    frameRate: Math.round(rate * 1000) / 1000,
    ...isVariable && { variableFrameRate: true },
  };
}

function sumOf(runs: readonly Run[]): { pictures: number; ticks: number } {
  return {
    pictures: runs.reduce((sum, { count }) => sum + count, 0),
    ticks: runs.reduce((sum, { count, ticks }) => sum + count * ticks, 0),
  };
}

function mostCommon(runs: readonly Run[]): number {
  const pictures = new Map<number, number>();
  for (const { count, ticks } of runs) pictures.set(ticks, (pictures.get(ticks) ?? 0) + count);
  return [...pictures].reduce((most, it) => it[1] > most[1] ? it : most)[0];
}
