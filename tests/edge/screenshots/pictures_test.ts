/** What is taken as a picture, and what is left of it. @module */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { InvalidError } from "../../../src/base/errors.ts";
import { clean } from "../../../src/edge/server/screenshots/pictures/mod.ts";
import { chunk, concat, decoded, hasFfmpeg, made, png } from "./pictures.ts";

const text = (it: string) => new TextEncoder().encode(it);
const includes = (bytes: Uint8Array, it: string) =>
  new TextDecoder("latin1").decode(bytes).includes(it);

Deno.test(
  "clean() takes what ffmpeg makes, and it still decodes",
  { ignore: !hasFfmpeg },
  async () => {
    for (const extension of ["jpg", "png", "webp"]) {
      const bytes = await made(extension);
      const cleaned = clean(bytes);

      deepStrictEqual([cleaned.width, cleaned.height], [64, 48], extension);
      strictEqual(cleaned.extension, extension);
      deepStrictEqual(await decoded(cleaned.bytes), [64, 48], extension);
      deepStrictEqual(clean(cleaned.bytes).bytes, cleaned.bytes, "twice is once");
    }
  },
);

Deno.test("clean() drops metadata, comments, and what hangs behind the end", {
  ignore: !hasFfmpeg,
}, async () => {
  const script = "<script>alert(1)</script>";
  const segment = (marker: number, data: string) =>
    concat(Uint8Array.of(0xff, marker, 0, data.length + 2), text(data));
  const jpg = await made("jpg");
  const dirtyJpg = concat(
    jpg.subarray(0, 2),
    segment(0xe1, `Exif\0\0${script}`),
    segment(0xfe, script),
    jpg.subarray(2),
    text(script),
  );
  const plain = png(5, 4);
  const dirtyPng = concat(
    plain.subarray(0, 33),
    chunk("tEXt", text(`Comment\0${script}`)),
    plain.subarray(33),
    text(script),
  );
  const webp = await made("webp");
  const riff = (type: string, data: Uint8Array) => {
    const bytes = concat(text(type), new Uint8Array(4), data, new Uint8Array(data.length % 2));
    new DataView(bytes.buffer).setUint32(4, data.length, true);
    return bytes;
  };
  const dirtyWebp = riff("RIFF", concat(webp.subarray(8), riff("EXIF", text(script))));

  for (const [dirty, size] of [[dirtyJpg, [64, 48]], [dirtyPng, [5, 4]], [dirtyWebp, [64, 48]]]) {
    const bytes = dirty as Uint8Array;
    ok(includes(bytes, script));
    const cleaned = clean(bytes);
    ok(!includes(cleaned.bytes, "script"));
    deepStrictEqual(await decoded(cleaned.bytes), size);
  }
});

Deno.test("clean() refuses what is no picture, cut off, or too large", async () => {
  const whole = png(30, 20);
  const huge = concat(whole);
  new DataView(huge.buffer).setUint32(16, 60_000);
  new DataView(huge.buffer).setUint32(29, 0);
  const bad: [string, Uint8Array][] = [
    ["HTML", text("<!doctype html><script>alert(1)</script>")],
    ["SVG", text('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')],
    ["nothing", new Uint8Array()],
    ["a start alone", Uint8Array.of(0xff, 0xd8, 0xff)],
    ["JPEG's start, then HTML", concat(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), text("<html>"))],
    ["GIF", text("GIF89a")],
    ["cut off", whole.subarray(0, whole.length - 5)],
    ["no picture in it", concat(whole.subarray(0, 33), chunk("IEND", new Uint8Array()))],
    ["a wrong check sum", huge],
    ["PNG's start, then a script", concat(whole.subarray(0, 8), text("<script>alert(1)</script>"))],
  ];
  for (const [name, bytes] of bad) throws(() => clean(bytes), InvalidError, name);

  const sized = (width: number, height: number) => {
    const header = new Uint8Array(13);
    new DataView(header.buffer).setUint32(0, width);
    new DataView(header.buffer).setUint32(4, height);
    return concat(whole.subarray(0, 8), chunk("IHDR", header), whole.subarray(33));
  };
  throws(() => clean(sized(60_000, 10)), /too large/);
  throws(() => clean(sized(9000, 9000)), /too large/);
  throws(() => clean(sized(0, 9)), /no size/);
  if (!hasFfmpeg) return;
  throws(() => clean(new Uint8Array(0)), InvalidError);
  for (const extension of ["jpg", "webp"]) {
    const bytes = await made(extension);
    // Wherever it is cut.
    for (let at = 12; at < bytes.length - 2; at += 37) {
      throws(() => clean(bytes.subarray(0, at)), InvalidError, `${extension} at ${at}`);
    }
  }
});

Deno.test("clean() throws nothing else, whatever the bytes are", async () => {
  const good = hasFfmpeg ? await Promise.all(["jpg", "png", "webp"].map((it) => made(it))) : [];
  good.push(png(9, 9));
  let state = 7;
  const random = (below: number) => (state = (state * 1_103_515_245 + 12_345) >>> 1) % below;
  for (let round = 0; round < 2000; round++) {
    const bytes = good[random(good.length)]!.slice();
    for (let flips = 0; flips <= random(6); flips++) bytes[random(bytes.length)] = random(256);
    try {
      ok(clean(bytes).bytes.length > 0);
    } catch (error) {
      ok(error instanceof InvalidError, String(error));
    }
  }
});
