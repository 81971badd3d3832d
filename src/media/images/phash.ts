/**
 * A perceptual hash: 64 bits that say what a picture looks like, whatever its size and codec.
 *
 * The picture comes as 32 × 32 grey pixels. Of its cosine transform (DCT-II) the 64 lowest
 * frequencies but the mean are taken, in JPEG's zigzag order; a bit is set where one is above their
 * median. Small pictures differ in few bits when they look alike, and in about half when they do
 * not (Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010).
 *
 * @module
 */

/** Pixels on a side of the picture that is hashed. */
export const SIDE = 32;

export const PICTURE_BYTES = SIDE * SIDE;

/** Of a picture without anything on it, black for example: it is like every other such picture. */
export const BLANK = 0n;

/** Below this variance of its grey values a picture is blank: noise alone would decide each bit. */
const BLANK_VARIANCE = 6;

/** The variance of the grey values: 0 of a blank picture, some thousands of a rich one. */
export function varianceOf(gray: Uint8Array): number {
  let [sum, squares] = [0, 0];
  for (const value of gray) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / gray.length;
  return squares / gray.length - mean * mean;
}

/** @param gray SIDE × SIDE bytes, row by row */
export function perceptualHash(gray: Uint8Array): bigint {
  if (gray.length !== PICTURE_BYTES) throw new RangeError(`Expected ${PICTURE_BYTES} grey pixels`);
  if (varianceOf(gray) < BLANK_VARIANCE) return BLANK;
  const frequencies = lowFrequencies(gray);
  const sorted = frequencies.toSorted();
  const median = (sorted[31]! + sorted[32]!) / 2;
  let hash = 0n;
  for (const value of frequencies) hash = hash << 1n | (value > median ? 1n : 0n);
  return hash;
}

/** Frequencies in a row and in a column that the zigzag reaches. */
const REACH = 11;

/** cosines[u][x] */
const cosines = Array.from(
  { length: REACH },
  (_, u) => Float64Array.from({ length: SIDE }, (_, x) => Math.cos((2 * x + 1) * u * Math.PI / 64)),
);

/** [u, v] of the 64 lowest frequencies, diagonal by diagonal, without the mean. */
const zigzag = Array.from(
  { length: REACH },
  (_, sum) =>
    Array.from(
      { length: sum + 1 },
      (_, at) => sum % 2 === 0 ? [sum - at, at] as const : [at, sum - at] as const,
    ),
).flat().slice(1, 65);

function lowFrequencies(gray: Uint8Array): Float64Array {
  const rows = Array.from({ length: REACH }, () => new Float64Array(SIDE));
  for (let u = 0; u < REACH; u++) {
    for (let y = 0; y < SIDE; y++) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += gray[y * SIDE + x]! * cosines[u]![x]!;
      rows[u]![y] = sum;
    }
  }
  return Float64Array.from(zigzag, ([u, v]) => {
    let sum = 0;
    for (let y = 0; y < SIDE; y++) sum += rows[u]![y]! * cosines[v]![y]!;
    // The mean along an axis weighs less, so that the transform keeps lengths.
    return sum * (u === 0 ? Math.SQRT1_2 : 1) * (v === 0 ? Math.SQRT1_2 : 1);
  });
}
