/**
 * MD5 of four inputs at once, which takes little longer than that of one.
 *
 * @module
 */
import { padding, toHex } from "./md5.ts";
import { openMd5FourBlocks, START } from "./md5_blocks.ts";

/** What a lane is given: all of a whole piece, or what there is of its last one. */
export interface Md5Piece {
  length: number;
  isLast: boolean;
}

export interface Md5Four {
  /** Where the next piece of each lane goes, PIECE_BYTES at most. */
  inputs: Uint8Array[];
  /** A lane's next piece is the first of another input. */
  begin(lane: number): void;
  /** Takes the pieces in the inputs; all together take as long as the longest of them. */
  update(pieces: readonly (Md5Piece | undefined)[]): void;
  /** Of the input whose last piece a lane was given. */
  digest(lane: number): string;
}

/** A piece that is not the last is as long as this. */
export const PIECE_BYTES = 128 * 1024;

const WORDS = [0, 1, 2, 3];

/** Undefined where the processor cannot do it. */
export function openMd5Four(): Md5Four | undefined {
  const blocks = openMd5FourBlocks(PIECE_BYTES + 128); // and what MD5 puts behind the last
  if (!blocks) return undefined;
  const { run, state, inputs } = blocks;
  const lanes = inputs.map(() => ({ words: Uint32Array.from(START), bytes: 0 }));

  /** Up to where a lane's input is to be worked off. */
  const prepare = (piece: Md5Piece | undefined, lane: number): number => {
    const mine = lanes[lane]!;
    if (!piece) return 0;
    for (const word of WORDS) state[word * 4 + lane] = mine.words[word]!;
    mine.bytes += piece.length;
    if (!piece.isLast) return piece.length;
    const rest = padding(mine.bytes);
    inputs[lane]!.set(rest, piece.length);
    return piece.length + rest.length;
  };

  return {
    inputs,
    begin(lane) {
      lanes[lane] = { words: Uint32Array.from(START), bytes: 0 };
    },
    update(pieces) {
      const ends = pieces.map(prepare);
      let begin = 0;
      for (const end of [...new Set(ends)].sort((one, other) => one - other)) {
        if (end === 0) continue;
        run(begin, end);
        begin = end;
        // A lane that ends here is run on with the others: its words are taken out now.
        for (const [lane, { words }] of lanes.entries()) {
          if (ends[lane] === end) words.set(WORDS.map((word) => state[word * 4 + lane]!));
        }
      }
    },
    digest: (lane) => toHex(lanes[lane]!.words),
  };
}
