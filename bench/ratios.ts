/**
 * What two contestants' times say: their ratio, round by round, and its median; and figures of our
 * own beside their goals.
 *
 * @module
 */
import { say } from "../scripts/run.ts";

/** How many times faster than `theirs` we were, round by round: theirs[i] ran beside ours[i]. */
export function tellRatio(
  name: string,
  { ours, theirs, atLeast }: { ours: number[]; theirs: number[]; atLeast?: number },
): void {
  const ratios = ours.map((seconds, round) => theirs[round]! / seconds);
  tell(name, ratios, (ratio) => atLeast === undefined || ratio >= atLeast, {
    unit: "times as fast",
    goal: atLeast === undefined ? "" : `at least ${atLeast}`,
  });
}

/** How many times as long as `theirs` ours took. */
export function tellCost(
  name: string,
  { ours, theirs, atMost }: { ours: number[]; theirs: number[]; atMost: number },
): void {
  const ratios = ours.map((seconds, round) => seconds / theirs[round]!);
  tell(name, ratios, (ratio) => ratio <= atMost, {
    unit: "times as long",
    goal: `at most ${atMost}`,
  });
}

/** Which part of what is possible at all we reached; both as seconds for the same work. */
export function tellShare(
  name: string,
  { ours, limits, atLeast }: { ours: number[]; limits: number[]; atLeast: number },
): void {
  const ratios = ours.map((seconds, round) => limits[round]! / seconds);
  tell(name, ratios, (ratio) => ratio >= atLeast, {
    unit: "of the limit",
    goal: `at least ${atLeast}`,
  });
}

/** A figure of ours alone, round by round. */
export function tellMost(
  name: string,
  figures: number[],
  { unit, atMost }: { unit: string; atMost: number },
): void {
  tell(name, figures, (figure) => figure <= atMost, { unit, goal: `at most ${atMost}` });
}

export function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function tell(
  name: string,
  ratios: number[],
  reached: (ratio: number) => boolean,
  { unit, goal }: { unit: string; goal: string },
): void {
  const ratio = median(ratios);
  const ends = [Math.min(...ratios), Math.max(...ratios)].map((it) => it.toFixed(2));
  const range = ratios.length > 1 ? ` (${ends.join(" to ")})` : "";
  const verdict = goal && (reached(ratio) ? `, goal ${goal}: reached` : `, goal ${goal}: MISSED`);
  say(`  ${name.padEnd(58)} ${ratio.toFixed(2)} ${unit}${range}${verdict}`);
}
