import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { END_BYTES, openIdentify, oshashOf, type Piece } from "../../../src/media/hash/identity.ts";
import { openTurnReader, type TurnReader } from "../../../src/media/turn_reader.ts";

/** Byte i is (31 i + i >> 8 + 7) mod 256. */
function pattern(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => (31 * index + (index >> 8) + 7) % 256);
}

/**
 * Size → what an independent program made of pattern(size):
 *
 *     import struct, xxhash  # xxhash 3: a binding of the C library
 *     d = bytes((31 * i + (i >> 8) + 7) % 256 for i in range(n)); e = 65536
 *     xxhash.xxh3_128_hexdigest(struct.pack("<Q", n) + d[:e] + d[-e:])
 *     c = min(e, n) // 8 * 8
 *     words = struct.unpack(f"<{c // 8}Q", d[:c]) + struct.unpack(f"<{c // 8}Q", d[n - c:])
 *     "%016x" % ((n + sum(words)) % 2**64)
 */
const vectors: Record<number, { identity: string; oshash?: string }> = {
  0: { identity: "2c0a8a99dc147d5445c3b49d035665b2" },
  5: { identity: "ef7a9407a059f599e0000ffcd949a4ea" },
  8: { identity: "834b22ebc5d781470ea63e507761751c", oshash: "c1834506c88a4c16" },
  1000: { identity: "175246024875cdccd35fb37543365099", oshash: "4803bf7b34eeabcc" },
  1003: { identity: "2e364c9ae8e6485a055f9b0ad6e91a06", oshash: "b67128e19c571538" },
  65535: { identity: "f704795a3baf5133e9b6d1097618d8e0", oshash: "5694d3114f8eab0a" },
  65536: { identity: "b1951f90d1a08ec62d23906f75a12b55", oshash: "000000000000e000" },
  65543: { identity: "86655dbaf5c1ad0a4082bb8d803ca5b2", oshash: "000000000000e007" },
  131072: { identity: "4801cec1e06051eeb1e9528367cc4b46", oshash: "000000000001e000" },
  300001: { identity: "12020e7ae2a51ac6d70a785e6625543b", oshash: "00000000000473e1" },
};

async function withFile<T>(bytes: Uint8Array, work: (path: string) => Promise<T>): Promise<T> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    return await work(path);
  } finally {
    await Deno.remove(path);
  }
}

/** Counts the bytes that are read. */
function counting(): { reader: TurnReader; bytes: () => number } {
  const inner = openTurnReader();
  let bytes = 0;
  const read: TurnReader["read"] = (file, into) => {
    const read = inner.read(file, into);
    bytes += read ?? 0;
    return read;
  };
  return { reader: { ...inner, read }, bytes: () => bytes };
}

Deno.test("a file is known by its size and both its ends, as an independent program says", async () => {
  const identify = await openIdentify();
  for (const [size, expected] of Object.entries(vectors)) {
    await withFile(pattern(Number(size)), (path) => {
      const { reader, bytes } = counting();
      using file = reader.open(path);

      deepStrictEqual(identify({ file, sizeBytes: Number(size) }, reader), expected, size);

      ok(bytes() <= 2 * END_BYTES, `${size}: ${bytes()} bytes read`);
      return Promise.resolve();
    });
  }
});

Deno.test("what has been read already is not read again, wherever it lies", async () => {
  const identify = await openIdentify();
  const sizeBytes = 300_001;
  const bytes = pattern(sizeBytes);
  const piece = (offset: number, end: number): Piece => ({
    offset,
    bytes: bytes.slice(offset, end),
  });
  const cases: [string, Piece[], number][] = [
    ["nothing", [], 2 * END_BYTES],
    ["the begin", [piece(0, END_BYTES)], END_BYTES],
    ["everything", [piece(0, sizeBytes)], 0],
    ["a piece in the middle of each end", [piece(100, 1100), piece(280_000, 281_000)], 129_072],
    ["overlapping pieces", [piece(0, 40_000), piece(30_000, 70_000)], END_BYTES],
    ["what is of no use", [piece(100_000, 150_000)], 2 * END_BYTES],
  ];
  await withFile(bytes, (path) => {
    for (const [what, known, expected] of cases) {
      const { reader, bytes: bytesRead } = counting();
      using file = reader.open(path);

      deepStrictEqual(identify({ file, sizeBytes, known }, reader), vectors[sizeBytes], what);
      strictEqual(bytesRead(), expected, what);
    }
    return Promise.resolve();
  });
});

Deno.test("a file that has become shorter has no identity", async () => {
  const identify = await openIdentify();
  await withFile(pattern(1000), (path) => {
    const { reader } = counting();
    using file = reader.open(path);

    strictEqual(identify({ file, sizeBytes: 2000 }, reader), undefined);
    return Promise.resolve();
  });
});

Deno.test("oshashOf() drops what is beyond 64 bits", () => {
  const ones = new Uint8Array(END_BYTES).fill(0xff);

  // 16,384 times -1, and the size.
  strictEqual(oshashOf(200_000, ones, ones), (200_000 - 16_384).toString(16).padStart(16, "0"));
});
