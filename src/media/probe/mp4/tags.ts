/**
 * What an MP4 or QuickTime file says of its content, and its covers: in iTunes' list (ilst), by
 * Apple's keys, or as QuickTime's own user data.
 *
 * @module
 */
import type { ContainerTags, EmbeddedFile } from "../../details.ts";
import { type Box, type Boxes, contentOf } from "./boxes.ts";

type TagName = keyof ContainerTags;

/** Box, or key without "com.apple.quicktime." → ours. */
const names = new Map(Object.entries<TagName>({
  "©nam": "title",
  title: "title",
  displayname: "title",
  "©ART": "artist",
  artist: "artist",
  "©alb": "album",
  album: "album",
  aART: "albumArtist",
  "©wrt": "composer",
  "©gen": "genre",
  genre: "genre",
  "©day": "date",
  creationdate: "date",
  year: "date",
  "©cmt": "comment",
  comment: "comment",
  desc: "description",
  ldes: "description",
  description: "description",
  tvsh: "show",
  tvsn: "season",
  tves: "episode",
  trkn: "track",
  disk: "disc",
  "©too": "encoder",
  "©swr": "encoder",
  software: "encoder",
  "©xyz": "location",
  "location.ISO6709": "location",
  model: "device",
}));

const MAX_TEXT = 4000;
const MAX_COVERS = 20;

export interface Mp4Tags {
  tags: ContainerTags;
  covers: EmbeddedFile[];
}

/** @param data The box "udta" of the film, or the box "moov" itself: QuickTime has "meta" there. */
export function readTags(boxes: Boxes, data: Box, into: Mp4Tags): void {
  for (const box of boxes.within(data)) {
    if (box.type === "meta") readMeta(boxes, box, into);
    else if (box.type.startsWith("©")) readOldText(boxes, box, into);
  }
}

/** QuickTime: length and language of two bytes each, then the text. */
function readOldText({ read }: Boxes, box: Box, { tags }: Mp4Tags): void {
  const name = names.get(box.type);
  const bytes = contentOf(read, box, 4 + MAX_TEXT);
  if (!name || bytes.byteLength < 5) return;
  const length = bytes.getUint16(0);
  add(tags, name, text(bytes, 4, length));
}

function readMeta(boxes: Boxes, meta: Box, into: Mp4Tags): void {
  // Either with version and flags, which are zero, or with a box at once.
  const first = contentOf(boxes.read, meta, 8);
  const isFull = first.byteLength >= 4 && first.getUint32(0) === 0;
  const content = { ...meta, start: meta.start + (isFull ? 4 : 0) };
  const keyBox = boxes.find(content, "keys");
  const keys = keyBox ? readKeys(boxes, keyBox) : [];
  const list = boxes.find(content, "ilst");
  for (const entry of list ? boxes.within(list) : []) readEntry(boxes, entry, keys, into);
}

/** Apple's key of each number, from 1 on. */
function readKeys({ between, read }: Boxes, { start, end }: Box): string[] {
  const keys: string[] = [];
  for (const box of between(start + 8, end)) {
    const bytes = contentOf(read, box, 200);
    keys.push(text(bytes, 0, bytes.byteLength).replace("com.apple.quicktime.", ""));
  }
  return keys;
}

/** An entry holds boxes "data": type, language, then the value. */
function readEntry(boxes: Boxes, entry: Box, keys: string[], { tags, covers }: Mp4Tags): void {
  // By number where there are keys; such a number is no name.
  const numbered = boxes.read(entry.at + 4, 4);
  const key = keys[numbered.reduce((sum, it) => sum * 256 + it, 0) - 1] ?? entry.type;
  for (const box of boxes.within(entry)) {
    if (box.type !== "data" || box.end - box.start <= 8) continue;
    if (key === "covr" || key === "artwork") {
      if (covers.length < MAX_COVERS) covers.push(cover(boxes, box));
      continue;
    }
    const name = names.get(key);
    if (name) add(tags, name, valueOf(contentOf(boxes.read, box, 8 + MAX_TEXT), key));
    return;
  }
}

function cover({ read }: Boxes, { start, end }: Box): EmbeddedFile {
  const [, , , type] = read(start, 4);
  return {
    offset: start + 8,
    sizeBytes: end - start - 8,
    mimeType: type === 14 ? "image/png" : type === 27 ? "image/bmp" : "image/jpeg",
    kind: "front",
  };
}

/** Types: 1 text in UTF-8, 2 in UTF-16, 0 and 21 a number or a pair of them. */
function valueOf(bytes: DataView, key: string): string {
  const type = bytes.getUint32(0);
  if (type === 1) return text(bytes, 8, bytes.byteLength);
  if (type === 2) return text(bytes, 8, bytes.byteLength, "utf-16be");
  if (key === "trkn" || key === "disk") {
    if (bytes.byteLength < 14) return "";
    const [index, of] = [bytes.getUint16(10), bytes.getUint16(12)];
    return of ? `${index}/${of}` : index ? String(index) : "";
  }
  const digits = Math.min(bytes.byteLength - 8, 4);
  let value = 0;
  for (let at = 0; at < digits; at++) value = value * 256 + bytes.getUint8(8 + at);
  return value > 0 ? String(value) : "";
}

function text(bytes: DataView, offset: number, length: number, encoding = "utf-8"): string {
  const most = Math.min(length, bytes.byteLength - offset);
  const part = new Uint8Array(bytes.buffer, bytes.byteOffset + offset, Math.max(most, 0));
  return new TextDecoder(encoding).decode(part).replaceAll(/[^\P{Cc}\n]/gu, "").trim();
}

/** The first that says something. */
function add(tags: ContainerTags, name: TagName, value: string): void {
  if (value !== "") tags[name] ??= value.slice(0, MAX_TEXT);
}
