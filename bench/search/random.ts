/**
 * Numbers that look random and are the same each time; and words of which some are common and most
 * are rare, as in real titles.
 *
 * @module
 */

export type Random = () => number;

/** 0 to 1, without 1 (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Picks the n-th of `size` with a chance of about 1/n (Zipf). */
export function zipf(random: Random, size: number): number {
  return Math.min(size - 1, Math.floor(size ** random()) - 1 + (random() < 0.5 ? 0 : 1));
}

export function pick<T>(random: Random, weighted: readonly (readonly [T, number])[]): T {
  let left = random() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of weighted) {
    left -= weight;
    if (left < 0) return value;
  }
  return weighted.at(-1)![0];
}

const common =
  "the of a and in to night man love day last house time dead black life girl world city king blood dark white red game secret lost home wild heart story dream fire woman road war great big blue river star death island boy new little one train summer winter street"
    .split(" ");

const [starts, middles, ends] = [
  "b br c ch d dr f fl g gr h j k kr l m n p pr qu r s sh st t th tr v w y z".split(" "),
  "a e i o u ai ea ou ar er in on al en or".split(" "),
  "ck d ff g ll m nd ng nt p r rk rn s sk ss st t th x ver man ton ley den ter ling".split(" "),
];

/** The n-th of 60,000 words: a few are English and common, the others could be. */
export function word(n: number): string {
  const known = common[n];
  if (known) return known;
  const random = seeded(n * 7919);
  const one = (list: string[]) => list[Math.floor(random() * list.length)]!;
  return one(starts!) + one(middles!) + one(ends!) +
    (random() < 0.6 ? one(middles!) + one(ends!) : "");
}

export const WORDS = 60_000;
