/**
 * Pictures for tests: real ones, and what only says to be one.
 *
 * @module
 */
import { crc32, deflateSync } from "node:zlib";
import { join } from "node:path";
import { run } from "../../../src/base/command.ts";
import { has } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";

export const hasFfmpeg = await has("ffmpeg", "-version");

/** A PNG of one colour, by hand: needs no ffmpeg. Each `shade` is another picture. */
export function png(width: number, height: number, shade = 128): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([8, 0], 8); // 8 bits, grey
  const rows = new Uint8Array((width + 1) * height);
  for (let at = 0; at < rows.length; at++) rows[at] = at % (width + 1) === 0 ? 0 : shade;
  const chunks = [
    chunk("IHDR", header),
    chunk("IDAT", new Uint8Array(deflateSync(rows))),
    chunk("IEND", new Uint8Array()),
  ];
  return concat(Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10), ...chunks);
}

export function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(12 + data.length);
  const view = new DataView(made.buffer);
  view.setUint32(0, data.length);
  made.set(new TextEncoder().encode(type), 4);
  made.set(data, 8);
  view.setUint32(8 + data.length, crc32(made.subarray(4, 8 + data.length)));
  return made;
}

/** As ffmpeg makes it: "jpg", "webp", "png", "gif". */
export async function made(extension: string, size = "64x48"): Promise<Uint8Array<ArrayBuffer>> {
  await using dir = await tempDir();
  const path = join(dir.path, `made.${extension}`);
  const source = ["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=1`, "-frames:v", "1"];
  await run("ffmpeg", ["-v", "error", ...source, `file:${path}`]);
  return await Deno.readFile(path);
}

/** What a decoder makes of it: width and height; throws where it cannot. */
export async function decoded(bytes: Uint8Array): Promise<[number, number]> {
  await using dir = await tempDir();
  const path = await dir.file("picture", bytes);
  await run("ffmpeg", ["-v", "error", "-xerror", "-i", `file:${path}`, "-f", "null", "-"]);
  const fields = ["-show_entries", "stream=width,height", "-of", "csv=p=0"];
  const said = await run("ffprobe", ["-v", "error", ...fields, `file:${path}`]);
  const [width = 0, height = 0] = said.trim().split(",").map(Number);
  return [width, height];
}

export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}
