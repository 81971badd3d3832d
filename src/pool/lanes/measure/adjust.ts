/**
 * How many readers serve a drive best, judged by what it did with more and with fewer of them.
 *
 * @module
 */

/** What the readers of a drive did together, for a while in which all of them read. */
export interface Sample {
  limit: number;
  bytesPerMs: number;
  /** One read, on average. */
  latencyMs: number;
}

/** One sample may be chance. */
const ENOUGH = 2;
/** One reader more is worth it when all together read so much more. */
const GROWTH = 1.1;
/** Between this and GROWTH nothing is changed, so that chance does not drive it to and fro. */
const NO_GROWTH = 1.05;
/** A read that takes so much longer with one reader more was waiting, not reading. */
const SLOWER = 1.1;
/** The drive is another now: slower by this, with the same readers. */
const COLLAPSED = 0.6;

/**
 * The limit to go on with. It climbs by one while the throughput grows with it, falls back where
 * reads only take longer, stays where it was tried and found best, and is halved when the drive
 * becomes slow. What was tried is tried again once its samples are no more among those given.
 *
 * @param samples The last ones, oldest first, at least one
 */
export function adjust(samples: readonly Sample[]): number {
  const { limit } = samples.at(-1)!;
  const here = lastOf(samples, limit);
  if (here.length < ENOUGH) return limit;
  const fresh = sinceCollapse(samples, limit);
  if (fresh === "just now") return Math.max(1, Math.floor(limit / 2));

  const now = summary(here.slice(-ENOUGH));
  const below = tried(fresh, (it) => it < limit, Math.max);
  if (below && below.bytesPerMs * NO_GROWTH > now.bytesPerMs) {
    // No more bytes. If each read takes longer besides, the reader more only stands in the way.
    return now.latencyMs > below.latencyMs * SLOWER ? below.limit : limit;
  }
  if (below && below.bytesPerMs * GROWTH > now.bytesPerMs) return limit;
  const above = tried(fresh, (it) => it > limit, Math.min);
  if (above && above.bytesPerMs < now.bytesPerMs * GROWTH) return limit;
  return above?.limit ?? limit + 1;
}

/** The samples of the last run of `limit`, without a break. */
function lastOf(samples: readonly Sample[], limit: number): Sample[] {
  const other = samples.findLastIndex((it) => it.limit !== limit);
  return samples.slice(other + 1);
}

/**
 * The samples that speak of the drive as it is now: those after its last collapse with one and the
 * same limit.
 */
function sinceCollapse(samples: readonly Sample[], limit: number): readonly Sample[] | "just now" {
  for (let at = samples.length - ENOUGH; at >= ENOUGH; at--) {
    const after = samples.slice(at, at + ENOUGH);
    const of = after[0]!.limit;
    const before = samples.slice(0, at).filter((it) => it.limit === of).slice(-ENOUGH);
    if (before.length < ENOUGH || after.some((it) => it.limit !== of)) continue;
    const [then, now] = [summary(before), summary(after)];
    const isSlower = now.bytesPerMs < then.bytesPerMs * COLLAPSED;
    if (!isSlower || now.latencyMs * COLLAPSED < then.latencyMs) continue;
    return at === samples.length - ENOUGH && of === limit ? "just now" : samples.slice(at);
  }
  return samples;
}

interface Summary {
  limit: number;
  bytesPerMs: number;
  latencyMs: number;
}

/** The nearest limit on one side that has been tried, by its last samples. */
function tried(
  samples: readonly Sample[],
  side: (limit: number) => boolean,
  nearest: (...limits: number[]) => number,
): Summary | undefined {
  const limits = samples.map((it) => it.limit).filter(side);
  if (limits.length === 0) return undefined;
  const limit = nearest(...limits);
  const found = samples.filter((it) => it.limit === limit).slice(-ENOUGH);
  return found.length < ENOUGH ? undefined : summary(found);
}

function summary(samples: readonly Sample[]): Summary {
  const mean = (of: (it: Sample) => number) =>
    samples.reduce((sum, it) => sum + of(it), 0) / samples.length;
  return {
    limit: samples[0]!.limit,
    bytesPerMs: mean((it) => it.bytesPerMs),
    latencyMs: mean((it) => it.latencyMs),
  };
}
