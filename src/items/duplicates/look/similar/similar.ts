/**
 * The same film in another encode, the same picture at another size: by what they look like. Episodes
 * of a series look alike by their titles, credits and rooms: those that are numbered as different
 * ones are another only where hardly a bit of what they share tells them apart.
 *
 * @module
 */
import { areOne } from "../../evidence.ts";
import { MAX_MEMBERS } from "../../store.ts";
import type { LookOptions } from "../exact.ts";
import { type EpisodePlace, episodePlace } from "../titles/key.ts";
import { beginLook, reclaimableOf, saveGroup } from "../save.ts";
import { vanishUnfound } from "../vanish.ts";
import { compareNew, farthest, type FingerprintKind } from "./compare.ts";
import { type Star, stars } from "./stars.ts";
import type { NamedPair, Pair, SimilarStore } from "./store.ts";

export interface SimilarOptions extends Omit<LookOptions, "full"> {
  similar: SimilarStore;
  /** Films that are at most so far apart are one: 0 to 0.8. Pictures by half of it. */
  distance: number;
}

/** Two episodes that are no farther apart are one that has got two numbers. */
const ONE_IN_SPITE_OF_NUMBERS = 0.05;

const PAGE = 1000;
const GROUPS_AT_ONCE = 20;

export async function lookSimilar(options: SimilarOptions): Promise<void> {
  const { store, similar, pace, distance, onGroup } = options;
  await compareNew(similar, pace);

  await beginLook({ store, pace });
  const { pairs, places } = await readPairs(options);
  const found = await pace(() => stars(pairs, MAX_MEMBERS, places));
  for (let some: Star[] = []; (some = await pace(() => take(found, GROUPS_AT_ONCE))).length > 0;) {
    for (const star of some) {
      await pace(() => store.transaction(() => saveStar(star, store) && onGroup()));
    }
  }
  await vanishUnfound("similar", { store, pace });
  await pace(() => store.end("similar"));

  async function readPairs({ similar, pace }: SimilarOptions) {
    const most = (kind: FingerprintKind) =>
      Math.min(farthest[kind], kind === "image" ? distance / 2 : distance);
    const pairs: Pair[] = [];
    const places = new Map<string, EpisodePlace>();
    const add = ({ one, other, distance, kind, oneIs, otherIs }: NamedPair) => {
      if (distance > most(kind)) return;
      const [its, others] = [episodePlace(oneIs), episodePlace(otherIs)];
      const isAnother = its && its.within === others?.within && its.place !== others.place;
      if (isAnother && distance > ONE_IN_SPITE_OF_NUMBERS) return;
      if (its) places.set(one, its);
      if (others) places.set(other, others);
      pairs.push({ one, other, distance });
    };
    for (let last = { one: "", other: "" };;) {
      const page = await pace(() => similar.pairs(last, PAGE));
      page.forEach(add);
      if (page.length < PAGE) return { pairs, places };
      last = page.at(-1)!;
    }
  }
}

function saveStar({ members }: Star, store: LookOptions["store"]): boolean {
  const facts = new Map(store.facts(members.map(({ id }) => id)).map((it) => [it.id, it]));
  const left = members.filter(({ id }) => facts.has(id));
  if (left.length < 2) return false;
  const files = left.map(({ id }) => facts.get(id)!);
  // Copies of the same bytes are a group of their own.
  if (areOne(files)) return false;
  return saveGroup(store, {
    kind: "similar",
    key: left[0]!.id,
    members: left,
    reclaimableBytes: reclaimableOf(files),
  });
}

function take<T>(from: Generator<T>, most: number): T[] {
  const some: T[] = [];
  while (some.length < most) {
    const { value, done } = from.next();
    if (done) break;
    some.push(value);
  }
  return some;
}
