/** Which kind of picture a caller is given, and whose picture a file beside a film is. @module */
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { InvalidError } from "../../../src/base/errors.ts";
import { pictureFacts, posterBeside } from "../../../src/media/images/covers.ts";
import { chooseEncoding, encodingsOf } from "../../../src/media/images/formats.ts";

const all = encodingsOf(() => true);
const jpegOnly = encodingsOf((name) => ["mjpeg", "image2"].includes(name));

Deno.test("chooseEncoding() follows Accept, its weights and its wildcards", () => {
  const cases: [string | undefined, string][] = [
    [undefined, "webp"],
    ["*/*", "webp"],
    ["image/avif,image/webp,image/*;q=0.8", "webp"],
    ["image/avif", "avif"],
    ["image/webp;q=0.5, image/avif;q=0.9", "avif"],
    ["image/*;q=0.1, image/jpeg", "jpeg"],
    ["image/webp;q=0, image/*", "avif"],
    ["text/html", "jpeg"],
  ];
  for (const [accept, name] of cases) {
    strictEqual(chooseEncoding(all, { accept })?.name, name, `${accept}`);
  }
});

Deno.test("chooseEncoding() follows the extension, else gives the next best", () => {
  strictEqual(chooseEncoding(all, { extension: ".JPG" })?.name, "jpeg");
  strictEqual(chooseEncoding(all, { extension: "avif", accept: "image/jpeg" })?.name, "avif");
  strictEqual(chooseEncoding(jpegOnly, { extension: "avif" })?.name, "jpeg");
  strictEqual(chooseEncoding(jpegOnly, { accept: "image/webp" })?.name, "jpeg");
  strictEqual(chooseEncoding([], {}), undefined);
  throws(() => chooseEncoding(all, { extension: "exe" }), InvalidError);
});

Deno.test("encodingsOf() makes AVIF only where ffmpeg can write it", () => {
  const without = encodingsOf((name) => name !== "avif");

  deepStrictEqual(without.map(({ name }) => name), ["webp", "jpeg"]);
});

Deno.test("posterBeside() takes the film's own poster, the folder's only of a film alone", () => {
  const names = ["Poster.JPG", "Film-poster.png", "folder.jpg"];
  const alone = { isAlone: true, isAudio: false };
  const among = { isAlone: false, isAudio: false };

  strictEqual(posterBeside("a/film.mkv", names, alone), "Film-poster.png");
  strictEqual(posterBeside("a/film.mkv", names, among), "Film-poster.png");
  strictEqual(posterBeside("a/other.mkv", names, alone), "Poster.JPG");
  strictEqual(posterBeside("a/other.mkv", names, among), undefined);
  strictEqual(
    posterBeside("a/song.mp3", ["cover.jpg"], { isAlone: false, isAudio: true }),
    "cover.jpg",
  );
  strictEqual(
    posterBeside("a/song.mp3", ["song.jpg"], { isAlone: false, isAudio: true }),
    "song.jpg",
  );
});

Deno.test("pictureFacts() goes by the bytes, and refuses what no browser shows", () => {
  const png = (width: number) => {
    const bytes = new Uint8Array(64);
    bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
    bytes.set(new TextEncoder().encode("IHDR"), 12);
    new DataView(bytes.buffer).setUint32(16, width);
    new DataView(bytes.buffer).setUint32(20, width);
    return bytes;
  };

  deepStrictEqual(pictureFacts(png(30)), {
    mimeType: "image/png",
    extension: "png",
    width: 30,
    height: 30,
  });
  throws(() => pictureFacts(png(60_000)), InvalidError);
  throws(
    () => pictureFacts(new TextEncoder().encode("<svg width='1' height='1'></svg>")),
    InvalidError,
  );
  throws(() => pictureFacts(new Uint8Array(100)), InvalidError);
});
