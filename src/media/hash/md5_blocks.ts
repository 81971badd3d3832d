/**
 * The inner loop of MD5 (RFC 1321) as WebAssembly, its 64 steps written out one after the other.
 * The runtime's own MD5 takes half as long again, and MD5 is most of the time of a scan.
 *
 * @module
 */

/** Works off the 64-byte blocks of memory from `begin` to `end`; the state lies at STATE. */
export interface Md5Blocks {
  run(begin: number, end: number): void;
  /** The four words of the state. */
  state: Uint32Array;
  /** Where blocks may lie. */
  data: Uint8Array;
  /** The address of `data`. */
  dataAt: number;
}

const STATE = 0;
const DATA = 64;
/** Of 64 KiB each. */
const PAGES = 3;

/** Compiles the loop; some milliseconds. */
export function openMd5Blocks(): Md5Blocks {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  const { buffer } = exports.memory as WebAssembly.Memory;
  return {
    run: exports.run as Md5Blocks["run"],
    state: new Uint32Array(buffer, STATE, 4),
    data: new Uint8Array(buffer, DATA),
    dataAt: DATA,
  };
}

// Instructions (webassembly.github.io/spec, "Binary Format"), each as its bytes.
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
const number = (value: number) => [0x41, ...signed(value)];
const load = (offset: number) => [0x28, 2, ...unsigned(offset)];
const store = (offset: number) => [0x36, 2, ...unsigned(offset)];
const less = [0x49];
const add = [0x6a];
const and = [0x71];
const or = [0x72];
const xor = [0x73];
const rotateLeft = [0x77];
const not = [...number(-1), ...xor];
const loop = [0x03, 0x40];
const again = [0x0d, 0];
const end = [0x0b];

const BEGIN = 0;
const END = 1;

type Code = number[];

/**
 * The four rounds: which word each step takes, how far it turns, and what it adds to a number on
 * the stack. The second round's two halves share no bit, so they may be added one by one, the one
 * that waits for the step before (b) last.
 */
const rounds: {
  word: (step: number) => number;
  turns: number[];
  mix: (b: Code, c: Code, d: Code) => Code;
}[] = [
  {
    word: (step) => step,
    turns: [7, 12, 17, 22],
    mix: (b, c, d) => [...c, ...d, ...xor, ...b, ...and, ...d, ...xor, ...add],
  },
  {
    word: (step) => (5 * step + 1) % 16,
    turns: [5, 9, 14, 20],
    mix: (b, c, d) => [...d, ...not, ...c, ...and, ...add, ...b, ...d, ...and, ...add],
  },
  {
    word: (step) => (3 * step + 5) % 16,
    turns: [4, 11, 16, 23],
    mix: (b, c, d) => [...c, ...d, ...xor, ...b, ...xor, ...add],
  },
  {
    word: (step) => (7 * step) % 16,
    turns: [6, 10, 15, 21],
    mix: (b, c, d) => [...d, ...not, ...b, ...or, ...c, ...xor, ...add],
  },
];

function step(index: number): Code {
  const { word, turns, mix } = rounds[index >> 4]!;
  // The state's words change places from step to step; here it is their names that do.
  const [a, b, c, d] = [0, 1, 2, 3].map((place) => 2 + (place + 64 - index) % 4);
  const constant = Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32) | 0;
  return [
    ...[...get(a!), ...number(constant), ...add],
    ...[...get(BEGIN), ...load(word(index) * 4), ...add],
    ...mix(get(b!), get(c!), get(d!)),
    ...[...number(turns[index % 4]!), ...rotateLeft, ...get(b!), ...add, ...set(a!)],
  ];
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const four = [0, 1, 2, 3];
  const stateWord = (index: number) => [...number(STATE), ...load(index * 4)];
  const body = [
    ...[1, 4, 0x7f], // four locals of 32 bits: a, b, c, d
    ...loop,
    ...four.flatMap((word) => [...stateWord(word), ...set(2 + word)]),
    ...Array.from({ length: 64 }, (_, index) => step(index)).flat(),
    ...four.flatMap((word) => [
      ...[...number(STATE), ...stateWord(word), ...get(2 + word), ...add, ...store(word * 4)],
    ]),
    ...[...get(BEGIN), ...number(64), ...add, ...tee(BEGIN), ...get(END), ...less, ...again],
    ...[...end, ...end],
  ];
  return new Uint8Array([
    ...[0x00, ...text("asm"), 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, 0x7f, 0x7f, 0]), // one type: two numbers in, nothing out
    ...section(3, [1, 0]),
    ...section(5, [1, 0, PAGES]),
    ...section(7, [2, ...name("memory"), 2, 0, ...name("run"), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function name(of: string): Code {
  return [of.length, ...text(of)];
}

function text(of: string): Code {
  return [...new TextEncoder().encode(of)];
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [value & 127 | 128, ...unsigned(value >>> 7)];
}

/** LEB128 of a signed number of 32 bits. */
function signed(value: number): Code {
  const rest = value >> 7;
  const isLast = rest === 0 && (value & 64) === 0 || rest === -1 && (value & 64) !== 0;
  return isLast ? [value & 127] : [value & 127 | 128, ...signed(rest)];
}
