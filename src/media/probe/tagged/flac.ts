/**
 * Comments and pictures of FLAC files, RFC 9639, 8. Pictures are found, not read.
 *
 * @module
 */
import type { ReadBytes } from "../byte_reader.ts";
import type { ContainerTags } from "../../details.ts";
import { syncSafe, type Tagged } from "./id3.ts";

const COMMENTS = 4;
const PICTURE = 6;

const MAX_BLOCKS = 200;
const MAX_COMMENT_BYTES = 256 * 1024;

/** Field → ours: xiph.org/vorbis/doc/v-comment.html. */
const names: Record<string, keyof ContainerTags> = {
  TITLE: "title",
  ARTIST: "artist",
  ALBUM: "album",
  ALBUMARTIST: "albumArtist",
  COMPOSER: "composer",
  GENRE: "genre",
  DATE: "date",
  YEAR: "date",
  COMMENT: "comment",
  DESCRIPTION: "description",
  TRACKNUMBER: "track",
  DISCNUMBER: "disc",
  ENCODER: "encoder",
};

/** Where its blocks begin; undefined where it is no FLAC file. */
function startOf(read: ReadBytes): number | undefined {
  const start = read(0, 10);
  const isTagged = String.fromCharCode(...start.subarray(0, 3)) === "ID3";
  const offset = isTagged ? 10 + syncSafe(start.subarray(6)) : 0;
  return String.fromCharCode(...read(offset, 4)) === "fLaC" ? offset + 4 : undefined;
}

const STREAM_INFO_BYTES = 34;

/**
 * What tells of the sound, as a file of its own: the first block, without the pictures that may
 * stand behind it. Undefined where it is no FLAC file.
 */
export function viewOfFlac(read: ReadBytes): Uint8Array | undefined {
  const start = startOf(read);
  const info = start === undefined ? [] : read(start, 4 + STREAM_INFO_BYTES);
  if (info.length < 4 + STREAM_INFO_BYTES || (info[0]! & 0x7f) !== 0) return undefined;
  // It is the last block here.
  return Uint8Array.of(...new TextEncoder().encode("fLaC"), 0x80, 0, 0, 34, ...info.slice(4));
}

export function readFlac(read: ReadBytes): Tagged {
  const found: Tagged = { tags: {}, covers: [] };
  let offset = startOf(read);
  if (offset === undefined) return found;
  for (let count = 0; count < MAX_BLOCKS; count++) {
    const header = read(offset, 4);
    if (header.length < 4) break;
    const sizeBytes = header[1]! * 65_536 + header[2]! * 256 + header[3]!;
    const type = header[0]! & 0x7f;
    if (type === COMMENTS) {
      readComments(read(offset + 4, Math.min(sizeBytes, MAX_COMMENT_BYTES)), found.tags);
    } else if (type === PICTURE) readPicture(read, offset + 4, sizeBytes, found);
    offset += 4 + sizeBytes;
    if (header[0]! & 0x80) break;
  }
  return found;
}

/** Each "NAME=value", with its length in front, the lowest byte first. */
export function readComments(bytes: Uint8Array, tags: ContainerTags): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = (at: number) => at + 4 <= bytes.length ? view.getUint32(at, true) : NaN;
  let at = 4 + length(0);
  const count = Math.min(length(at) || 0, 2000);
  at += 4;
  for (let index = 0; index < count; index++) {
    const size = length(at);
    if (!(at + 4 + size <= bytes.length)) return;
    const text = new TextDecoder().decode(bytes.subarray(at + 4, at + 4 + Math.min(size, 4200)));
    const equals = text.indexOf("=");
    const name = names[text.slice(0, equals).toUpperCase()];
    const value = text.slice(equals + 1).replaceAll(/[^\P{Cc}\n]/gu, "").trim();
    if (name && value) tags[name] ??= value.slice(0, 4000);
    at += 4 + size;
  }
}

/** Kind, type of the file, description, four sizes in pixels and bits; then length and picture. */
function readPicture(read: ReadBytes, start: number, sizeBytes: number, { covers }: Tagged): void {
  const bytes = read(start, Math.min(sizeBytes, 1000));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number) => at + 4 <= bytes.length ? view.getUint32(at) : NaN;
  const typeEnd = 8 + word(4);
  const at = typeEnd + 4 + word(typeEnd) + 16;
  const length = word(at);
  if (!(at + 4 + length <= sizeBytes)) return;
  const mimeType = String.fromCharCode(...bytes.subarray(8, Math.min(typeEnd, 100)));
  if (mimeType === "-->" || covers.length > 20) return;
  const kind = word(0) === 3 ? "front" : word(0) === 4 ? "back" : "other";
  covers.push({
    offset: start + at + 4,
    sizeBytes: length,
    mimeType: /^[\w-]+\/[\w.+-]+$/.test(mimeType) ? mimeType : "image/jpeg",
    kind,
  });
}
