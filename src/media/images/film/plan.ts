/**
 * What is made of a film, in numbers: pure, before anything runs.
 *
 * @module
 */
import type { FilmStream } from "./look.ts";

export interface Size {
  width: number;
  height: number;
}

export interface Plan {
  streamIndex: number;
  isHdr: boolean;
  durationS: number;
  /** Whether each picture is decoded: of a short film, or one with hardly a key frame. */
  isWhole: boolean;
  tile: Size;
  /** Seconds between two tiles at least. */
  intervalS: number;
  columns: number;
  rows: number;
  shot: Size;
  shots: number;
  /** The first screenshot, and the seconds from each to the next. */
  firstShotS: number;
  shotStepS: number;
  /** Seconds at least between two pictures that are looked at for the fingerprint. */
  spacingS: number;
}

/** A tile fits into a square of this many pixels. */
const TILE_SIDE = 160;
/** A page of a player holds no more tiles than this. */
export const MAX_TILES = 300;
const SHEET_SIDE = 10;
/** The longer side of a screenshot. */
const SHOT_SIDE = 1280;
/** As many as one request may ask for, so one run serves all requests. */
export const MAX_SHOTS = 10;
/** Titles and credits are nobody's idea of a film. */
const EDGE = 0.05;
/** Pictures that a fingerprint is made of: 3 MB of grey pixels. */
const MAX_FRAMES = 3000;
/** Of what is shorter, each picture is decoded: key frames would be too few. */
const SHORT_S = 60;
/** With fewer key frames than this, they are no picture of the film. */
export const FEW_FRAMES = 24;

const INTERVALS_S = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1200, 3600];

/** @param film what is shown; a still picture has no duration */
export function planOf(film: FilmStream, durationS = 0, isWhole = durationS <= SHORT_S): Plan {
  const intervalS = INTERVALS_S.find((it) => durationS / it <= MAX_TILES) ?? durationS / MAX_TILES;
  const tiles = Math.max(1, Math.ceil(durationS / intervalS));
  const columns = Math.min(tiles, SHEET_SIDE);
  return {
    streamIndex: film.index,
    isHdr: film.isHdr,
    durationS,
    isWhole,
    tile: within(film, TILE_SIDE),
    intervalS,
    columns,
    rows: Math.min(SHEET_SIDE, Math.ceil(tiles / columns)),
    shot: within(film, SHOT_SIDE),
    shots: durationS > 0 ? MAX_SHOTS : 1,
    firstShotS: durationS * EDGE,
    shotStepS: durationS * (1 - 2 * EDGE) / (MAX_SHOTS - 1),
    spacingS: durationS / MAX_FRAMES,
  };
}

/** The size in which a picture fits into a square: even, and never larger than it is. */
export function within({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  const even = (length: number) => Math.max(2, Math.round(length * scale / 2) * 2);
  return { width: even(width), height: even(height) };
}

/**
 * Which of the screenshots at `timesS` stand for `count` spread over the film, each once: the one
 * in the middle where it is one, else both ends and evenly between. Their places in `timesS`.
 */
export function spread(timesS: readonly number[], count: number, durationS: number): number[] {
  const wanted = count === 1
    ? [durationS / 2]
    : Array.from({ length: count }, (_, at) =>
      durationS * (EDGE + at * (1 - 2 * EDGE) / (count - 1)));
  const left = new Set(timesS.keys());
  const taken = wanted.flatMap((timeS) => {
    const [nearest] = [...left].toSorted((one, other) =>
      Math.abs(timesS[one]! - timeS) - Math.abs(timesS[other]! - timeS)
    );
    if (nearest === undefined) return [];
    left.delete(nearest);
    return [nearest];
  });
  return taken.toSorted((one, other) => one - other);
}
