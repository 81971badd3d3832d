/**
 * The streams of an Ogg file, RFC 3533: it begins with one page for each, that says what it is.
 *
 * @module
 */
import type { ByteReader } from "../byte_reader.ts";
import type { Streams, Unread } from "./unread.ts";

/** How the first page of a stream begins → whether it goes unread. All others do. */
const known: [magic: string, unread: Unread | undefined][] = [
  ["\x01vorbis", undefined],
  ["OpusHead", undefined],
  ["fishead\0", undefined], // an index of the others
  ["\x80kate\0", "subtitles"],
];

const MAX_STREAMS = 32;
const HEADER_BYTES = 27;
const IS_FIRST = 2;

export function streamsOfOgg({ read }: ByteReader): Streams | undefined {
  const unread: Unread[] = [];
  let at = 0;
  for (let count = 0; count < MAX_STREAMS; count++) {
    const header = read(at, HEADER_BYTES);
    const isFirst = ((header[5] ?? 0) & IS_FIRST) !== 0;
    if (String.fromCharCode(...header.subarray(0, 4)) !== "OggS" || !isFirst) break;
    const segments = read(at + HEADER_BYTES, header[26] ?? 0);
    const start = at + HEADER_BYTES + segments.length;
    const magic = String.fromCharCode(...read(start, 8));
    const found = known.find(([it]) => magic.startsWith(it));
    const missing = found ? found[1] : "film";
    if (missing) unread.push(missing);
    at = start + segments.reduce((sum, it) => sum + it, 0);
  }
  return at === 0 ? undefined : { unread };
}
