/**
 * The inner loop of MD5 (RFC 1321) as WebAssembly, its 64 steps written out one after the other,
 * for one input or for four at once. The runtime's own MD5 takes half as long again as the one,
 * and almost four times as long as the four; and MD5 is most of the time of a scan.
 *
 * @module
 */
import { type Code, fourWords, get, loopModule, oneWord, set, type Words } from "./wasm_code.ts";

export interface Md5Blocks {
  /** Works off the 64-byte blocks from `begin` to `end` of every input. */
  run(begin: number, end: number): void;
  /** The four words of the state; with four inputs each word four times, once for each. */
  state: Uint32Array;
  /** Where each input's bytes go. */
  inputs: Uint8Array[];
}

export const BLOCK_BYTES = 64;
export const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

/** Where the inputs begin; the state lies before them. */
const INPUTS_AT = 64;
const PAGE_BYTES = 65_536;
const SPARE = 6;

/** One input, with room for `inputBytes` at a time. */
export function openMd5Blocks(inputBytes: number): Md5Blocks {
  return open(oneWord, inputBytes);
}

/** Four inputs; undefined where the processor cannot do it. */
export function openMd5FourBlocks(inputBytes: number): Md5Blocks | undefined {
  return fourCan ? open(fourWords(inputBytes, SPARE), inputBytes) : undefined;
}

const fourCan = WebAssembly.validate(
  loopModule({ body: [], words: fourWords(0, SPARE), locals: 1, pages: 1 }),
);

function open(words: Words, inputBytes: number): Md5Blocks {
  const pages = Math.ceil((INPUTS_AT + words.lanes * inputBytes) / PAGE_BYTES);
  const code = loopModule({ body: body(words), words, locals: 5, pages });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
  const { buffer } = exports.memory as WebAssembly.Memory;
  const run = exports.run as (begin: number, end: number) => void;
  return {
    run: (begin, end) => run(INPUTS_AT + begin, INPUTS_AT + end),
    state: new Uint32Array(buffer, 0, 4 * words.lanes),
    inputs: Array.from(
      { length: words.lanes },
      (_, lane) => new Uint8Array(buffer, INPUTS_AT + lane * inputBytes, inputBytes),
    ),
  };
}

/** Locals 2 to 5 are MD5's a, b, c and d. */
function body(words: Words): Code {
  const four = [0, 1, 2, 3];
  return [
    ...four.flatMap((word) => [...words.loadState(word), ...set(2 + word)]),
    ...Array.from({ length: 64 }, (_, index) => step(index, words)).flat(),
    ...four.flatMap((word) =>
      words.storeState(word, [...words.loadState(word), ...get(2 + word), ...words.add])
    ),
  ];
}

function step(index: number, words: Words): Code {
  const { word, turns, mix } = rounds[index >> 4]!;
  // The state's words change places from step to step; here it is their names that do.
  const [a, b, c, d] = [0, 1, 2, 3].map((place) => 2 + (place + 64 - index) % 4);
  const constant = Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32) | 0;
  return [
    ...[...get(a!), ...words.constant(constant), ...words.add],
    ...[...words.load(word(index) * 4), ...words.add],
    ...mix(words, get(b!), get(c!), get(d!)),
    ...[...words.rotateLeft(turns[index % 4]!), ...get(b!), ...words.add, ...set(a!)],
  ];
}

/**
 * The four rounds: which word of the input each step takes, how far it turns, and what it adds to
 * a number on the stack. The second round's two halves share no bit, so they may be added one by
 * one, the one that waits for the step before (b) last.
 */
const rounds: {
  word: (step: number) => number;
  turns: number[];
  mix: (words: Words, b: Code, c: Code, d: Code) => Code;
}[] = [
  {
    word: (step) => step,
    turns: [7, 12, 17, 22],
    mix: ({ xor, and, add }, b, c, d) => [...c, ...d, ...xor, ...b, ...and, ...d, ...xor, ...add],
  },
  {
    word: (step) => (5 * step + 1) % 16,
    turns: [5, 9, 14, 20],
    mix: ({ not, and, add }, b, c, d) =>
      [[...d, ...not, ...c, ...and, ...add], [...b, ...d, ...and, ...add]].flat(),
  },
  {
    word: (step) => (3 * step + 5) % 16,
    turns: [4, 11, 16, 23],
    mix: ({ xor, add }, b, c, d) => [...c, ...d, ...xor, ...b, ...xor, ...add],
  },
  {
    word: (step) => (7 * step) % 16,
    turns: [6, 10, 15, 21],
    mix: ({ not, or, xor, add }, b, c, d) => [...d, ...not, ...b, ...or, ...c, ...xor, ...add],
  },
];
