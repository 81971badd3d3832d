/**
 * Chapters of an MP4: Nero's list (chpl), or QuickTime's track of texts.
 *
 * @module
 */
import type { Chapter } from "../../details.ts";
import { type Box, type Boxes, contentOf, view } from "./boxes.ts";
import type { Mp4Track } from "./track.ts";

const MAX_CHAPTERS = 500;
const MAX_TITLE_BYTES = 1000;

/** Nero's: times in units of 100 ns, texts of at most 255 bytes. */
export function readChapterList({ read }: Boxes, box: Box): Chapter[] {
  const bytes = contentOf(read, box, 9 + 255 * (9 + 255));
  if (bytes.byteLength < 9) return [];
  const chapters: Chapter[] = [];
  let at = bytes.getUint8(0) === 1 ? 8 : 4;
  const count = bytes.getUint8(at++);
  for (let index = 0; index < count && at + 9 <= bytes.byteLength; index++) {
    const startMs = Number(bytes.getBigUint64(at) / 10_000n);
    const length = bytes.getUint8(at + 8);
    chapters.push(chapter(startMs, textOf(bytes, at + 9, length)));
    at += 9 + length;
  }
  return chapters;
}

/** QuickTime's: each sample is a text that stands for a time. */
export function readChapterTrack(boxes: Boxes, { table, ticksPerSecond }: Mp4Track): Chapter[] {
  const samples = table && ticksPerSecond > 0 ? samplesOf(boxes, table) : [];
  return samples.map(({ offset, size, ticks }) => {
    const bytes = view(boxes.read(offset, Math.min(size, MAX_TITLE_BYTES)));
    const length = bytes.byteLength >= 2 ? bytes.getUint16(0) : 0;
    return chapter(Math.round(ticks / ticksPerSecond * 1000), textOf(bytes, 2, length));
  });
}

interface Sample {
  offset: number;
  size: number;
  /** When it begins. */
  ticks: number;
}

/** The first samples of a track, by its tables: ISO/IEC 14496-12, 8.6.1.2, 8.7.3, 8.7.4, 8.7.5. */
function samplesOf({ find, read }: Boxes, table: Box): Sample[] {
  const words = (name: string) => {
    const box = find(table, name);
    return box && contentOf(read, box, 16 + MAX_CHAPTERS * 12);
  };
  const [times, sizes, places] = [words("stts"), words("stsz"), words("stsc")];
  const [near, far] = [words("stco"), words("co64")];
  const chunks = near ?? far;
  if (!times || !sizes || !places || !chunks || sizes.byteLength < 12) return [];
  const common = sizes.getUint32(4);
  const count = Math.min(sizes.getUint32(8), MAX_CHAPTERS);

  const samples: Sample[] = [];
  const starts = startsOf(times, count);
  let chunk = 0;
  let left = 0;
  let offset = 0;
  for (let index = 0; index < count; index++) {
    if (left === 0) {
      const at = offsetOf(chunks, chunk++, near === undefined);
      left = perChunk(places, chunk);
      if (at === undefined || left === 0) break;
      offset = at;
    }
    if (common === 0 && 16 + index * 4 > sizes.byteLength) break;
    const size = common || sizes.getUint32(12 + index * 4);
    const ticks = starts[index];
    if (ticks === undefined) break;
    samples.push({ offset, size, ticks });
    offset += size;
    left--;
  }
  return samples;
}

function startsOf(times: DataView, count: number): number[] {
  const starts: number[] = [];
  let now = 0;
  for (let at = 8; at + 8 <= times.byteLength && starts.length < count; at += 8) {
    const ticks = times.getUint32(at + 4);
    const most = Math.min(times.getUint32(at), count - starts.length);
    for (let index = 0; index < most; index++, now += ticks) starts.push(now);
  }
  return starts;
}

function offsetOf(chunks: DataView, index: number, isLong: boolean): number | undefined {
  const at = 8 + index * (isLong ? 8 : 4);
  if (at + (isLong ? 8 : 4) > chunks.byteLength) return undefined;
  return isLong ? Number(chunks.getBigUint64(at)) : chunks.getUint32(at);
}

/** Samples in the chunk of this number, from 1 on. */
function perChunk(places: DataView, chunk: number): number {
  let samples = 0;
  for (let at = 8; at + 12 <= places.byteLength; at += 12) {
    if (places.getUint32(at) > chunk) break;
    samples = places.getUint32(at + 4);
  }
  return samples;
}

function chapter(startMs: number, title: string): Chapter {
  return { startMs, ...title && { title } };
}

/** UTF-8, or UTF-16 where a mark says so. */
function textOf(bytes: DataView, offset: number, length: number): string {
  const most = Math.max(0, Math.min(length, bytes.byteLength - offset));
  const part = new Uint8Array(bytes.buffer, bytes.byteOffset + offset, most);
  const encoding = part[0] === 0xfe && part[1] === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(part).replaceAll(/\p{Cc}+/gu, " ").trim();
}
