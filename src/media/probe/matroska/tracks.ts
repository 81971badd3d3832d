/**
 * The tracks of a Matroska or WebM file, RFC 9559, 5.1.4: subtitles, which mediabunny leaves out,
 * and what it does not tell of the others.
 *
 * @module
 */
import type { Track } from "../../media.ts";
import { type Colour, hdrOf } from "../codec/hdr.ts";
import { commonCodec } from "../codec/names.ts";
import { allOf, fieldsOf, idOf, textOf, wholeOf } from "./values.ts";

const ids = {
  trackEntry: 0xae,
  number: 0xd7,
  uid: 0x73c5,
  type: 0x83,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  name: 0x536e,
  language: 0x22b59c,
  languageBcp47: 0x22b59d,
  isDefault: 0x88,
  isForced: 0x55aa,
  isForDeaf: 0x55ab,
  isCommentary: 0x55af,
  nsPerPicture: 0x23e383,
  video: 0xe0,
  colour: 0x55b0,
  transfer: 0x55ba,
  additions: 0x41e4,
  additionType: 0x41e7,
};

/** Kinds by their number. */
const kinds: Record<number, Track["kind"]> = { 1: "video", 2: "audio", 0x11: "subtitle" };

/** Subtitles' codec identifier → what ffprobe calls it. */
const codecs = new Map(Object.entries<string>({
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
}));

const MAX_TRACKS = 200;

export interface MatroskaTrack {
  number: number;
  /** Decimal: it may be larger than a number can say. */
  uid: string;
  kind: Track["kind"] | undefined;
  codecId: string;
  facts: Partial<Track>;
}

/** In the order of the file. @param content Of the element "Tracks". */
export function readTracks(content: Uint8Array): MatroskaTrack[] {
  return [...allOf(content, ids.trackEntry, MAX_TRACKS)].map(readTrack);
}

function readTrack(entry: Uint8Array): MatroskaTrack {
  const fields = fieldsOf(entry);
  const flag = (id: number) => wholeOf(fields.get(id)) === 1;
  const kind = kinds[wholeOf(fields.get(ids.type)) ?? 0];
  // Without the element a reader is to assume English; but then the file itself says nothing.
  const language = idOf(fields.get(ids.languageBcp47)).split("-")[0] ||
    idOf(fields.get(ids.language));
  const title = textOf(fields.get(ids.name), 500);
  const nsPerPicture = kind === "video" ? wholeOf(fields.get(ids.nsPerPicture)) : undefined;
  const codecId = idOf(fields.get(ids.codecId));
  const codec = codecId.startsWith("V_MS/VFW")
    ? fourLettersOf(fields.get(ids.codecPrivate))
    : undefined;
  const hdr = kind === "video" ? hdrOf(colourOf(entry, fields)) : undefined;
  return {
    number: wholeOf(fields.get(ids.number)) ?? 0,
    uid: String(bigOf(fields.get(ids.uid))),
    kind,
    codecId,
    facts: {
      ...language && language !== "und" && { language },
      ...title && { title },
      // It is the default unless the file says otherwise.
      default: wholeOf(fields.get(ids.isDefault)) !== 0,
      ...codec && { codec },
      ...flag(ids.isForced) && { forced: true },
      ...flag(ids.isForDeaf) && { hearingImpaired: true },
      ...flag(ids.isCommentary) && { commentary: true },
      ...nsPerPicture && nsPerPicture >= 1e5 && {
        frameRate: Math.round(1e12 / nsPerPicture) / 1000,
      },
      ...hdr && { hdr },
    },
  };
}

/** The codec of a film that was in an AVI: biCompression of its BITMAPINFOHEADER. */
function fourLettersOf(header: Uint8Array | undefined): string | undefined {
  const letters = idOf(header?.subarray(16, 20));
  return letters ? commonCodec(letters.toLowerCase()) : undefined;
}

export function toSubtitle({ codecId, facts }: MatroskaTrack): Track {
  return { kind: "subtitle", codec: codecs.get(codecId) ?? (codecId || "unknown"), ...facts };
}

/** Types of what is added to each picture: "dvcC", "dvvC", "dvwC" as numbers; 4 is ITU-T T.35. */
const DOLBY_VISION = [0x64766343, 0x64767643, 0x64767743];
const T35 = 4;

function colourOf(entry: Uint8Array, fields: Map<number, Uint8Array>): Colour {
  const video = fieldsOf(fields.get(ids.video) ?? new Uint8Array());
  const colour = fieldsOf(video.get(ids.colour) ?? new Uint8Array());
  const types = [...allOf(entry, ids.additions, 20)]
    .map((mapping) => wholeOf(fieldsOf(mapping).get(ids.additionType)));
  return {
    transfer: wholeOf(colour.get(ids.transfer)),
    hasDolbyVision: types.some((it) => DOLBY_VISION.includes(it ?? 0)),
    hasHdr10Plus: types.includes(T35),
  };
}

function bigOf(bytes: Uint8Array | undefined): bigint {
  return bytes?.length && bytes.length <= 8 ? BigInt(`0x${bytes.toHex()}`) : 0n;
}
