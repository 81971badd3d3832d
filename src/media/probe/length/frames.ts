/**
 * The length and the codec of sound that is nothing but one frame after the other: MP3 and ADTS. The
 * first frames stand for all.
 *
 * @module
 */
import type { ByteReader } from "../byte_reader.ts";
import { syncSafe } from "../tagged/id3.ts";

const MAX_FRAMES = 500;
/** So much junk may stand before the first frame. */
const MAX_JUNK_BYTES = 4096;

interface Frame {
  bytes: number;
  seconds: number;
}

/** ISO/IEC 11172-3, 2.4.2.3: the layer as its two bits have it → how that is called. */
export const layerNames: Record<number, string> = { 1: "mp3", 2: "mp2", 3: "mp1" };

/** Which layer of MPEG sound it is; undefined where there are no frames. */
export function codecOfFrames(reader: ByteReader): string | undefined {
  const start = firstFrame(reader);
  return frameAt(reader.read, start) && layerNames[reader.read(start + 1, 1)[0]! >> 1 & 3];
}

/** Where the sound begins: behind a tag, and perhaps some junk. */
function firstFrame({ read, sizeBytes }: ByteReader): number {
  const tag = read(0, 10);
  const isTagged = String.fromCharCode(...tag.subarray(0, 3)) === "ID3";
  const begin = isTagged && tag.length === 10 ? 10 + syncSafe(tag.subarray(6)) : 0;
  let start = begin;
  while (start < begin + MAX_JUNK_BYTES && start + 7 < sizeBytes && !frameAt(read, start)) start++;
  return start;
}

/** In seconds; 0 where there are no frames. */
export function lengthOfFrames(reader: ByteReader): number {
  const { read, sizeBytes } = reader;
  const start = firstFrame(reader);
  let at = start;
  let seconds = 0;
  for (let count = 0; count < MAX_FRAMES && at < sizeBytes; count++) {
    const frame = frameAt(read, at);
    if (!frame) break;
    at += frame.bytes;
    seconds += frame.seconds;
  }
  if (at === start) return 0;
  // Through to the end, or nearly: then it is no estimate.
  return at >= sizeBytes - 128 ? seconds : seconds * (sizeBytes - start) / (at - start);
}

function frameAt(read: ByteReader["read"], offset: number): Frame | undefined {
  const bytes = read(offset, 7);
  const [first = 0, second = 0] = bytes;
  if (bytes.length < 7 || first !== 0xff || (second & 0xe0) !== 0xe0) return undefined;
  const isAdts = (second & 0xf6) === 0xf0;
  return isAdts ? adts(bytes) : mpeg(bytes);
}

const ADTS_RATES = [96, 88.2, 64, 48, 44.1, 32, 24, 22.05, 16, 12, 11.025, 8, 7.35];

/** ISO/IEC 14496-3, 1.A.2.2: the length in 13 bits, 1,024 samples. */
function adts(bytes: Uint8Array): Frame | undefined {
  const rate = ADTS_RATES[(bytes[2]! >> 2) & 15];
  const length = (bytes[3]! & 3) << 11 | bytes[4]! << 3 | bytes[5]! >> 5;
  return rate && length >= 7 ? { bytes: length, seconds: 1.024 / rate } : undefined;
}

/** ISO/IEC 11172-3, 2.4.2.3: kbit/s by version and layer, then Hz by version. */
const BITRATES: Record<string, number[]> = {
  "1 1": [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  "1 2": [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  "1 3": [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  "2 1": [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  "2 2": [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  "2 3": [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const RATES = [44100, 48000, 32000];

function mpeg(bytes: Uint8Array): Frame | undefined {
  const version = (bytes[1]! >> 3) & 3; // 3 is version 1, 2 is 2, 0 is 2.5
  const layer = 4 - ((bytes[1]! >> 1) & 3);
  const bitrate = BITRATES[`${version === 3 ? 1 : 2} ${layer}`]?.[(bytes[2]! >> 4) - 1];
  const base = RATES[(bytes[2]! >> 2) & 3];
  if (version === 1 || !bitrate || !base) return undefined;
  const rate = version === 3 ? base : version === 2 ? base / 2 : base / 4;
  const samples = layer === 1 ? 384 : layer === 3 && version !== 3 ? 576 : 1152;
  const padding = (bytes[2]! >> 1) & 1;
  const length = layer === 1
    ? (Math.floor(12_000 * bitrate / rate) + padding) * 4
    : Math.floor(samples * 125 * bitrate / rate) + padding;
  return length > 4 ? { bytes: length, seconds: samples / rate } : undefined;
}
