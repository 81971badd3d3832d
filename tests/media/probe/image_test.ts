/** Pictures: their kind and size by their first bytes. @module */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { run } from "../../../src/base/command.ts";
import type { Description } from "../../../src/media/media.ts";
import { openByteReader } from "../../../src/media/probe/byte_reader.ts";
import { probeImage } from "../../../src/media/probe/image.ts";
import { openTurnReader } from "../../../src/media/turn_reader.ts";
import { has } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";
import { join } from "./mutate.ts";

const ignore = !await has("ffmpeg", "-version");

async function probePicture(
  path: string,
): Promise<(Description & { bytesRead: number }) | undefined> {
  using file = await Deno.open(path);
  const reader = openByteReader(file, (await file.stat()).size, openTurnReader());
  const found = await probeImage(reader);
  return found && { ...found, bytesRead: reader.bytesRead };
}

Deno.test({ name: "probeImage() tells size and kind of pictures", ignore }, async () => {
  await using dir = await tempDir();
  for (
    const [name, codec] of [["a.jpg", "jpeg"], ["a.png", "png"], ["a.webp", "webp"], [
      "a.gif",
      "gif",
    ]] as const
  ) {
    const source = ["-f", "lavfi", "-i", "testsrc2=size=320x200", "-frames:v", "1"];
    await run("ffmpeg", ["-v", "error", ...source, `${dir.path}/${name}`], { timeoutMs: 30_000 });
    const found = (await probePicture(`${dir.path}/${name}`))!;

    strictEqual(found.container, codec);
    deepStrictEqual(found.tracks, [{ kind: "video", codec, width: 320, height: 200 }], name);
  }
});

const letters = (text: string) => new TextEncoder().encode(text);

function box(type: string, ...content: Uint8Array[]): Uint8Array {
  const whole = join(new Uint8Array(8), ...content);
  new DataView(whole.buffer).setUint32(0, whole.length);
  whole.set(letters(type), 4);
  return whole;
}

/** With a picture of 400 by 300 in its list of properties. */
function heif(brand: string, ...before: Uint8Array[]): Uint8Array {
  const ispe = box("ispe", new Uint8Array(4), Uint8Array.of(0, 0, 1, 0x90, 0, 0, 1, 0x2c));
  const meta = box("meta", new Uint8Array(4), box("iprp", box("ipco", ispe)));
  return join(box("ftyp", letters(brand), new Uint8Array(4)), ...before, meta);
}

Deno.test("probeImage() reads HEIC and AVIF", async () => {
  await using dir = await tempDir();
  for (const [brand, codec] of [["heic", "heic"], ["mif1", "heic"], ["avif", "avif"]] as const) {
    const found = await probePicture(await dir.file("a", heif(brand)));

    deepStrictEqual(found?.tracks, [{ kind: "video", codec, width: 400, height: 300 }], brand);
  }
});

/** A JPEG whose size stands behind `bytes` of something else. */
function jpeg(bytes: number): Uint8Array {
  const segments: Uint8Array[] = [];
  for (let left = bytes; left > 0; left -= 60_000) {
    segments.push(join(Uint8Array.fromHex("ffe2ea62"), new Uint8Array(0xea60)));
  }
  const frame = Uint8Array.fromHex("ffc000110800c8014003011100021101031101");
  const start = Uint8Array.fromHex("ffd8ffe000104a46494600010100000100010000");
  return join(start, ...segments, frame, new Uint8Array(20));
}

Deno.test("probeImage() looks further where a JPEG has a preview in front", async () => {
  await using dir = await tempDir();
  for (const bytes of [0, 100_000, 900_000]) {
    const found = await probePicture(await dir.file("a.jpg", jpeg(bytes)));

    deepStrictEqual([found?.tracks[0]?.width, found?.tracks[0]?.height], [320, 200], `${bytes}`);
  }
});

Deno.test("probeImage() refuses what is none, and sizes that no picture has", async () => {
  await using dir = await tempDir();
  const png = Uint8Array.fromHex("89504e470d0a1a0a0000000d49484452fffffffffffffff00806000000");

  await rejects(probePicture(await dir.file("a.png", png)), /pixels/);
  await rejects(
    probePicture(await dir.file("b.jpg", Uint8Array.fromHex("ffd8ffe0" + "00".repeat(100)))),
  );
  await rejects(probePicture(await dir.file("c.png", png.subarray(0, 18))));
  for (const text of ["", "GIF", "<svg width='1' height='1'/>", "BM......................"]) {
    strictEqual(await probePicture(await dir.file("d.png", text)), undefined, text);
  }
});
