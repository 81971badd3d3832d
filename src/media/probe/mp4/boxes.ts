/**
 * Boxes, ISO/IEC 14496-12, 4.2: the blocks that MP4 and QuickTime files are built of.
 *
 * @module
 */
import { type ReadBytes, TooMuchError } from "../byte_reader.ts";

export interface Box {
  type: string;
  /** Of its header. */
  at: number;
  /** Of its content. */
  start: number;
  end: number;
}

export interface Boxes {
  read: ReadBytes;
  /** The boxes between two offsets; ends at what is none. */
  between(start: number, end: number): Generator<Box>;
  /** The boxes in the content of another. */
  within(parent: Box): Generator<Box>;
  /** The first box of that name within `parent`, or along a path of names. */
  find(parent: Box, ...path: string[]): Box | undefined;
}

/** The index of a film with a hundred tracks has some 3,000. */
const MAX_BOXES = 20_000;
const MAX_IN_ONE = 1000;

export function openBoxes(read: ReadBytes): Boxes {
  let count = 0;
  function* between(start: number, end: number): Generator<Box> {
    let offset = start;
    for (let here = 0; here < MAX_IN_ONE && offset + 8 <= end; here++) {
      if (++count > MAX_BOXES) throw new TooMuchError("it has more boxes than any film");
      const header = view(read(offset, 16));
      if (header.byteLength < 8) return;
      const short = header.getUint32(0);
      if (short === 1 && header.byteLength < 16) return;
      // To the end, where it says 0; QuickTime ends lists with four zero bytes.
      const size = short === 1 ? Number(header.getBigUint64(8)) : short || end - offset;
      const from = offset + (short === 1 ? 16 : 8);
      if (offset + size < from) return;
      const type = fourLetters(header, 4);
      yield { type, at: offset, start: from, end: Math.min(end, offset + size) };
      offset += size;
    }
  }
  const boxes: Boxes = {
    read,
    between,
    within: (parent) => between(parent.start, parent.end),
    find(parent, ...path) {
      let found: Box | undefined = parent;
      for (const name of path) {
        if (!found) return undefined;
        const inside: Box = found;
        found = undefined;
        for (const box of boxes.within(inside)) {
          if (box.type !== name) continue;
          found = box;
          break;
        }
      }
      return found;
    },
  };
  return boxes;
}

export function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Four letters of Latin-1, as in the name of a box ("©nam"); "" where one of them is no letter. */
export function fourLetters(bytes: DataView, offset: number): string {
  if (offset + 4 > bytes.byteLength) return "";
  const number = bytes.getUint32(offset);
  const known = lettersOf.get(number);
  if (known !== undefined) return known;
  const letters = String.fromCharCode(
    bytes.getUint8(offset),
    bytes.getUint8(offset + 1),
    bytes.getUint8(offset + 2),
    bytes.getUint8(offset + 3),
  );
  const name = /^[\x20-\x7e\xa9][\x20-\x7e]{3}$/.test(letters) ? letters : "";
  if (lettersOf.size < MAX_NAMES) lettersOf.set(number, name);
  return name;
}

/** All files have the same few dozen. */
const lettersOf = new Map<number, string>();
const MAX_NAMES = 1000;

/** At most `most` bytes of a box's content. */
export function contentOf(read: ReadBytes, { start, end }: Box, most: number): DataView {
  return view(read(start, Math.min(end - start, most)));
}
