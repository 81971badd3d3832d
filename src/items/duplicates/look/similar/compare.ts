/**
 * Compares the fingerprints that are new with all of about their length, and keeps the pairs that are
 * near each other. A film is compared once: what it costs is little beside making its fingerprint.
 *
 * @module
 */
import { fingerprintDistance } from "../../../../media/mod.ts";
import { lastAlike, lengthsAlike } from "../length.ts";
import type { Pace } from "../pace.ts";
import type { Fingerprint, Pair, SimilarStore } from "./store.ts";

/** What is kept of each kind, so that a larger SIMILAR_PERCENT needs no new comparison. */
export const farthest = { video: 0.8, image: 0.4 } as const;
export type FingerprintKind = keyof typeof farthest;

/** New ones that are compared with the same page of others. */
const AT_ONCE = 40;
const PAGE = 200;
/** Comparisons in one step: some 10 ms. */
const STEP = 600;

export async function compareNew(store: SimilarStore, pace: Pace): Promise<void> {
  for (const kind of Object.keys(farthest) as FingerprintKind[]) {
    for (;;) {
      const fresh = await pace(() => store.uncompared(kind, AT_ONCE));
      if (fresh.length === 0) break;
      const lengths = fresh.map((it) => it.durationMs).filter((it) => it !== null);
      const withLength = fresh.filter((it) => it.durationMs !== null);
      const without = fresh.filter((it) => it.durationMs === null);
      if (withLength.length > 0) {
        const range = lengthsAlike(lengths);
        let last = { durationMs: -1, id: "" };
        await comparePages(withLength, { kind, store, pace }, () => {
          const page = store.lasting(kind, range, last, PAGE);
          const { durationMs, id } = page.at(-1) ?? last;
          last = { durationMs: durationMs!, id };
          return page;
        });
      }
      if (without.length > 0) {
        let last = "";
        await comparePages(without, { kind, store, pace }, () => {
          const page = store.withoutLength(kind, last, PAGE);
          last = page.at(-1)?.id ?? last;
          return page;
        });
      }
      await pace(() => store.setCompared(fresh));
    }
  }
}

/** `next` gives the others, page by page, until it gives none. */
async function comparePages(
  some: readonly Fingerprint[],
  { kind, store, pace }: { kind: FingerprintKind; store: SimilarStore; pace: Pace },
  next: () => Fingerprint[],
): Promise<void> {
  const perStep = Math.ceil(STEP / some.length);
  for (let page = await pace(next); page.length > 0; page = await pace(next)) {
    for (let at = 0; at < page.length; at += perStep) {
      const others = page.slice(at, at + perStep);
      await pace(() => store.savePairs(near(some, others, farthest[kind])));
    }
  }
}

function near(some: readonly Fingerprint[], others: readonly Fingerprint[], most: number): Pair[] {
  const pairs: Pair[] = [];
  const ids = new Set(some.map(({ id }) => id));
  for (const one of some) {
    for (const other of others) {
      // Each pair once: two new ones when the second of them has its turn, or here by their ids.
      if (!other.compared && !(ids.has(other.id) && one.id < other.id)) continue;
      const bothLast = one.durationMs !== null && other.durationMs !== null;
      if (bothLast && !lastAlike(one.durationMs!, other.durationMs!)) continue;
      const distance = fingerprintDistance(one.frames, other.frames);
      if (distance <= most) pairs.push({ one: one.id, other: other.id, distance });
    }
  }
  return pairs;
}
