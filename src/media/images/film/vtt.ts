/**
 * The seek bar's pictures as WebVTT: each cue is a span of time, and the part of a sheet that shows
 * it (`#xywh=`, Media Fragments 1.0). JW Player's way, which most players understand.
 *
 * @module
 */
import type { Plan } from "./plan.ts";

/**
 * @param timesS of each tile; a tile is shown from its own time to the next one's
 * @param sheetUrl of the sheet with that number, counted from 0
 */
export function toVtt(
  timesS: readonly number[],
  { durationS, tile, columns, rows }: Pick<Plan, "durationS" | "tile" | "columns" | "rows">,
  sheetUrl: (sheet: number) => string,
): string {
  const perSheet = columns * rows;
  const cues = timesS.map((timeS, index) => {
    const startS = index === 0 ? 0 : timeS;
    const endS = timesS[index + 1] ?? Math.max(durationS, timeS + 1);
    const place = index % perSheet;
    const [x, y] = [place % columns * tile.width, Math.floor(place / columns) * tile.height];
    const url = `${
      sheetUrl(Math.floor(index / perSheet))
    }#xywh=${x},${y},${tile.width},${tile.height}`;
    return `${clock(startS)} --> ${clock(endS)}\n${url}\n`;
  });
  return ["WEBVTT\n", ...cues].join("\n");
}

/** 3725.5 → "01:02:05.500" */
function clock(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const rest = String(ms % 1000).padStart(3, "0");
  return `${two(ms / 3_600_000)}:${two(ms / 60_000 % 60)}:${two(ms / 1000 % 60)}.${rest}`;
}
