/**
 * Where the parts of a Matroska or WebM file lie, RFC 9559: those before the first cluster, and
 * those behind the clusters that the index at the begin points to.
 *
 * @module
 */
import type { ReadBytes } from "../byte_reader.ts";
import { childrenOf, type Element, readElement, toNumber } from "./ebml.ts";

export const parts = {
  seekHead: 0x114d9b74,
  info: 0x1549a966,
  tracks: 0x1654ae6b,
  cues: 0x1c53bb6b,
  chapters: 0x1043a770,
  tags: 0x1254c367,
  attachments: 0x1941a469,
  cluster: 0x1f43b675,
} as const;

export type PartName = keyof typeof parts;

export interface Segment {
  start: number;
  /** undefined where the file does not say. */
  size: number | undefined;
  /** The first of each kind that has been found. */
  found: Partial<Record<PartName, Element>>;
  /** Its content; empty where it is not there, damaged, or larger than any sane one. */
  content(name: PartName): Uint8Array;
}

/** What comes before the first cluster: a handful of elements in any file made by a sane program. */
const MAX_ELEMENTS = 200;
const MAX_CONTENT_BYTES = 4 * 1024 * 1024;

const names = new Map(Object.entries(parts).map(([name, id]) => [id as number, name as PartName]));

export function isMatroska(read: ReadBytes): boolean {
  return toNumber(read(0, 4)) === 0x1a45dfa3;
}

/** Undefined where there is no segment. */
export function readSegment(read: ReadBytes): Segment | undefined {
  const header = readElement(read, 0);
  const segment = header?.size === undefined
    ? undefined
    : readElement(read, header.start + header.size);
  if (!segment) return undefined;
  const found: Segment["found"] = {};
  const contentOf = (it: Element | undefined) => {
    if (it?.size === undefined || it.size > MAX_CONTENT_BYTES) return new Uint8Array();
    return read(it.start, it.size);
  };
  let offset = segment.start;
  for (let count = 0; count < MAX_ELEMENTS; count++) {
    const element = readElement(read, offset);
    const name = element && names.get(element.id);
    if (name) found[name] ??= element;
    if (element?.size === undefined || name === "cluster") break;
    offset = element.start + element.size;
  }
  for (const [id, position] of seekEntries(contentOf(found.seekHead))) {
    const name = names.get(id);
    if (!name || found[name] || name === "cluster") continue;
    const element = readElement(read, segment.start + position);
    if (element?.id === id) found[name] = element;
  }
  return {
    start: segment.start,
    size: segment.size,
    found,
    content: (name) => contentOf(found[name]),
  };
}

const SEEK = 0x4dbb;
const SEEK_ID = 0x53ab;
const SEEK_POSITION = 0x53ac;

/** What lies where, counted from the content of the segment. */
function* seekEntries(seekHead: Uint8Array): Generator<[id: number, position: number]> {
  let count = 0;
  for (const [id, content] of childrenOf(seekHead)) {
    if (id !== SEEK || count++ > MAX_ELEMENTS) continue;
    const seek = new Map(childrenOf(content));
    const of = toNumber(seek.get(SEEK_ID)?.subarray(0, 4) ?? new Uint8Array());
    const position = seek.get(SEEK_POSITION);
    if (!position || position.length > 8) continue;
    const bytes = toNumber(position);
    if (Number.isSafeInteger(bytes)) yield [of, bytes];
  }
}
