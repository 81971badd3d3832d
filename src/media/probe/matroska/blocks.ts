/**
 * When the pictures of a Matroska file are shown, by the headers of its blocks: RFC 9559, 10. Only
 * where the file does not say how long each is; and only of the first few, or the last.
 *
 * @module
 */
import type { ReadBytes } from "../byte_reader.ts";
import type { Run } from "../codec/frame_rate.ts";
import { type Element, readElement, toNumber } from "./ebml.ts";
import { parts } from "./segment.ts";

const ids = { time: 0xe7, simpleBlock: 0xa3, group: 0xa0, block: 0xa1 };

const MAX_ELEMENTS = 400;
const MAX_PICTURES = 100;

export interface Block {
  track: number;
  /** In ticks of the segment. */
  time: number;
  /** Of its content, which begins with the number of its track. */
  start: number;
  sizeBytes: number;
}

/** Pictures between which others are shown that are stored behind them. */
const MAX_AHEAD = 4;

export interface Look {
  pictures: number;
  elements: number;
  /** Of the first element in the cluster; else its begin. */
  from?: number | undefined;
}

/** How long each of the next pictures of a track stands, in ticks. */
export function readPictureTimes(
  read: ReadBytes,
  cluster: Element,
  track: number,
  look: Look = { pictures: MAX_PICTURES, elements: MAX_ELEMENTS },
): Run[] {
  const times: number[] = [];
  let isCut = false;
  for (const block of blocksFrom(read, cluster, look)) {
    if (block.track === track) times.push(block.time);
    isCut = times.length === look.pictures;
    if (isCut) break;
  }
  // They are stored as they are decoded, which is not as they are shown.
  times.sort((one, other) => one - other);
  if (isCut) times.length -= MAX_AHEAD;
  return times.slice(1).map((time, index) => ({ count: 1, ticks: time - times[index]! }));
}

/** How far from the end a cluster is looked for. */
const MAX_TAIL_BYTES = 4 * 1024 * 1024;
const STEP_BYTES = 64 * 1024;

/** The time of the last block, in ticks: of a recording that was never closed, its length. */
export function readLastTime(
  read: ReadBytes,
  from: number,
  sizeBytes: number,
): number | undefined {
  const marker = [0x1f, 0x43, 0xb6, 0x75];
  let end = sizeBytes;
  while (end > from && sizeBytes - end < MAX_TAIL_BYTES) {
    const start = Math.max(from, end - STEP_BYTES);
    const bytes = read(start, end - start);
    for (let at = bytes.length - 4; at >= 0; at--) {
      if (!marker.every((it, index) => bytes[at + index] === it)) continue;
      const cluster = readElement(read, start + at);
      let last: number | undefined;
      for (const { time } of cluster ? blocksFrom(read, cluster) : []) {
        last = Math.max(last ?? 0, time);
      }
      if (last !== undefined) return last;
    }
    if (start === from) break;
    end = start + 3; // a marker may lie across two pieces
  }
  return undefined;
}

/** The headers of the blocks, from the begin of a cluster on. */
export function* blocksFrom(
  read: ReadBytes,
  cluster: Element,
  { elements: most, from = cluster.start }: Omit<Look, "pictures"> = { elements: MAX_ELEMENTS },
): Generator<Block> {
  let offset = from;
  let clusterTime = from > cluster.start ? timeOf(read, cluster) : 0;
  for (let count = 0; count < most; count++) {
    const element = readElement(read, offset);
    if (!element) return;
    if (element.id === parts.cluster || element.id === ids.group) {
      offset = element.start; // what is in them comes next
      continue;
    }
    if (element.size === undefined) return;
    if (element.id === ids.time && element.size <= 8) {
      clusterTime = toNumber(read(element.start, element.size));
    }
    if (element.id === ids.simpleBlock || element.id === ids.block) {
      const block = readBlock(read, element, clusterTime);
      if (block) yield block;
    }
    offset = element.start + element.size;
  }
}

/** Of a cluster that says it first, as it should. */
function timeOf(read: ReadBytes, { start }: Element): number {
  const element = readElement(read, start);
  if (element?.id !== ids.time || (element.size ?? 9) > 8) return 0;
  return toNumber(read(element.start, element.size!));
}

/** Track number, as EBML writes sizes; then the time since that of the cluster, in two bytes. */
function readBlock(
  read: ReadBytes,
  { start, size: sizeBytes = 0 }: Element,
  clusterTime: number,
): Block | undefined {
  const bytes = read(start, 11);
  const length = Math.clz32(bytes[0] ?? 0) - 23;
  if (length > 8 || bytes.length < length + 2) return undefined;
  const track = toNumber(bytes.subarray(0, length)) - 2 ** (7 * length);
  const time = new DataView(bytes.buffer, bytes.byteOffset).getInt16(length);
  return { track, time: clusterTime + time, start, sizeBytes };
}
