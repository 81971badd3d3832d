import { deepStrictEqual, match, strictEqual, throws } from "node:assert/strict";
import { settings } from "../../../src/config/mod.ts";
import { algorithms, type HashName, prepareHashers, toHashName } from "../../../src/media/mod.ts";

/** Of "abc": RFC 1321, FIPS 180-4, RFC 7693; the last three as Python's blake3, xxhash and zlib say. */
const vectors: Record<HashName, string> = {
  md5: "900150983cd24fb0d6963f7d28e17f72",
  sha1: "a9993e364706816aba3e25717850c26c9cd0d89d",
  sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  sha512: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  blake2b: "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1" +
    "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
  blake3: "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
  xxh128: "06b05ab6733a618578af5f94892f3950",
  crc32: "352441c2",
};

const names = Object.keys(vectors) as HashName[];

/** Of nothing at all. */
const empty: Record<HashName, string> = {
  md5: "d41d8cd98f00b204e9800998ecf8427e",
  sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  sha512: "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce" +
    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
  blake2b: "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419" +
    "d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce",
  blake3: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
  xxh128: "99aa06d3014798d86001c324468d497f",
  crc32: "00000000",
};

Deno.test("each algorithm hashes as its standard says, in one piece or several", async () => {
  await prepareHashers(names);
  for (const name of names) {
    const pieces = algorithms[name]();
    for (const letter of "abc") pieces.update(new TextEncoder().encode(letter));

    strictEqual(pieces.digest(), vectors[name], name);
    strictEqual(algorithms[name]().digest(), empty[name], name);
  }
});

Deno.test("the setting takes exactly the algorithms that there are", () => {
  deepStrictEqual(settings.hashAlgorithms.schema.parse(Object.keys(algorithms)), [
    ...Object.keys(algorithms),
  ]);
  throws(() => settings.hashAlgorithms.schema.parse(["crc64"]));
});

Deno.test("any number of hashers of one name may be under way, each with its own bytes", async () => {
  await prepareHashers(names);
  const bytes = Uint8Array.from({ length: 300_001 }, (_, i) => (31 * i + (i >> 8) + 7) % 256);
  const whole: Partial<Record<HashName, string>> = {
    blake3: "fb33de3c0dca96f78ffa3fd6364e6034c2a54914193ae0255ab177d5eeefe4d8",
    xxh128: "655b199838deebb00b9d57a793d5ad8a",
    crc32: "2ade174f",
  };
  for (const name of names) {
    const hashers = [1, 2, 3, 4].map(() => algorithms[name]());
    for (let at = 0; at < bytes.length; at += 70_000) {
      for (const hasher of hashers) hasher.update(bytes.subarray(at, at + 70_000));
      algorithms[name]().update(bytes); // one that nobody brings to its end
    }

    const digests = new Set(hashers.map((hasher) => hasher.digest()));

    const [digest] = digests;
    strictEqual(digests.size, 1, name);
    if (whole[name]) strictEqual(digest, whole[name], name);
  }
});

Deno.test("a hash that is compiled on first use says so where nobody has", async () => {
  const script = `
    const { algorithms } = await import("${import.meta.resolve("../../../src/media/mod.ts")}");
    try { algorithms.blake3(); } catch (error) { console.log(String(error)); }`;
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdout: "piped",
  }).output();

  match(new TextDecoder().decode(output.stdout), /TypeError: .*"blake3": it is not prepared/);
});

Deno.test("toHashName() refuses what is no algorithm, and says which there are", () => {
  strictEqual(toHashName("blake2b"), "blake2b");
  for (const name of ["MD5", "crc64", "constructor", "__proto__", ""]) {
    throws(() => toHashName(name), { name: "InvalidError", message: /known are md5, sha1/ });
  }
});
