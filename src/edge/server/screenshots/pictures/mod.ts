/**
 * THE MAP: the kinds of pictures that are taken, by their first bytes and not by their names.
 *
 * @module
 */
import { cannot, type Cleaned } from "./cleaned.ts";
import { cleanJpeg } from "./jpeg.ts";
import { cleanPng } from "./png.ts";
import { cleanWebp } from "./webp.ts";

export type { Cleaned } from "./cleaned.ts";
export { openEncoder } from "./encode.ts";
export { boundaryOf, readParts, TooLongError } from "./multipart.ts";

const kinds: { magic: RegExp; clean(bytes: Uint8Array): Cleaned }[] = [
  { magic: /^\xff\xd8\xff/, clean: cleanJpeg },
  { magic: /^\x89PNG\r\n.\n/, clean: cleanPng },
  { magic: /^RIFF.{4}WEBP/s, clean: cleanWebp },
];

/** Bytes that tell what something is. */
export const MAGIC_BYTES = 12;
/** What decodes to more would take too much memory. */
const MAX_SIDE = 10_000;
const MAX_PIXELS = 40_000_000;

/** Whether these first bytes begin a picture. */
export function isPicture(first: Uint8Array): boolean {
  return kindOf(first) !== undefined;
}

/**
 * The picture without all that is no picture: metadata, comments, what hangs behind its end.
 *
 * @throws {InvalidError} it is no JPEG, PNG or WebP, is cut off, or too large
 */
export function clean(bytes: Uint8Array): Cleaned {
  const kind = kindOf(bytes);
  if (!kind) throw cannot("it is no JPEG, PNG or WebP");
  const cleaned = kind.clean(bytes);
  const { width, height } = cleaned;
  if (!(width > 0) || !(height > 0)) throw cannot("it has no size");
  if (Math.max(width, height) > MAX_SIDE || width * height > MAX_PIXELS) {
    throw cannot(`${width} × ${height} is too large`);
  }
  return cleaned;
}

function kindOf(bytes: Uint8Array) {
  const text = String.fromCharCode(...bytes.subarray(0, MAGIC_BYTES));
  return kinds.find(({ magic }) => magic.test(text));
}
