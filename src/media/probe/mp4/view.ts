/**
 * The part of an MP4 that tells what is in it, without what takes its room: the tables of samples
 * and the pictures. A film's index of 5 MB is 5 KB of that; and a table that claims four thousand
 * million samples is not believed by anybody who never sees it.
 *
 * @module
 */
import { type ReadBytes, TooMuchError } from "../byte_reader.ts";
import type { Box, Boxes } from "./boxes.ts";

/** Tables, which are never shown: their place is kept, as a box of free room. */
const hidden = new Set(
  "stts ctts cslg stss stps stsz stz2 stsc stco co64 sdtp sbgp sgpd subs saiz saio padb stdp mvex elst free skip uuid"
    .split(" "),
);

/** Of the boxes that are looked into, for what is hidden in them. */
const opened = new Set(["trak", "mdia", "minf", "stbl", "edts"]);

const MAX_INDEX_BYTES = 64 * 1024 * 1024;
/** What is larger, whatever it is called, is none of what we look for. */
const MAX_SHOWN_BYTES = 128 * 1024;

/** A file of its own: the type of the file and its index, as mediabunny reads them. */
export function viewOf(boxes: Boxes, { type, index }: { type: Box | undefined; index: Box }) {
  const length = index.end - index.at;
  if (length > MAX_INDEX_BYTES) {
    throw new TooMuchError(`its index would have ${length} bytes`);
  }
  const head = type ? boxes.read(type.at, Math.min(type.end - type.at, 1024)) : QUICKTIME;
  const whole = new Uint8Array(head.length + length);
  whole.set(head);
  if (type) new DataView(whole.buffer).setUint32(0, head.length);
  let from = index.at;
  for (const { at, start, end } of holesIn(boxes, index)) {
    copy(boxes.read, from, start, whole, head.length - index.at);
    whole.set(FREE, at + 4 + head.length - index.at);
    from = end;
  }
  copy(boxes.read, from, index.end, whole, head.length - index.at);
  return whole;
}

/** Before there was a box for the type, there was only QuickTime. */
const QUICKTIME = Uint8Array.from([
  0,
  0,
  0,
  16,
  ...new TextEncoder().encode("ftypqt  "),
  0,
  0,
  0,
  0,
]);

const FREE = new TextEncoder().encode("free");

/** What is not shown, in order. */
function* holesIn(boxes: Boxes, parent: Box): Generator<Box> {
  for (const box of boxes.within(parent)) {
    if (hidden.has(box.type) || box.type === "udta" || box.type === "meta") yield box;
    else if (opened.has(box.type)) yield* holesIn(boxes, box);
    else if (box.end - box.start > MAX_SHOWN_BYTES) yield box;
  }
}

function copy(read: ReadBytes, from: number, to: number, into: Uint8Array, shift: number): void {
  if (to > from) into.set(read(from, to - from), from + shift);
}
