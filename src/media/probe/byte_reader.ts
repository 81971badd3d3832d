/**
 * Reads a file for those who look into it: its begin and its end once, the rest in small pieces, and
 * nothing without end. A damaged file may claim anything, and whoever believes it would read on
 * and on; so reads are counted, and too many of them are a failure.
 *
 * @module
 */
import type { Piece } from "../hash/identity.ts";
import type { TurnReader } from "../turn_reader.ts";
import { DamagedError } from "./damaged.ts";

/** The bytes from `offset`, `length` of them, or fewer where the file ends. */
export type ReadBytes = (offset: number, length: number) => Uint8Array;

/** Looking into this file costs more than any sound file would: it is given up. */
export class TooMuchError extends DamagedError {
  override readonly name = "TooMuchError";
}

export interface ByteReader {
  read: ReadBytes;
  sizeBytes: number;
  readonly bytesRead: number;
  /** Of both ends, where they have been read: for the identity, which needs no more. */
  pieces(): Piece[];
}

/** Of the begin and of the end: what the identity hash wants anyway. */
export const END_BYTES = 64 * 1024;
/** Headers are read in a dozen pieces of a few bytes: one read of this size has most of them. */
const AHEAD_BYTES = 4096;

/** An index of 64 MiB is that of a film of a hundred hours. */
const MAX_AT_ONCE = 64 * 1024 * 1024;
const MAX_BYTES = 96 * 1024 * 1024;
const MAX_READS = 20_000;
/** Of work on what was read; to wait for a disk is nobody's fault. */
const MAX_WORK_MS = 1500;

/** @param ends Room for both ends, twice END_BYTES, which nobody else uses while this is read. */
export function openByteReader(
  file: Deno.FsFile,
  sizeBytes: number,
  turns: TurnReader,
  ends?: Uint8Array,
): ByteReader {
  const began = performance.now();
  let waitedMs = 0;
  let bytesRead = 0;
  let reads = 0;
  let head: Piece | undefined;
  let tail: Piece | undefined;
  const held: Piece[] = [];

  let asked = 0;

  /** Who goes round in a circle asks for the same bytes again and again. */
  const checkTime = (): void => {
    if (++asked % 64 !== 0) return;
    if (performance.now() - began - waitedMs > MAX_WORK_MS) {
      throw new TooMuchError("to understand it takes too long");
    }
  };

  const load = (offset: number, into: Uint8Array): Piece => {
    const from = performance.now();
    reads++;
    const bytes = readAt(file, offset, into, turns);
    bytesRead += bytes.length;
    waitedMs += performance.now() - from;
    return { offset, bytes };
  };

  /** A file that has both its ends in one is read at once. */
  const headLength = sizeBytes <= 2 * END_BYTES ? sizeBytes : END_BYTES;
  const tailOffset = Math.max(sizeBytes - END_BYTES, 0);

  const pieceFor = (offset: number, length: number): Piece => {
    if (offset < headLength && offset + length <= headLength) {
      return head ??= load(0, ends?.subarray(0, headLength) ?? new Uint8Array(headLength));
    }
    if (offset >= tailOffset) {
      const length = sizeBytes - tailOffset;
      return tail ??= load(
        tailOffset,
        ends?.subarray(END_BYTES, END_BYTES + length) ?? new Uint8Array(length),
      );
    }
    const known = held.find((it) => contains(it, offset, length));
    if (known) return known;
    if (length > MAX_AT_ONCE || bytesRead + length > MAX_BYTES || reads > MAX_READS) {
      throw new TooMuchError(`it would take ${length} bytes, or too many reads, to look into it`);
    }
    const most = Math.min(Math.max(length, AHEAD_BYTES), sizeBytes - offset);
    const piece = load(offset, new Uint8Array(most));
    if (held.push(piece) > 2) held.shift();
    return piece;
  };

  return {
    sizeBytes,
    get bytesRead() {
      return bytesRead;
    },
    pieces: () => [head, tail].filter((it) => it !== undefined),
    read(offset, length) {
      // A damaged header may point anywhere.
      checkTime();
      if (!(offset >= 0 && offset < sizeBytes && length > 0)) return new Uint8Array();
      const most = Math.min(length, sizeBytes - offset);
      const piece = pieceFor(offset, most);
      return piece.bytes.subarray(offset - piece.offset, offset - piece.offset + most);
    },
  };
}

function contains({ offset, bytes }: Piece, from: number, length: number): boolean {
  return from >= offset && from + length <= offset + bytes.length;
}

/** Fills `bytes`, or less of them where the file ends earlier than it said. */
function readAt(
  file: Deno.FsFile,
  offset: number,
  bytes: Uint8Array,
  turns: TurnReader,
): Uint8Array {
  turns.seek(file, offset);
  let filled = 0;
  while (filled < bytes.length) {
    const read = turns.read(file, bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}
