/**
 * Enough of WebAssembly's binary format (webassembly.github.io/spec) to write out a loop without
 * branches, on numbers of 32 bits or on four of them side by side.
 *
 * @module
 */

export type Code = number[];

/** What a loop is made of, for one width of its words. Operands lie on the stack. */
export interface Words {
  /** The type of a local that holds a word. */
  type: number;
  lanes: number;
  constant(value: number): Code;
  /** Of each lane's input, from `offset` after the address that local 0 holds. */
  load(offset: number): Code;
  rotateLeft(bits: number): Code;
  loadState(index: number): Code;
  storeState(index: number, value: Code): Code;
  add: Code;
  and: Code;
  or: Code;
  xor: Code;
  not: Code;
}

export const get = (local: number): Code => [0x20, local];
export const set = (local: number): Code => [0x21, local];
const tee = (local: number): Code => [0x22, local];
const number = (value: number): Code => [0x41, ...signed(value)];
const add = [0x6a];

export const oneWord: Words = {
  type: 0x7f,
  lanes: 1,
  constant: number,
  load: (offset) => [...get(0), 0x28, 2, ...unsigned(offset)],
  rotateLeft: (bits) => [...number(bits), 0x77],
  loadState: (index) => [...number(0), 0x28, 2, index * 4],
  storeState: (index, value) => [...number(0), ...value, 0x36, 2, index * 4],
  add,
  and: [0x71],
  or: [0x72],
  xor: [0x73],
  not: [...number(-1), 0x73],
};

/** Four inputs at once, `strideBytes` apart; `spare` is a local of this type. */
export function fourWords(strideBytes: number, spare: number): Words {
  const wide = (op: number): Code => [0xfd, ...unsigned(op)];
  const loadLane = (lane: number, offset: number) => {
    const from = unsigned(offset + lane * strideBytes);
    return [...set(spare), ...get(0), ...get(spare), ...wide(0x56), 2, ...from, lane];
  };
  return {
    type: 0x7b,
    lanes: 4,
    constant: (value) => [...number(value), ...wide(0x11)],
    load: (offset) => [
      ...[...get(0), ...wide(0x5c), 2, ...unsigned(offset)],
      ...[1, 2, 3].flatMap((lane) => loadLane(lane, offset)),
    ],
    // There is no such instruction for four: shifted left, shifted right, and put together.
    rotateLeft: (bits) => [
      ...[...tee(spare), ...number(bits), ...wide(0xab)],
      ...[...get(spare), ...number(32 - bits), ...wide(0xad), ...wide(0x50)],
    ],
    loadState: (index) => [...number(0), ...wide(0x00), 4, index * 16],
    storeState: (index, value) => [...number(0), ...value, ...wide(0x0b), 4, index * 16],
    add: wide(0xae),
    and: wide(0x4e),
    or: wide(0x50),
    xor: wide(0x51),
    not: wide(0x4d),
  };
}

/**
 * A module with a memory of `pages` of 64 KiB and a function run(begin, end): `body`, once for each
 * 64 bytes from begin to end. Local 0 holds where it is; `locals` more, from 2 on, hold words.
 */
export function loopModule(
  { body, words, locals, pages }: { body: Code; words: Words; locals: number; pages: number },
): Uint8Array<ArrayBuffer> {
  const code = [
    ...[1, locals, words.type],
    ...[0x03, 0x40], // loop
    ...body,
    ...[...get(0), ...number(64), ...add, ...tee(0), ...get(1), 0x49, 0x0d, 0], // again if less
    ...[0x0b, 0x0b], // end of the loop and of the function
  ];
  return new Uint8Array([
    ...[0x00, ...text("asm"), 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, 0x7f, 0x7f, 0]), // one type: two numbers in, nothing out
    ...section(3, [1, 0]),
    ...section(5, [1, 0, ...unsigned(pages)]),
    ...section(7, [2, ...name("memory"), 2, 0, ...name("run"), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
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
