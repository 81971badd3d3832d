/**
 * What an ffmpeg run says of the pictures that it has taken, one after the other:
 *
 *     frame:0    pts:23      pts_time:0.023
 *     shot=1
 *
 * @module
 */

export interface Taken {
  /** Seconds from the beginning of the film, in the order of time. */
  frame: number[];
  tile: number[];
  shot: number[];
}

/** @param said what the run printed; times are in milliseconds, as the graph sets them */
export function parseTaken(said: string): Taken {
  const taken: Taken = { frame: [], tile: [], shot: [] };
  const lines = said.matchAll(/pts:(-?\d+)\s+pts_time:\S+\r?\n(frame|tile|shot)=1/g);
  for (const [, pts, kind] of lines) {
    taken[kind as keyof Taken].push(Math.max(0, Number(pts)) / 1000);
  }
  return taken;
}
