/**
 * EBML elements, RFC 8794: the blocks that Matroska and WebM files are built of.
 *
 * @module
 */

import type { ReadBytes } from "../byte_reader.ts";

export interface Element {
  /** With its length marker, as the specifications print it: 0x1654AE6B. */
  id: number;
  /** Where its content begins. */
  start: number;
  /** Of its content; undefined where the file does not say, as in a live recording. */
  size: number | undefined;
}

/** The element at `offset`; undefined where there is none. */
export function readElement(read: ReadBytes, offset: number): Element | undefined {
  const bytes = read(offset, 12);
  const idLength = Math.clz32(bytes[0] ?? 0) - 23;
  const first = bytes[idLength];
  if (first === undefined || idLength > 4) return undefined;
  const sizeLength = Math.clz32(first) - 23;
  const sizeBytes = bytes.subarray(idLength, idLength + sizeLength);
  if (sizeLength > 8 || sizeBytes.length < sizeLength) return undefined;
  const marker = 0x80 >> (sizeLength - 1);
  const isUnknown = first === (marker << 1) - 1 && sizeBytes.subarray(1).every((it) => it === 0xff);
  const size = sizeBytes.subarray(1).reduce((sum, it) => sum * 256 + it, first & (marker - 1));
  return {
    id: toNumber(bytes.subarray(0, idLength)),
    start: offset + idLength + sizeLength,
    size: isUnknown ? undefined : size,
  };
}

/** The children in an element's content: identifier and content; ends at what is damaged. */
export function* childrenOf(content: Uint8Array): Generator<[id: number, content: Uint8Array]> {
  const read: ReadBytes = (offset, length) => content.subarray(offset, offset + length);
  for (let offset = 0; offset < content.length;) {
    const element = readElement(read, offset);
    if (element?.size === undefined) return;
    const end = element.start + element.size;
    if (end > content.length) return;
    yield [element.id, content.subarray(element.start, end)];
    offset = end;
  }
}

/** An unsigned integer, the highest byte first. */
export function toNumber(bytes: Uint8Array): number {
  return bytes.reduce((sum, it) => sum * 256 + it, 0);
}
