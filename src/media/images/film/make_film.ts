/**
 * Makes all pictures of one film, in a folder of its own: one look by ffprobe, one run of ffmpeg.
 *
 * @module
 */
import { yieldToOthers } from "../../../base/event_loop.ts";
import { join } from "node:path";
import { BLANK, perceptualHash, PICTURE_BYTES, varianceOf } from "../phash.ts";
import { fingerprintOf, type Frame, packed } from "../fingerprint.ts";
import type { Ffmpeg } from "../ffmpeg.ts";
import { filmArgs, outputs } from "./args.ts";
import { parseTaken, type Taken } from "./frames.ts";
import { type Look, lookArgs, parseLook } from "./look.ts";
import { FEW_FRAMES, type Plan, planOf } from "./plan.ts";

export interface Shot {
  /** In the folder. */
  file: string;
  timeS: number;
  /** Of its grey values: how much there is to see. */
  variance: number;
}

export interface FilmPictures {
  plan: Plan;
  /** In the folder; none of a still picture. */
  sheets: string[];
  sheetExtension: string;
  tileTimesS: number[];
  shots: Shot[];
  fingerprint: Uint8Array<ArrayBuffer>;
}

export interface MakeOptions {
  /** Empty, and nobody else's. */
  folder: string;
  ffmpeg: Ffmpeg;
  signal: AbortSignal;
  /** Nobody waits for it: it runs with the least claim to processor and disk. */
  inBackground: boolean;
}

/** Seconds that a run may take: decoding a whole film is slow, and nothing else takes so long. */
function timeoutMs({ durationS }: Plan): number {
  return (60 + Math.min(durationS, 4 * 3600) / 2) * 1000;
}

/** What is in the file. @throws {CommandError} ffprobe cannot read it */
export async function lookAt(
  path: string,
  { ffmpeg, ...options }: Pick<MakeOptions, "ffmpeg" | "signal"> & Partial<MakeOptions>,
  isStill = false,
): Promise<Look> {
  return parseLook(await ffmpeg.probe(lookArgs(path, isStill), options));
}

/**
 * Makes the pictures of the film that `look` has found.
 *
 * @throws {CommandError} ffmpeg cannot decode it
 */
export async function makeFilm(
  path: string,
  { film, durationS }: Look & Required<Pick<Look, "film">>,
  isStill: boolean,
  options: MakeOptions,
): Promise<FilmPictures> {
  const first = planOf(film, isStill ? 0 : durationS);
  const made = await make(path, first, options);
  if (first.isWhole || made.frames.length >= FEW_FRAMES) return made.pictures;
  // Hardly a key frame: a recording of a screen for example. There is no other way, then.
  await empty(options.folder);
  return (await make(path, planOf(film, durationS, true), options)).pictures;
}

async function make(path: string, plan: Plan, options: MakeOptions) {
  const { folder, ffmpeg, signal, inBackground } = options;
  const args = filmArgs(path, plan, { ...await ffmpeg.abilities(), folder });
  const said = await ffmpeg.run(args, { signal, timeoutMs: timeoutMs(plan), inBackground });
  const taken = parseTaken(said);
  const frames = await framesOf(join(folder, outputs.gray), taken.frame);
  const pictures = {
    plan,
    ...await collect(plan, taken, (await ffmpeg.abilities()).sheet.extension, folder),
    fingerprint: plan.durationS > 0 && frames.length > 0
      ? fingerprintOf(frames, plan.durationS)
      : packed([frames[0]?.hash ?? BLANK]),
  };
  return { frames, pictures };
}

async function collect(
  plan: Plan,
  taken: Taken,
  sheetExtension: string,
  folder: string,
): Promise<Omit<FilmPictures, "plan" | "fingerprint">> {
  const grays = await graysOf(join(folder, outputs.shotGray));
  const shots = grays.slice(0, taken.shot.length).map((gray, at) => ({
    file: outputs.shot(at + 1),
    timeS: taken.shot[at]!,
    variance: varianceOf(gray),
  }));
  const [first, ...others] = shots;
  // The very first picture is for films that have no other.
  const chosen = first && others.length > 0 && first.timeS < plan.firstShotS / 2 ? others : shots;
  const count = Math.ceil(taken.tile.length / (plan.columns * plan.rows));
  return {
    sheetExtension,
    sheets: Array.from({ length: count }, (_, at) => outputs.sheet(at + 1, sheetExtension)),
    tileTimesS: taken.tile,
    shots: chosen.slice(0, plan.shots),
  };
}

/** Hashes computed before others have a turn. */
const AT_ONCE = 64;

async function framesOf(path: string, timesS: readonly number[]): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (const [index, gray] of (await graysOf(path)).entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await yieldToOthers();
    const timeS = timesS[index];
    if (timeS === undefined) break;
    frames.push({ timeS, variance: varianceOf(gray), hash: perceptualHash(gray) });
  }
  return frames;
}

async function graysOf(path: string): Promise<Uint8Array[]> {
  const bytes = await Deno.readFile(path);
  return Array.from(
    { length: Math.floor(bytes.length / PICTURE_BYTES) },
    (_, index) => bytes.subarray(index * PICTURE_BYTES, (index + 1) * PICTURE_BYTES),
  );
}

async function empty(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) await Deno.remove(join(folder, name));
}
