/**
 * The length of an MPEG transport stream, ISO/IEC 13818-1: from the first time that is written in it
 * to the last.
 *
 * @module
 */
import type { ByteReader } from "../byte_reader.ts";

export const PACKET_BYTES = 188;
/** On discs each packet has a time of four bytes in front. */
const DISC_PACKET_BYTES = 192;
export const SYNC = 0x47;
const LOOK_BYTES = 512 * 1024;
/** Times are counted in 33 bits of 1/90,000 s, and begin anew. */
const PERIOD = 2 ** 33;
const TICKS_PER_SECOND = 90_000;

/** In seconds; 0 where no times are found. */
export function lengthOfTransportStream({ read, sizeBytes }: ByteReader): number {
  const first = timesIn(read(0, Math.min(LOOK_BYTES, sizeBytes)));
  const from = Math.max(0, sizeBytes - LOOK_BYTES);
  const last = timesIn(read(from, sizeBytes - from));
  if (first.length === 0 || last.length === 0) return 0;
  const start = first[0]!;
  // Pictures are stored out of their order: the last one shown may stand before others.
  const spans = last.slice(-50).map((time) => (time - start + PERIOD) % PERIOD)
    .filter((span) => span < PERIOD / 2);
  return Math.max(0, ...spans) / TICKS_PER_SECOND;
}

/** When what begins in these packets is shown. */
function timesIn(bytes: Uint8Array): number[] {
  const times: number[] = [];
  const found = syncOf(bytes);
  if (!found) return times;
  for (let at = found.at; at + PACKET_BYTES <= bytes.length; at += found.step) {
    if (bytes[at] !== SYNC || !(bytes[at + 1]! & 0x40)) continue; // nothing begins in it
    const hasField = (bytes[at + 3]! & 0x20) !== 0;
    const content = at + 4 + (hasField ? 1 + bytes[at + 4]! : 0);
    const time = content + 14 <= at + PACKET_BYTES ? timeOf(bytes, content) : undefined;
    if (time !== undefined) times.push(time);
  }
  return times;
}

/** Three packets in a row begin with their mark. */
export function syncOf(bytes: Uint8Array): { at: number; step: number } | undefined {
  for (const step of [PACKET_BYTES, DISC_PACKET_BYTES]) {
    for (let at = 0; at < step && at + 2 * step < bytes.length; at++) {
      if ([0, 1, 2].every((index) => bytes[at + index * step] === SYNC)) return { at, step };
    }
  }
  return undefined;
}

/** The header of a packetised elementary stream, 2.4.3.6: of pictures or sound, with a time. */
function timeOf(bytes: Uint8Array, at: number): number | undefined {
  const isStart = bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1;
  const isTimed = isStart && bytes[at + 3]! >= 0xbd && (bytes[at + 7]! & 0x80) !== 0;
  if (!isTimed) return undefined;
  const [first, second, third, fourth, fifth] = bytes.subarray(at + 9, at + 14);
  return (first! >> 1 & 7) * 2 ** 30 + (second! << 22) + ((third! >> 1) << 15) +
    (fourth! << 7) + (fifth! >> 1);
}
