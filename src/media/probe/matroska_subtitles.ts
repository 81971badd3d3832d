/**
 * The subtitle tracks of Matroska and WebM files, RFC 9559, which mediabunny leaves out.
 *
 * @module
 */
import type { Track } from "../media.ts";
import { childrenOf, type ReadBytes, readElement, toNumber } from "./ebml.ts";

const ids = {
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  cluster: 0x1f43b675,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackType: 0x83,
  codecId: 0x86,
  language: 0x22b59c,
  languageBcp47: 0x22b59d,
};

const SUBTITLE = 0x11;

/** Codec identifier → what ffprobe calls it. */
const codecs: Record<string, string> = {
  "S_TEXT/UTF8": "subrip",
  "S_TEXT/ASCII": "text",
  "S_TEXT/ASS": "ass",
  "S_TEXT/SSA": "ass",
  "S_ASS": "ass",
  "S_SSA": "ass",
  "S_TEXT/WEBVTT": "webvtt",
  "D_WEBVTT/SUBTITLES": "webvtt",
  "D_WEBVTT/CAPTIONS": "webvtt",
  "S_VOBSUB": "dvd_subtitle",
  "S_DVBSUB": "dvb_subtitle",
  "S_HDMV/PGS": "hdmv_pgs_subtitle",
  "S_HDMV/TEXTST": "hdmv_text_subtitle",
  "S_ARIBSUB": "arib_caption",
};

/** What comes before the first cluster: a handful of elements in any file made by a sane program. */
const MAX_ELEMENTS = 200;
const MAX_CONTENT_BYTES = 1024 * 1024;
const MAX_SUBTITLES = 200;

/** In the order of the file; none where the file is damaged before its list of tracks. */
export function matroskaSubtitles(read: ReadBytes): Track[] {
  const content = findTracks(read);
  if (!content) return [];
  const found: Track[] = [];
  for (const [id, entry] of childrenOf(content)) {
    const track = id === ids.trackEntry ? toSubtitle(entry) : undefined;
    if (track) found.push(track);
    if (found.length === MAX_SUBTITLES) break;
  }
  return found;
}

/** The content of the element "Tracks"; behind the clusters only where the index says so. */
function findTracks(read: ReadBytes): Uint8Array | undefined {
  const header = readElement(read, 0);
  const segment = header?.size === undefined
    ? undefined
    : readElement(read, header.start + header.size);
  if (!segment) return undefined;

  let listed: number | undefined;
  let offset = segment.start;
  for (let count = 0; count < MAX_ELEMENTS; count++) {
    const element = readElement(read, offset);
    if (element?.id === ids.tracks) return contentOf(read, element);
    if (element?.id === ids.seekHead) {
      listed ??= tracksPosition(contentOf(read, element) ?? new Uint8Array());
    }
    if (element?.size === undefined || element.id === ids.cluster) break;
    offset = element.start + element.size;
  }
  const element = listed && readElement(read, segment.start + listed);
  return element && element.id === ids.tracks ? contentOf(read, element) : undefined;
}

function contentOf(read: ReadBytes, { start, size }: { start: number; size: number | undefined }) {
  if (size === undefined || size > MAX_CONTENT_BYTES) return undefined;
  return read(start, size);
}

function tracksPosition(seekHead: Uint8Array): number | undefined {
  for (const [id, content] of childrenOf(seekHead)) {
    const seek = id === ids.seek ? new Map(childrenOf(content)) : undefined;
    const of = toNumber(seek?.get(ids.seekId)?.subarray(0, 4) ?? new Uint8Array());
    const position = seek?.get(ids.seekPosition);
    if (of !== ids.tracks || !position || position.length > 8) continue;
    const bytes = toNumber(position);
    return Number.isSafeInteger(bytes) ? bytes : undefined;
  }
  return undefined;
}

function toSubtitle(entry: Uint8Array): Track | undefined {
  const fields = new Map(childrenOf(entry));
  const type = fields.get(ids.trackType);
  if (!type || type.length > 8 || toNumber(type) !== SUBTITLE) return undefined;
  const codec = textOf(fields.get(ids.codecId));
  // Without the element a reader is to assume English; but then the file itself says nothing.
  const language = textOf(fields.get(ids.languageBcp47)).split("-")[0] ||
    textOf(fields.get(ids.language));
  return {
    kind: "subtitle",
    codec: codecs[codec] ?? (codec || "unknown"),
    ...language && language !== "und" && { language },
  };
}

/** Identifiers are short and plain; what is not, is not one. */
function textOf(bytes: Uint8Array | undefined): string {
  const text = new TextDecoder().decode(bytes?.subarray(0, 64)).replace(/\0.*$/s, "");
  return /^[\x21-\x7e]*$/.test(text) ? text : "";
}
