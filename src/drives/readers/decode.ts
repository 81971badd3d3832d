/**
 * The text in a file that somebody recorded: tools and shells write UTF-8, and PowerShell's `>`
 * writes UTF-16, with or without a byte-order mark.
 *
 * @module
 */

/** How many bytes tell UTF-16 without a mark: enough for a few lines of mostly ASCII. */
const SAMPLE_BYTES = 4096;

/**
 * The text of a recording, without byte-order mark and NULs, every line ended by `\n`.
 * Bytes that are no UTF-8 are read as Windows-1252, the code page of most old consoles.
 */
export function decodeText(bytes: Uint8Array): string {
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes);
  // A file is zero-padded, or cut out of a larger one; several recordings joined keep their marks.
  return text.replaceAll(/[\0\uFEFF]/g, "").replaceAll(/\r\n?/g, "\n");
}

function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" | "windows-1252" {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const [even, odd] = [zerosAt(sample, 0), zerosAt(sample, 1)];
  // Half of all bytes of ASCII in UTF-16 are zero, all of them on one side.
  if (odd > sample.length / 6 && even < odd / 8) return "utf-16le";
  if (even > sample.length / 6 && odd < even / 8) return "utf-16be";
  return isUtf8(bytes) ? "utf-8" : "windows-1252";
}

function zerosAt(bytes: Uint8Array, offset: 0 | 1): number {
  let zeros = 0;
  for (let at = offset; at < bytes.length; at += 2) if (bytes[at] === 0) zeros++;
  return zeros;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
