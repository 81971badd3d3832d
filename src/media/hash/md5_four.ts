/**
 * MD5 of four small files at once, which takes little longer than that of one.
 *
 * @module
 */
import { padding, toHex } from "./md5.ts";
import { openMd5FourBlocks, START } from "./md5_blocks.ts";

export interface Md5Four {
  /** Where the bytes go, SMALL_BYTES at most to each. */
  inputs: Uint8Array[];
  /** The digests of the first so many bytes of each input. All take as long as the longest. */
  digest(lengths: readonly number[]): string[];
}

/** The most bytes that an input takes. */
export const SMALL_BYTES = 128 * 1024;

/** Undefined where the processor cannot do it. */
export function openMd5Four(): Md5Four | undefined {
  const blocks = openMd5FourBlocks(SMALL_BYTES + 128); // and what MD5 puts behind them
  if (!blocks) return undefined;
  const { run, state, inputs } = blocks;

  const digest = (lengths: readonly number[]): string[] => {
    START.forEach((word, index) => state.fill(word, index * 4, index * 4 + 4));
    const ends = lengths.map((length, lane) => {
      const rest = padding(length);
      inputs[lane]!.set(rest, length);
      return length + rest.length;
    });

    const digests: string[] = [];
    let begin = 0;
    for (const end of [...new Set(ends)].sort((one, other) => one - other)) {
      run(begin, end);
      begin = end;
      for (const lane of lengths.keys()) {
        if (ends[lane] === end) digests[lane] = toHex([0, 4, 8, 12].map((at) => state[at + lane]!));
      }
    }
    return digests;
  };
  return { inputs, digest };
}
