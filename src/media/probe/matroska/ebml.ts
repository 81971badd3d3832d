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
  return elementIn(read(offset, MAX_HEADER_BYTES), 0, offset);
}

/** An identifier of up to four bytes, a size of up to eight. */
const MAX_HEADER_BYTES = 12;

/** In plain loops: it is asked of each of a hundred elements of every file. */
function elementIn(bytes: Uint8Array, at: number, offset: number): Element | undefined {
  const end = Math.min(bytes.length, at + MAX_HEADER_BYTES);
  const idLength = Math.clz32(bytes[at] ?? 0) - 23;
  const sizeAt = at + idLength;
  if (sizeAt >= end || idLength > 4) return undefined;
  const first = bytes[sizeAt]!;
  const sizeLength = Math.clz32(first) - 23;
  if (sizeLength > 8 || sizeAt + sizeLength > end) return undefined;
  let id = 0;
  for (let index = at; index < sizeAt; index++) id = id * 256 + bytes[index]!;
  const marker = 0x80 >> (sizeLength - 1);
  let isUnknown = first === (marker << 1) - 1;
  let size = first & (marker - 1);
  for (let index = sizeAt + 1; index < sizeAt + sizeLength; index++) {
    const byte = bytes[index]!;
    if (byte !== 0xff) isUnknown = false;
    size = size * 256 + byte;
  }
  return { id, start: offset + idLength + sizeLength, size: isUnknown ? undefined : size };
}

/** The children in an element's content: identifier and content; ends at what is damaged. */
export function* childrenOf(content: Uint8Array): Generator<[id: number, content: Uint8Array]> {
  for (let offset = 0; offset < content.length;) {
    const element = elementIn(content, offset, offset);
    if (element?.size === undefined) return;
    const end = element.start + element.size;
    if (end > content.length) return;
    yield [element.id, content.subarray(element.start, end)];
    offset = end;
  }
}

/** An unsigned integer, the highest byte first. */
export function toNumber(bytes: Uint8Array): number {
  let number = 0;
  for (let index = 0; index < bytes.length; index++) number = number * 256 + bytes[index]!;
  return number;
}
