/**
 * How many readers serve a drive best, judged by what it did with more and with fewer of them.
 *
 * @module
 */

/** What the readers of a drive did together, for a while in which all of them read. */
export interface Sample {
  limit: number;
  bytesPerMs: number;
}

/** One sample may be chance. */
const ENOUGH = 2;
/** More readers are worth it when all together read so much more; so chance changes nothing. */
const GROWTH = 1.1;
/** The drive, or what is read from it, is another now: so much slower with the same readers. */
const COLLAPSED = 0.6;

/**
 * The limit to go on with: the fewest readers with which a drive reads as much as it can. One more
 * and one fewer are tried once each, and again when their samples are no more among those given.
 * When the drive becomes slow, the limit is halved and what was known of it forgotten.
 *
 * @param samples The last ones, oldest first, at least one
 */
export function adjust(samples: readonly Sample[]): number {
  const { limit } = samples.at(-1)!;
  const change = lastChange(samples);
  if (change?.isNew && change.isSlower) return Math.max(1, Math.floor(limit / 2));
  const fresh = samples.slice(change?.at ?? 0);
  const run = fresh.length - 1 - fresh.findLastIndex((it) => it.limit !== limit);
  if (run < ENOUGH) return limit;

  const tried = summaries(fresh);
  const best = bestOf([...tried.values()]);
  if (!tried.has(best + 1)) return best + 1;
  if (best > 1 && !tried.has(best - 1)) return best - 1;
  return best;
}

/** More readers only where they read more: where reads only take longer, it falls back. */
function bestOf(tried: Sample[]): number {
  const [fewest, ...others] = tried.sort((one, other) => one.limit - other.limit);
  let best = fewest!;
  for (const next of others) {
    if (next.bytesPerMs >= best.bytesPerMs * GROWTH) best = next;
  }
  return best.limit;
}

/** Limits of which enough is known, each by its last samples. */
function summaries(samples: readonly Sample[]): Map<number, Sample> {
  const all = new Map<number, Sample>();
  for (const limit of new Set(samples.map((it) => it.limit))) {
    const last = samples.filter((it) => it.limit === limit).slice(-ENOUGH);
    if (last.length === ENOUGH) all.set(limit, summary(last));
  }
  return all;
}

interface Change {
  /** The first sample after it. */
  at: number;
  isSlower: boolean;
  /** Nothing has been decided since. */
  isNew: boolean;
}

/** When the same readers last began to read much less, or much more. */
function lastChange(samples: readonly Sample[]): Change | undefined {
  for (let at = samples.length - ENOUGH; at >= ENOUGH; at--) {
    const after = samples.slice(at, at + ENOUGH);
    const { limit } = after[0]!;
    const before = samples.slice(0, at).filter((it) => it.limit === limit).slice(-ENOUGH);
    if (before.length < ENOUGH || after.some((it) => it.limit !== limit)) continue;
    const ratio = summary(after).bytesPerMs / summary(before).bytesPerMs;
    if (ratio > COLLAPSED && ratio < 1 / COLLAPSED) continue;
    return { at, isSlower: ratio <= COLLAPSED, isNew: at === samples.length - ENOUGH };
  }
}

function summary(samples: readonly Sample[]): Sample {
  const mean = (of: (it: Sample) => number) =>
    samples.reduce((sum, it) => sum + of(it), 0) / samples.length;
  return { limit: samples[0]!.limit, bytesPerMs: mean((it) => it.bytesPerMs) };
}
