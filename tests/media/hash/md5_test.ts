/**
 * Our MD5 against the runtime's, at every length around a block's end and in any pieces.
 *
 * @module
 */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { createMd5 } from "../../../src/media/hash/md5.ts";
import { openMd5Four, SMALL_BYTES } from "../../../src/media/hash/md5_four.ts";

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
    const { inputs, digest } = openMd5Four()!;
    const cases = [
      [0, 0, 0, 0],
      [55, 56, 63, 64],
      [1, 1000, 119, 120],
      [SMALL_BYTES, 0, SMALL_BYTES - 1, 70_000],
      [SMALL_BYTES - 9, SMALL_BYTES - 8],
      [12_345],
    ];
    for (const lengths of cases) {
      lengths.forEach((length, lane) => inputs[lane]!.set(bytes.subarray(0, length)));
      deepStrictEqual(digest(lengths), lengths.map(expected), `${lengths} bytes`);
    }
  },
});
