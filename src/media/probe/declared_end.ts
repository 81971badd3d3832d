/**
 * Where a container says that its content ends: a file that is shorter is a download that stopped,
 * or a copy that broke.
 *
 * @module
 */
import type { ReadBytes } from "./byte_reader.ts";
import { readElement } from "./matroska/ebml.ts";

/** Format → how its outermost headers are read; undefined where they do not say. */
const readers: Record<string, (read: ReadBytes, sizeBytes: number) => number | undefined> = {
  mp4: endOfBoxes,
  mov: endOfBoxes,
  matroska: endOfSegment,
  webm: endOfSegment,
  wav: endOfRiff,
};

/** The offset after the last byte of `container`, as its headers have it. */
export function declaredEnd(
  container: string,
  read: ReadBytes,
  sizeBytes: number,
): number | undefined {
  return readers[container]?.(read, sizeBytes);
}

/** A fragmented MP4 may have thousands of boxes: those at the beginning are enough to look at. */
const MAX_BOXES = 64;

/** ISO/IEC 14496-12, 4.2: size and type, one box after the other. */
function endOfBoxes(read: ReadBytes, sizeBytes: number): number | undefined {
  let offset = 0;
  for (let count = 0; count < MAX_BOXES && offset < sizeBytes; count++) {
    const header = viewOf(read(offset, 16));
    if (header.byteLength < 8) return offset + 8;
    const short = header.getUint32(0);
    if (short === 0) return sizeBytes; // to the end of the file
    if (short === 1 && header.byteLength < 16) return offset + 16;
    const size = short === 1 ? Number(header.getBigUint64(8)) : short;
    if (size < 8) return undefined; // no box: whatever follows, it is not cut off here
    offset += size;
  }
  return offset >= sizeBytes ? offset : undefined;
}

/** RFC 8794: the EBML header, then one segment, whose size may be unknown. */
function endOfSegment(read: ReadBytes): number | undefined {
  const header = readElement(read, 0);
  if (header?.size === undefined) return undefined;
  const segment = readElement(read, header.start + header.size);
  return segment?.size === undefined ? undefined : segment.start + segment.size;
}

/** Its size behind the name; nobody knows it of a recording that was never closed. */
function endOfRiff(read: ReadBytes): number | undefined {
  const header = viewOf(read(0, 8));
  const size = header.byteLength === 8 ? header.getUint32(4, true) : 0;
  return size === 0 || size >= 0xffff_fff0 ? undefined : 8 + size;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
