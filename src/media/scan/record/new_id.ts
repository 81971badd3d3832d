/**
 * Ids that grow with time (UUID version 7, RFC 9562): rows that are found together lie together in
 * every index that has them, so that to store a file writes a few pages and not a dozen.
 *
 * @module
 */

let lastMs = 0;
let count = 0;

/** Another one at each call, and greater than the last. */
export function newId(now: number = Date.now()): string {
  // The count takes the 12 bits after the time: over 4095 in one millisecond, and the clock is ahead.
  if (now > lastMs) [lastMs, count] = [now, 0];
  else if (++count > 0xfff) [lastMs, count] = [lastMs + 1, 0];
  const time = lastMs.toString(16).padStart(12, "0");
  const random = crypto.randomUUID().slice(19); // its variant, and 62 bits that nobody can guess
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count.toString(16).padStart(3, "0")}-${random}`;
}
