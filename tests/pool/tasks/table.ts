/** The jobs of the tests' worker, as one writes them: a table of functions. @module */
import { transferring, type Turn } from "../../../src/pool/mod.ts";

export const table = {
  double: (number: number) => number * 2,
  quadruple: (number: number) => table.double(table.double(number)),
  turns: async (count: number, turn: Turn) => {
    for (let at = 0; at < count; at++) await turn();
    return count;
  },
  invert: (bytes: Uint8Array<ArrayBuffer>) => {
    const inverted = bytes.map((byte) => ~byte);
    return transferring(inverted, [inverted.buffer]);
  },
  fail: (message: string): never => {
    throw new RangeError(message);
  },
};
