/**
 * MD5 of bytes that come in pieces.
 *
 * @module
 */
import type { Hasher } from "./algorithms.ts";
import { BLOCK_BYTES, type Md5Blocks, openMd5Blocks, START } from "./md5_blocks.ts";

const PIECE_BYTES = 128 * 1024;

/** Any number of them may be under way: each brings its state to the one block loop and back. */
export function createMd5(): Hasher {
  const { run, state, inputs: [input] } = blocks ??= openMd5Blocks(PIECE_BYTES);
  const mine = Uint32Array.from(START);
  const rest = new Uint8Array(BLOCK_BYTES);
  let restBytes = 0;
  let length = 0;

  const update = (bytes: Uint8Array): void => {
    length += bytes.length;
    for (let at = 0; at < bytes.length;) {
      input!.set(rest.subarray(0, restBytes));
      const piece = bytes.subarray(at, at + input!.length - restBytes);
      input!.set(piece, restBytes);
      at += piece.length;
      const filled = restBytes + piece.length;
      restBytes = filled % BLOCK_BYTES;
      if (filled >= BLOCK_BYTES) {
        state.set(mine);
        run(0, filled - restBytes);
        mine.set(state);
      }
      rest.set(input!.subarray(filled - restBytes, filled));
    }
  };
  const digest = (): string => {
    update(padding(length));
    return toHex(mine);
  };
  return { update, digest };
}

/** One per thread. */
let blocks: Md5Blocks | undefined;

/** What stands after the bytes: one bit, zeros up to the end of a block, and in its last eight bytes the length in bits. */
export function padding(length: number): Uint8Array {
  const bytes = new Uint8Array(BLOCK_BYTES + 8 - (length + 8) % BLOCK_BYTES);
  bytes[0] = 0x80;
  const end = new DataView(bytes.buffer, bytes.length - 8);
  end.setUint32(0, length * 8 >>> 0, true);
  end.setUint32(4, Math.floor(length / 2 ** 29), true);
  return bytes;
}

/** The digest that four words of state stand for. */
export function toHex(words: ArrayLike<number>): string {
  const bytes = new DataView(new ArrayBuffer(16));
  for (let index = 0; index < 4; index++) bytes.setUint32(index * 4, words[index]!, true);
  return new Uint8Array(bytes.buffer).toHex();
}
