/**
 * MD5 of bytes that come in pieces.
 *
 * @module
 */
import type { Hasher } from "./algorithms.ts";
import { type Md5Blocks, openMd5Blocks } from "./md5_blocks.ts";

const BLOCK_BYTES = 64;
const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

/** Any number of them may be under way: each brings its state to the one block loop and back. */
export function createMd5(): Hasher {
  const { run, state, data, dataAt } = blocks ??= openMd5Blocks();
  const mine = Uint32Array.from(START);
  const rest = new Uint8Array(BLOCK_BYTES);
  let restBytes = 0;
  let length = 0;

  /** Works off the whole blocks of what lies in `data`. */
  const work = (bytes: number): void => {
    if (bytes < BLOCK_BYTES) return;
    state.set(mine);
    run(dataAt, dataAt + bytes - bytes % BLOCK_BYTES);
    mine.set(state);
  };
  const update = (bytes: Uint8Array): void => {
    length += bytes.length;
    for (let at = 0; at < bytes.length;) {
      data.set(rest.subarray(0, restBytes));
      const piece = bytes.subarray(at, at + data.length - restBytes);
      data.set(piece, restBytes);
      at += piece.length;
      const filled = restBytes + piece.length;
      work(filled);
      restBytes = filled % BLOCK_BYTES;
      rest.set(data.subarray(filled - restBytes, filled));
    }
  };
  const digest = (): string => {
    const bits = length * 8;
    const padding = new Uint8Array(BLOCK_BYTES - (length + 8) % BLOCK_BYTES + 8);
    padding[0] = 0x80;
    const end = new DataView(padding.buffer, padding.length - 8);
    end.setUint32(0, bits >>> 0, true);
    end.setUint32(4, Math.floor(bits / 2 ** 32), true);
    update(padding);
    const result = new DataView(new ArrayBuffer(16));
    mine.forEach((word, index) => result.setUint32(index * 4, word, true));
    return new Uint8Array(result.buffer).toHex();
  };
  return { update, digest };
}

/** One per thread. */
let blocks: Md5Blocks | undefined;
