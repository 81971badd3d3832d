/** Media files for tests: the project's samples, and small ones made by ffmpeg. @module */
import { fileURLToPath } from "node:url";
import { CommandError, run } from "../../src/base/command.ts";
import { noise } from "./temp.ts";

const folder = fileURLToPath(new URL("../../samples/", import.meta.url));

export const samples = {
  mp4: `${folder}Counting Colours.mp4`,
  mkv: `${folder}A Walk Through the Rainbow.mkv`,
  webm: `${folder}Falling Into Mandelbrot.webm`,
  avi: `${folder}Old Test Card.avi`,
};

/** Whether this machine has a program: for `ignore`. */
export async function has(program: string, ...args: string[]): Promise<boolean> {
  return await run(program, args).then(() => true, (error) => {
    if (error instanceof CommandError) return !error.details.missing;
    throw error;
  });
}

/** Makes a small clip of one second at `path`; `codecs` are ffmpeg's own options. */
export async function makeClip(path: string, codecs: string[]): Promise<string> {
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10"];
  const sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=8000"];
  const args = ["-v", "error", "-y", ...picture, ...sound, "-t", "1", ...codecs, `file:${path}`];
  await run("ffmpeg", args, { timeoutMs: 30_000 });
  return path;
}

/** A sound file of `bytes` bytes of noise: media that needs no ffmpeg, another for each seed. */
export function wav(seed: number, bytes = 800): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(44 + bytes);
  const view = new DataView(file.buffer);
  const text = (at: number, letters: string) => file.set(new TextEncoder().encode(letters), at);
  text(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  text(8, "WAVEfmt ");
  const format = [16, 1 | 1 << 16, 8000, 8000, 1 | 8 << 16]; // PCM, one channel, 8 kHz, 8 bit
  for (const [index, value] of format.entries()) view.setUint32(16 + index * 4, value, true);
  text(36, "data");
  view.setUint32(40, bytes, true);
  file.set(noise(bytes, seed), 44);
  return file;
}
