/**
 * Our MD5 against the runtime's, at every length around a block's end and in any pieces.
 *
 * @module
 */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { createMd5 } from "../../../src/media/hash/md5.ts";
import { openMd5Four, PIECE_BYTES } from "../../../src/media/hash/md5_four.ts";

const bytes = Uint8Array.from({ length: 1_000_000 }, (_, at) => (at * 31 + (at >> 8)) & 255);

const expected = (length: number) =>
  createHash("md5").update(bytes.subarray(0, length)).digest("hex");

Deno.test("createMd5() agrees with the runtime at every length up to five blocks", () => {
  for (let length = 0; length <= 320; length++) {
    const md5 = createMd5();
    md5.update(bytes.subarray(0, length));
    strictEqual(md5.digest(), expected(length), `${length} bytes`);
  }
});

Deno.test("createMd5() does not care in which pieces the bytes come, nor who else hashes", () => {
  for (const pieceBytes of [1, 63, 64, 65, 1000, 131_072, 200_000, 1_000_000]) {
    const length = Math.min(bytes.length, pieceBytes * 1000);
    const [one, other] = [createMd5(), createMd5()];
    for (let at = 0; at < length; at += pieceBytes) {
      one.update(bytes.subarray(at, Math.min(length, at + pieceBytes)));
      other.update(bytes.subarray(0, 77));
    }
    strictEqual(one.digest(), expected(length), `pieces of ${pieceBytes} bytes`);
  }
});

Deno.test({
  name: "openMd5Four() agrees with the runtime, whatever the four lengths",
  ignore: openMd5Four() === undefined,
  fn: () => {
    const { inputs, begin, update, digest } = openMd5Four()!;
    const cases = [
      [0, 0, 0, 0],
      [55, 56, 63, 64],
      [1, 1000, 119, 120],
      [PIECE_BYTES, 0, PIECE_BYTES - 1, 70_000],
      [PIECE_BYTES - 9, PIECE_BYTES - 8],
      [12_345],
    ];
    for (const lengths of cases) {
      lengths.forEach((length, lane) => {
        begin(lane);
        inputs[lane]!.set(bytes.subarray(0, length));
      });
      update(lengths.map((length) => ({ length, isLast: true })));
      deepStrictEqual(lengths.map((_, lane) => digest(lane)), lengths.map(expected), `${lengths}`);
    }
  },
});

Deno.test({
  name: "openMd5Four() takes inputs of many pieces, each lane on its own",
  ignore: openMd5Four() === undefined,
  fn: () => {
    const { inputs, begin, update, digest } = openMd5Four()!;
    const whole = { length: PIECE_BYTES, isLast: false };
    const fill = (lane: number, from: number, length: number) =>
      inputs[lane]!.set(bytes.subarray(from, from + length));
    const digestOf = (from: number, length: number) =>
      createHash("md5").update(bytes.subarray(from, from + length)).digest("hex");

    begin(0);
    begin(2);
    fill(0, 0, PIECE_BYTES);
    fill(2, 5, 1000);
    update([whole, undefined, { length: 1000, isLast: true }]);
    const second = digest(2);
    begin(2);
    fill(0, PIECE_BYTES, PIECE_BYTES);
    fill(2, 9, PIECE_BYTES);
    update([whole, undefined, whole]);
    // One ends close behind a whole piece of its neighbour.
    fill(0, 2 * PIECE_BYTES, PIECE_BYTES - 1);
    fill(2, 9 + PIECE_BYTES, PIECE_BYTES);
    update([{ length: PIECE_BYTES - 1, isLast: true }, undefined, whole]);
    update([undefined, undefined, { length: 0, isLast: true }]);

    deepStrictEqual([second, digest(0), digest(2)], [
      digestOf(5, 1000),
      digestOf(0, 3 * PIECE_BYTES - 1),
      digestOf(9, 2 * PIECE_BYTES),
    ]);
  },
});
