/**
 * The subtitle tracks of MP4 and QuickTime files, ISO/IEC 14496-12, which mediabunny leaves out.
 *
 * @module
 */
import type { Track } from "../media.ts";
import { type ReadBytes, toNumber } from "./ebml.ts";

/** Sample entry → what ffprobe calls it. */
const codecs: Record<string, string> = {
  tx3g: "mov_text",
  wvtt: "webvtt",
  stpp: "ttml",
  mp4s: "dvd_subtitle",
  c608: "eia_608",
  c708: "eia_708",
};

/** Handlers of subtitles. Those called "text" are not: they hold the names of chapters. */
const handlers = ["sbtl", "subt", "subp", "clcp"];

/** More than any film has; a fragmented MP4 has its index among the first boxes. */
const MAX_BOXES = 200;

interface Box {
  type: string;
  /** Of its content. */
  start: number;
  end: number;
}

/** In the order of the file; only the headers of boxes are read. */
export function mp4Subtitles(read: ReadBytes): Track[] {
  const whole = { type: "", start: 0, end: Number.MAX_SAFE_INTEGER };
  const index = find(read, whole, "moov");
  if (!index) return [];
  const tracks: Track[] = [];
  for (const box of boxesIn(read, index)) {
    const media = box.type === "trak" ? find(read, box, "mdia") : undefined;
    const track = media && toSubtitle(read, media);
    if (track) tracks.push(track);
  }
  return tracks;
}

function toSubtitle(read: ReadBytes, media: Box): Track | undefined {
  const handler = find(read, media, "hdlr");
  if (!handler || !handlers.includes(textOf(read(handler.start + 8, 4)))) return undefined;
  const entry = find(read, media, "minf", "stbl", "stsd");
  const code = entry ? textOf(read(entry.start + 12, 4)) : "";
  const header = find(read, media, "mdhd");
  const language = header && languageOf(read, header);
  return {
    kind: "subtitle",
    codec: codecs[code] ?? (code || "unknown"),
    ...language && language !== "und" && { language },
  };
}

/** Three letters of five bits, behind times that are longer in version 1. */
function languageOf(read: ReadBytes, { start }: Box): string | undefined {
  const [version] = read(start, 1);
  const packed = toNumber(read(start + (version === 1 ? 32 : 20), 2));
  const letters = [packed >> 10 & 31, packed >> 5 & 31, packed & 31];
  const isCode = letters.every((it) => it >= 1 && it <= 26);
  return isCode ? String.fromCharCode(...letters.map((it) => it + 0x60)) : undefined;
}

/** The first box of that name within `parent`, or along a path of names. */
function find(read: ReadBytes, parent: Box, ...path: string[]): Box | undefined {
  let found: Box | undefined = parent;
  for (const name of path) {
    found = found && boxesIn(read, found).find(({ type }) => type === name);
  }
  return found;
}

function* boxesIn(read: ReadBytes, { start, end }: Box): Generator<Box> {
  let offset = start;
  for (let count = 0; count < MAX_BOXES && offset + 8 <= end; count++) {
    const header = read(offset, 16);
    if (header.length < 8) return;
    const short = toNumber(header.subarray(0, 4));
    const size = short === 1 ? toNumber(header.subarray(8)) : short || end - offset;
    const from = offset + (short === 1 ? 16 : 8);
    if (offset + size < from) return;
    yield { type: textOf(header.subarray(4, 8)), start: from, end: Math.min(end, offset + size) };
    offset += size;
  }
}

/** Four letters, as in the name of a box; "" where it is none. */
function textOf(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes);
  return /^[\x20-\x7e]{4}$/.test(text) ? text : "";
}
