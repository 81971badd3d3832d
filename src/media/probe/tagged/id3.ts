/**
 * ID3v2 tags before the sound of an MP3: id3.org/id3v2.4.0-structure. Pictures are found, not read.
 *
 * @module
 */
import type { ContainerTags, EmbeddedFile } from "../../details.ts";
import type { ReadBytes } from "../byte_reader.ts";

/** Frames of versions 2.3 and 2.4, then those of 2.2. */
const names: Record<string, keyof ContainerTags> = {
  TIT2: "title",
  TT2: "title",
  TPE1: "artist",
  TP1: "artist",
  TALB: "album",
  TAL: "album",
  TPE2: "albumArtist",
  TP2: "albumArtist",
  TCOM: "composer",
  TCM: "composer",
  TCON: "genre",
  TCO: "genre",
  TDRC: "date",
  TDRL: "date",
  TYER: "date",
  TYE: "date",
  TRCK: "track",
  TRK: "track",
  TPOS: "disc",
  TPA: "disc",
  TSSE: "encoder",
  COMM: "comment",
  COM: "comment",
};

const MAX_FRAMES = 300;
const MAX_TEXT_BYTES = 8000;
const encodings = ["latin1", "utf-16", "utf-16be", "utf-8"];

export interface Tagged {
  tags: ContainerTags;
  covers: EmbeddedFile[];
}

/** @param at Where the tag begins; nothing where there is none. */
export function readId3(read: ReadBytes, at = 0): Tagged {
  const found: Tagged = { tags: {}, covers: [] };
  const header = read(at, 14);
  if (header.length < 14 || latin(header.subarray(0, 3)) !== "ID3") return found;
  const [, , , version = 0, , flags = 0] = header;
  const end = at + 10 + syncSafe(header.subarray(6, 10));
  // Every 0xff of such a tag is followed by a zero: covers would have to be undone.
  const isAltered = (flags & 0x80) !== 0;
  let offset = at + 10;
  if (flags & 0x40) offset += version === 4 ? syncSafe(header.subarray(10)) : 4 + word(header, 10);
  const [idBytes, headerBytes] = version === 2 ? [3, 6] : [4, 10];
  for (let count = 0; count < MAX_FRAMES && offset + headerBytes < end; count++) {
    const frame = read(offset, headerBytes);
    const id = latin(frame.subarray(0, idBytes));
    if (frame.length < headerBytes || !/^[A-Z0-9]{3,4}$/.test(id)) break;
    const sizeBytes = version === 2
      ? word(frame, 2) & 0xffffff
      : version === 4
      ? syncSafe(frame.subarray(4, 8))
      : word(frame, 4);
    const start = offset + headerBytes;
    offset = start + sizeBytes;
    if (sizeBytes < 2 || offset > end) continue;
    // Compressed or encrypted: its content does not stand there plainly.
    if (version === 4 && (frame[9]! & 0x0c) || version === 3 && (frame[9]! & 0xc0)) continue;
    if (id === "APIC" || id === "PIC") {
      const cover = isAltered ? undefined : readPicture(read, start, sizeBytes, id);
      if (cover) found.covers.push(cover);
    } else readText(read(start, Math.min(sizeBytes, MAX_TEXT_BYTES)), id, found.tags);
  }
  return found;
}

function readText(bytes: Uint8Array, id: string, tags: ContainerTags): void {
  const name = names[id];
  if (!name) return;
  const isComment = name === "comment";
  const encoding = encodings[bytes[0]!] ?? "latin1";
  const text = new TextDecoder(encoding).decode(bytes.subarray(isComment ? 4 : 1));
  const values = text.split("\0").map((it) => it.replaceAll(/[^\P{Cc}\n]|^\ufeff/gu, "").trim());
  // A comment has a description first, which mostly is empty; programs keep theirs there, too.
  if (isComment && /^(iTun|Songs-DB|ID3v1)/.test(values[0]!)) return;
  const value = isComment ? values[1] : values.filter((it) => it !== "").join("; ");
  if (value) tags[name] ??= name === "genre" ? genreOf(value) : value.slice(0, 4000);
}

/** "(17)Rock" → "Rock". */
function genreOf(text: string): string {
  return text.replace(/^\(\d+\)(?=.)/, "").slice(0, 400);
}

/** Encoding, type of the file, kind of the picture, description; then the picture. */
function readPicture(
  read: ReadBytes,
  start: number,
  sizeBytes: number,
  id: string,
): EmbeddedFile | undefined {
  const bytes = read(start, Math.min(sizeBytes, 600));
  const isOld = id === "PIC";
  const typeEnd = isOld ? 4 : bytes.indexOf(0, 1);
  if (typeEnd < 1) return undefined;
  const type = latin(bytes.subarray(1, typeEnd)).toLowerCase();
  const kindAt = isOld ? 4 : typeEnd + 1;
  const isWide = bytes[0] === 1 || bytes[0] === 2;
  let at = kindAt + 1;
  while (at + 1 < bytes.length && !(bytes[at] === 0 && (!isWide || bytes[at + 1] === 0))) {
    at += isWide ? 2 : 1;
  }
  at += isWide ? 2 : 1;
  if (at >= bytes.length || type === "-->") return undefined; // an address, no picture
  const kind = bytes[kindAt] === 3 ? "front" : bytes[kindAt] === 4 ? "back" : "other";
  const mimeType = type.includes("/") ? type : `image/${type === "jpg" || !type ? "jpeg" : type}`;
  return { offset: start + at, sizeBytes: sizeBytes - at, mimeType, kind };
}

/** Four times seven bits. */
export function syncSafe(bytes: Uint8Array): number {
  return bytes.subarray(0, 4).reduce((sum, it) => sum * 128 + (it & 0x7f), 0);
}

function word(bytes: Uint8Array, at: number): number {
  return bytes.subarray(at, at + 4).reduce((sum, it) => sum * 256 + it, 0);
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 200));
}
