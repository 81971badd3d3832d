/**
 * By what a file is known again before anybody has read all of it: a hash of its size and both its
 * ends, and the one that OpenSubtitles.org asks for.
 *
 * @module
 */
import type { IHasher } from "hash-wasm";
import type { TurnReader } from "../turn_reader.ts";

export interface Identity {
  /** XXH3-128 of the size (8 bytes, little-endian), the first and the last 64 KiB; 32 hex digits. */
  identity: string;
  /** 16 hex digits; absent of a file with less than 8 bytes, which has none. */
  oshash?: string;
}

/** Bytes that somebody has read already. */
export interface Piece {
  offset: number;
  bytes: Uint8Array;
}

export interface OpenedToIdentify {
  file: Deno.FsFile;
  sizeBytes: number;
  /** Not read once more. */
  known?: readonly Piece[];
}

/** Undefined when the file ends before its size is reached: it is being changed. */
export type Identify = (opened: OpenedToIdentify, reader: TurnReader) => Identity | undefined;

/** What is read of each end. */
export const END_BYTES = 64 * 1024;

/** One per thread; opened once, for it comes with 20 KB of WebAssembly. Runs in a worker. */
export function openIdentify(): Promise<Identify> {
  return opened ??= import("hash-wasm")
    .then(({ createXXHash128 }) => createXXHash128())
    .then((hasher) => (it, reader) => identify(it, reader, hasher));
}

let opened: Promise<Identify> | undefined;

function identify(
  { file, sizeBytes, known = [] }: OpenedToIdentify,
  reader: TurnReader,
  hasher: IHasher,
): Identity | undefined {
  const length = Math.min(END_BYTES, sizeBytes);
  const bytesAt = (offset: number, into: Uint8Array) => {
    const whole = known.find((it) => contains(it, offset, length));
    if (whole) return whole.bytes.subarray(offset - whole.offset, offset - whole.offset + length);
    return fill(into, offset, { file, known, reader }) ? into : undefined;
  };
  const head = bytesAt(0, ends.subarray(0, length));
  const tail = head && bytesAt(sizeBytes - length, ends.subarray(END_BYTES, END_BYTES + length));
  if (!tail) return undefined;

  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(sizeBytes), true);
  const identity = hasher.init().update(size).update(head).update(tail).digest("hex");
  return sizeBytes < 8 ? { identity } : { identity, oshash: oshashOf(sizeBytes, head, tail) };
}

/** A worker does one file at a time. */
const ends = new Uint8Array(2 * END_BYTES);

function contains({ offset, bytes }: Piece, from: number, length: number): boolean {
  return offset <= from && from + length <= offset + bytes.length;
}

/** Takes what is known, and reads the rest; false where the file ends too early. */
function fill(
  into: Uint8Array,
  offset: number,
  { file, known, reader }: { file: Deno.FsFile; known: readonly Piece[]; reader: TurnReader },
): boolean {
  const end = offset + into.length;
  let readAt = -1;
  for (let at = offset; at < end;) {
    const piece = known.find((it) => it.offset <= at && at < it.offset + it.bytes.length);
    if (piece) {
      const bytes = piece.bytes.subarray(at - piece.offset, end - piece.offset);
      into.set(bytes, at - offset);
      at += bytes.length;
      continue;
    }
    const next = Math.min(end, ...known.map((it) => it.offset).filter((it) => it > at));
    if (readAt !== at) reader.seek(file, at);
    const read = reader.read(file, into.subarray(at - offset, next - offset));
    if (!read) return false;
    readAt = at += read;
  }
  return true;
}

/**
 * The size plus all 64-bit numbers of both ends, of which what is beyond 64 bits is dropped
 * (trac.opensubtitles.org/projects/opensubtitles/wiki/HashSourceCodes). A file of less than 64 KiB is
 * both ends at once, as Stash takes it; bytes beyond a multiple of eight are left out.
 */
export function oshashOf(sizeBytes: number, head: Uint8Array, tail: Uint8Array): string {
  const length = Math.min(head.length, tail.length) & ~7;
  const one = sumOf(head.subarray(0, length));
  const other = sumOf(tail.subarray(tail.length - length));
  const sum = BigInt(sizeBytes) + BigInt(one.low + other.low) +
    (BigInt(one.high + other.high) << 32n);
  return BigInt.asUintN(64, sum).toString(16).padStart(16, "0");
}

/**
 * The lower and the upper halves of all 64-bit numbers, as doubles, which hold these sums exactly:
 * 16,384 numbers of 32 bits are below 2^46. Two numbers at once: no addition waits for the last.
 */
function sumOf(bytes: Uint8Array): { low: number; high: number } {
  const words = wordsOf(bytes);
  let [low, high, nextLow, nextHigh] = [0, 0, 0, 0];
  const even = words.length & ~3;
  for (let index = 0; index < even; index += 4) {
    low += words[index]!;
    high += words[index + 1]!;
    nextLow += words[index + 2]!;
    nextHigh += words[index + 3]!;
  }
  if (even < words.length) {
    low += words[even]!;
    high += words[even + 1]!;
  }
  return { low: low + nextLow, high: high + nextHigh };
}

/** Words begin at a multiple of four: other bytes are copied to where they do. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const isAligned = bytes.byteOffset % 4 === 0;
  if (!isAligned) aligned.set(bytes);
  const { buffer, byteOffset } = isAligned ? bytes : aligned;
  return new Uint32Array(buffer, byteOffset, bytes.length / 4);
}

const aligned = new Uint8Array(END_BYTES);
