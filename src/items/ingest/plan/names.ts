/**
 * Names that every file system takes: what Windows and exFAT refuse is put otherwise, Unicode is
 * composed (NFC), and what is too long is cut.
 *
 * @module
 */

/** Of one name, in bytes of UTF-8 (ext4, XFS …) and in UTF-16 units (NTFS, exFAT, APFS). */
export const MAX_NAME = 255;
/** Of a whole path, in bytes: Linux takes 4096 with the zero at its end. */
export const MAX_PATH = 4000;

/** Names of devices on Windows, with any extension. */
const DEVICES = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;

/**
 * The name as every file system takes it; "" where nothing of it is left. Without its extension:
 * a point at the end goes, for Windows drops it.
 */
export function cleanName(name: string): string {
  const kept = name.toWellFormed().normalize("NFC")
    .replaceAll(/\p{Cc}|\p{Cf}(?<![\u200c\u200d])|\ufffd/gu, "") // not the joiners inside words
    .replaceAll(/\s*:\s+/gu, " - ")
    .replaceAll(/[:/\\|]/g, "-")
    .replaceAll('"', "'")
    .replaceAll(/[<>?*]/g, "")
    .replaceAll(/\s+/gu, " ")
    .replace(/^[\s.]+/u, "") // hidden files are passed over by many
    .replace(/[\s.]+$/u, "");
  return kept.replace(DEVICES, "_$1");
}

/** The extension, as it may stand: letters and digits, with its dot. */
export function cleanExtension(extension: string): string {
  return extension.replaceAll(/[^.\p{L}\p{N}]/gu, "").toLowerCase();
}

/** `stem`, cut so that it and the longest suffix that follows it are one name. */
export function fitName(stem: string, longestSuffix: string): string {
  if (!tooLong(stem + longestSuffix)) return stem;
  let bytes = bytesOf(longestSuffix);
  let end = 0; // bytes of UTF-8 are never fewer than UTF-16 units
  for (const { segment, index } of graphemes.segment(stem)) {
    bytes += bytesOf(segment);
    if (bytes > MAX_NAME) break;
    end = index + segment.length;
  }
  return stem.slice(0, end).replace(/[\s.]+$/u, "");
}

/** What is one letter to a person is not cut in two. */
const graphemes = new Intl.Segmenter();

const encoder = new TextEncoder();

export const bytesOf = (text: string): number => encoder.encode(text).length;

function tooLong(name: string): boolean {
  return name.length > MAX_NAME || bytesOf(name) > MAX_NAME;
}

/** Two names with one key are one file on some file system: macOS', Windows', exFAT's. */
export function keyOf(name: string): string {
  return name.normalize("NFC").toLowerCase().toUpperCase().toLowerCase().normalize("NFC");
}

/** Letters of no meaning; 12 unless said, as Hexmedia's. */
export function randomSlug(length = 12): string {
  const letters = "abcdefghijklmnopqrstuvwxyz";
  let slug = "";
  while (slug.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // 234 is nine times 26: above, some letters would come more often.
      if (byte < 234 && slug.length < length) slug += letters[byte % 26];
    }
  }
  return slug;
}

/** What Windows and exFAT would refuse in this name, in words; undefined where nothing. */
export function refusedIn(name: string): string | undefined {
  const sign = /[<>:"/\\|?*\p{Cc}]/u.exec(name)?.[0];
  if (sign) return `"${sign < " " ? "a control character" : sign}" is refused by Windows and exFAT`;
  if (/[\s.]$/u.test(name)) return "Windows drops a point or a space at the end";
  if (DEVICES.test(name)) return `"${DEVICES.exec(name)![1]}" is a device on Windows`;
  if (tooLong(name)) return `it is longer than ${MAX_NAME} bytes`;
}
