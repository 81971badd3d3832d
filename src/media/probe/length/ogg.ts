/**
 * The length of an Ogg file: each page says how many samples there are up to its end, RFC 3533, 6.
 *
 * @module
 */
import type { Track } from "../../media.ts";
import type { ByteReader } from "../byte_reader.ts";

/** The largest page has 65,307 bytes. */
const TAIL_BYTES = 64 * 1024;
const MAX_PAGES = 2000;

/** In seconds; 0 where its pages do not say. */
export function lengthOfOgg({ read, sizeBytes }: ByteReader, [track]: Track[]): number {
  // Opus counts as if it always had 48,000 samples a second: RFC 7845, 4.
  const rate = track?.codec === "opus" ? 48_000 : track?.sampleRate;
  if (!rate || track?.kind !== "audio") return 0;
  const start = Math.max(0, sizeBytes - TAIL_BYTES);
  const bytes = read(start, sizeBytes - start);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = bytes.length;
  for (let count = 0; count < MAX_PAGES; count++) {
    at = bytes.lastIndexOf(0x4f, at - 1);
    if (at < 0) return 0;
    if (at + 14 > bytes.length || view.getUint32(at) !== 0x4f676753) continue; // "OggS"
    const samples = Number(view.getBigInt64(at + 6, true));
    if (samples > 0) return samples / rate;
  }
  return 0;
}
