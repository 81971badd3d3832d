/**
 * The part of a Matroska file that tells what is in it, as a small file of its own: the lists of
 * properties and tracks, and the first block of each track. It is well-formed whatever the file is,
 * and has neither attachments nor clusters that a reader could lose his way in.
 *
 * @module
 */
import type { ReadBytes } from "../byte_reader.ts";
import { type Element, readElement } from "./ebml.ts";
import { blocksFrom } from "./blocks.ts";
import { parts, type Segment } from "./segment.ts";

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const TIME = 0xe7;
const SIMPLE_BLOCK = 0xa3;

const MAX_HEADER_BYTES = 1024;
/** What a picture is like stands at its begin. */
const MAX_BLOCK_BYTES = 256 * 1024;
/** Whoever is not heard of in so many blocks is left out. */
const MAX_BLOCKS = 60;

/** @param tracks How many there are to be heard of. */
export function viewOf(read: ReadBytes, segment: Segment, tracks: number): Uint8Array {
  const header = readElement(read, 0);
  const type = header?.size !== undefined && header.size <= MAX_HEADER_BYTES
    ? read(header.start, header.size)
    : new Uint8Array();
  const { cluster } = segment.found;
  const blocks = cluster ? firstBlocks(read, cluster, tracks) : [];
  return join(
    element(EBML, type),
    element(
      SEGMENT,
      join(
        element(parts.info, segment.content("info")),
        element(parts.tracks, segment.content("tracks")),
        element(parts.cluster, join(element(TIME, Uint8Array.of(0)), ...blocks)),
      ),
    ),
  );
}

function firstBlocks(read: ReadBytes, cluster: Element, tracks: number): Uint8Array[] {
  const found = new Map<number, Uint8Array>();
  let count = 0;
  for (const { track, start, sizeBytes } of blocksFrom(read, cluster)) {
    if (!found.has(track)) {
      const bytes = read(start, Math.min(sizeBytes, MAX_BLOCK_BYTES));
      found.set(track, element(SIMPLE_BLOCK, bytes));
    }
    if (found.size >= tracks || ++count === MAX_BLOCKS) break;
  }
  return [...found.values()];
}

/** Its identifier, its size in eight bytes, and its content. */
function element(id: number, content: Uint8Array): Uint8Array {
  const idLength = id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;
  const whole = new Uint8Array(idLength + 8 + content.length);
  for (let index = 0; index < idLength; index++) {
    whole[index] = id >>> 8 * (idLength - 1 - index);
  }
  whole[idLength] = 1; // what follows is the size, in seven bytes
  new DataView(whole.buffer).setUint32(idLength + 4, content.length);
  whole.set(content, idLength + 8);
  return whole;
}

function join(...some: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(some.reduce((sum, it) => sum + it.length, 0));
  let at = 0;
  for (const part of some) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
