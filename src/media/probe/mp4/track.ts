/**
 * What the index of an MP4 says of one track, beyond what mediabunny tells: ISO/IEC 14496-12, 8.
 *
 * @module
 */
import type { Track } from "../../media.ts";
import { frameRateOf, type Run } from "../codec/frame_rate.ts";
import { type Colour, hdrOf } from "../codec/hdr.ts";
import { type Box, type Boxes, contentOf, fourLetters } from "./boxes.ts";
import { codecOfEntry, VIDEO_ENTRY_BYTES } from "./object_type.ts";

export interface Mp4Track {
  id: number;
  /** "vide", "soun", "sbtl", "text" … */
  handler: string;
  /** The name of its first sample entry: "avc1", "tx3g". */
  entry: string;
  ticksPerSecond: number;
  /** In ticks; 0 where the index does not say, as of fragments. */
  duration: number;
  /** What it adds to the description of the track. */
  facts: Partial<Track>;
  /** The track that holds the names of its chapters. */
  chapters: number | undefined;
  /** Its sample table, where there is one. */
  table: Box | undefined;
}

export function readTrack(boxes: Boxes, trak: Box): Mp4Track | undefined {
  const { find, read } = boxes;
  const [header, media] = [find(trak, "tkhd"), find(trak, "mdia")];
  const [time, kind] = media ? [find(media, "mdhd"), find(media, "hdlr")] : [];
  if (!header || !media || !time || !kind) return undefined;
  const table = find(media, "minf", "stbl");
  const description = table && find(table, "stsd");
  const handler = fourLetters(contentOf(read, kind, 12), 8);
  const { ticksPerSecond, duration, language } = readTime(boxes, time);
  const entry = description && readEntry(boxes, description);
  const runs = handler === "vide" && table ? readRuns(boxes, table) : [];
  const title = readTitle(boxes, trak);
  const id = readId(boxes, header);
  const chapters = find(trak, "tref", "chap");
  return {
    id,
    handler,
    entry: entry?.code ?? "",
    ticksPerSecond,
    duration,
    facts: {
      ...language && { language },
      ...title && { title },
      ...handler === "vide" && entry && describeVideo(boxes, entry),
      ...runs.length > 0 && frameRateOf(runs, ticksPerSecond),
    },
    chapters: chapters && number(contentOf(read, chapters, 4), 0),
    table,
  };
}

function readId({ read }: Boxes, header: Box): number {
  const bytes = contentOf(read, header, 24);
  return number(bytes, bytes.byteLength > 0 && bytes.getUint8(0) === 1 ? 20 : 12) ?? 0;
}

function readTime({ read }: Boxes, box: Box) {
  const bytes = contentOf(read, box, 36);
  const isLong = bytes.byteLength > 0 && bytes.getUint8(0) === 1;
  const at = isLong ? 20 : 12;
  const high = isLong ? number(bytes, 24) ?? 0 : 0;
  const low = number(bytes, isLong ? 28 : 16) ?? 0;
  const duration = high * 2 ** 32 + low;
  // All ones: it is not known.
  const isKnown = isLong ? high < 2 ** 31 : low !== 0xffffffff;
  const packedAt = isLong ? 32 : 20;
  const packed = packedAt + 2 <= bytes.byteLength ? bytes.getUint16(packedAt) : 0;
  return {
    ticksPerSecond: number(bytes, at) ?? 0,
    duration: isKnown ? duration : 0,
    language: languageOf(packed),
  };
}

/** Three letters of five bits; undefined where they are none, or say that nobody knows. */
function languageOf(packed: number): string | undefined {
  const letters = [packed >> 10 & 31, packed >> 5 & 31, packed & 31];
  if (!letters.every((it) => it >= 1 && it <= 26)) return undefined;
  const code = String.fromCharCode(...letters.map((it) => it + 0x60));
  return code === "und" ? undefined : code;
}

interface Entry {
  code: string;
  box: Box;
}

function readEntry({ between }: Boxes, { start, end }: Box): Entry | undefined {
  for (const box of between(start + 8, end)) return { code: box.type, box };
  return undefined;
}

function describeVideo(boxes: Boxes, { code, box }: Entry): Partial<Track> {
  const { between, read } = boxes;
  const colour: Colour = {
    hasDolbyVision: ["dvh1", "dvhe", "dva1", "dvav", "dav1"].includes(code),
  };
  for (const child of between(box.start + VIDEO_ENTRY_BYTES, box.end)) {
    if (["dvcC", "dvvC", "dvwC"].includes(child.type)) colour.hasDolbyVision = true;
    if (child.type !== "colr") continue;
    const bytes = contentOf(read, child, 11);
    const isNumbers = ["nclx", "nclc"].includes(fourLetters(bytes, 0)) && bytes.byteLength >= 10;
    if (isNumbers) colour.transfer = bytes.getUint16(6);
  }
  const hdr = hdrOf(colour);
  const codec = codecOfEntry(boxes, { code, box });
  return { ...hdr && { hdr }, ...codec && { codec } };
}

/** Of a film with even pictures there is one; of another, these show what it is like. */
const MAX_RUNS = 1024;

/** The box stts, 8.6.1.2. */
function readRuns({ find, read }: Boxes, table: Box): Run[] {
  const times = find(table, "stts");
  if (!times) return [];
  const bytes = contentOf(read, times, 8 + MAX_RUNS * 8);
  const count = Math.min(number(bytes, 4) ?? 0, Math.floor((bytes.byteLength - 8) / 8));
  return Array.from({ length: Math.max(count, 0) }, (_, index) => ({
    count: bytes.getUint32(8 + index * 8),
    ticks: bytes.getUint32(12 + index * 8),
  }));
}

/** What its maker calls it: in the user data of the track. */
function readTitle({ find, read }: Boxes, trak: Box): string | undefined {
  const data = find(trak, "udta");
  const name = data && (find(data, "name") ?? find(data, "titl"));
  if (!name) return undefined;
  const text = new TextDecoder().decode(read(name.start, Math.min(name.end - name.start, 500)));
  return text.replaceAll(/\p{Cc}+/gu, "").trim() || undefined;
}

/** 32 bits; undefined beyond the end. */
function number(bytes: DataView, offset: number): number | undefined {
  return offset + 4 <= bytes.byteLength ? bytes.getUint32(offset) : undefined;
}
