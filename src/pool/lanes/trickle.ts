/**
 * What background work may read from a drive while a film plays from it: a little, in the pauses
 * between the film's own reads; and on a drive without a head, less than that at any time.
 *
 * The model of the pauses. A read elsewhere costs the way there, its bytes, and the way back (the film reads
 * ahead as soon as the head is free, so that the way back lies in the pause as well):
 *
 *     busyMs = seekMs + bytes / bytesPerMs + seekMs
 *
 * The film's next read comes `restMs` from now. It is held up by busyMs - restMs if that is more
 * than nothing, and this must never be more than 5 ms. When the next read comes is judged by the
 * last pauses: it comes no sooner than the shortest of those that lasted as long as this one has
 * lasted already. So reads that come back to back leave no room at all; and those that come in
 * bursts leave it once the burst is over.
 *
 * The model without a head. Nothing moves, so that there is no way back, and a read may be under way
 * beside the film's. At worst the drive serves it first, whole:
 *
 *     busyMs = seekMs + bytes / bytesPerMs
 *
 * Each read of the film meets one such read at most, which is held to 3 ms. After it the drive is
 * left alone for four times as long as it took, so that it takes a fifth of the drive's time.
 *
 * @module
 */

/** How a drive reads. */
export interface Speed {
  bytesPerMs: number;
  /** To begin elsewhere. */
  seekMs: number;
}

export const MAX_ADDED_MS = 5;

/** The most that a read beside the film's takes: there is room for one that takes longer once. */
const MOST_BESIDE_MS = 3;
/** Nor more than this, should what was measured be the page cache: 2.6 ms at 100 MB/s. */
const MOST_BESIDE_BYTES = 256 * 1024;
/** The drive rests so many times as long. */
const REST = 4;

/** Less than this is not worth two seeks. */
const LEAST_BYTES = 16 * 1024;
/** Reads closer together than this are back to back, however quick the drive. */
const BACK_TO_BACK_MS = 2;
/** Pauses that must have been seen before one is judged. */
const LEAST_PAUSES = 4;

/** By how much a read of `bytes` that begins now holds up the film's read that is due in `restMs`. */
export function addedMs({ bytesPerMs, seekMs }: Speed, bytes: number, restMs: number): number {
  return bytes === 0 ? 0 : Math.max(0, 2 * seekMs + bytes / bytesPerMs - restMs);
}

/** The most bytes, up to `atMost`, that hold up nobody for more than MAX_ADDED_MS; 0 for none. */
export function trickleBytes(speed: Speed, restMs: number, atMost: number): number {
  if (restMs < BACK_TO_BACK_MS) return 0;
  const readMs = restMs + MAX_ADDED_MS - 2 * speed.seekMs;
  const bytes = Math.min(Math.floor(readMs * speed.bytesPerMs), atMost);
  return bytes < LEAST_BYTES ? 0 : bytes;
}

/** By how much a read of `bytes` beside a film's holds that up, on a drive without a head. */
export function addedBesideMs({ bytesPerMs, seekMs }: Speed, bytes: number): number {
  return bytes === 0 ? 0 : seekMs + bytes / bytesPerMs;
}

/**
 * What may be read beside the reads of films on a drive without a head, whenever they come;
 * undefined where the drive is too slow for that.
 *
 * @param tookMs How long the last such read took; 0 for none
 * @param sinceMs How long ago that was over
 */
export function besideTrickle(
  speed: Speed,
  tookMs: number,
  sinceMs: number,
): Trickle | undefined {
  const readMs = MOST_BESIDE_MS - speed.seekMs;
  const bytes = Math.min(Math.floor(readMs * speed.bytesPerMs), MOST_BESIDE_BYTES);
  if (bytes < LEAST_BYTES) return undefined;
  return { inMs: Math.max(0, REST * tookMs - sinceMs), bytes };
}

export interface Trickle {
  /** From now; 0 = now. */
  inMs: number;
  bytes: number;
}

/**
 * When in this pause something may be read, and how much; undefined for not at all.
 *
 * @param pauses The last pauses between reads of films, in milliseconds
 * @param lastedMs How long this one has lasted
 */
export function nextTrickle(
  pauses: readonly number[],
  lastedMs: number,
  speed: Speed,
  atMost: number,
): Trickle | undefined {
  if (pauses.length < LEAST_PAUSES) return undefined;
  const longer = pauses.filter((pause) => pause >= lastedMs).sort((one, other) => one - other);
  let begin = lastedMs;
  for (const pause of longer) {
    const bytes = trickleBytes(speed, pause - begin, atMost);
    if (bytes > 0) return { inMs: begin - lastedMs, bytes };
    // When this one is over and no read has come, it is one of the longer ones.
    begin = Math.max(begin, pause + JUST_AFTER_MS);
  }
  return undefined;
}

const JUST_AFTER_MS = 0.5;
