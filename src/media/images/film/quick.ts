/**
 * One good picture of a film for somebody who waits: three seeks in one run, and the picture with
 * the most to see. It takes tenths of a second, where all pictures of a long film take seconds.
 *
 * @module
 */
import { join } from "node:path";
import { SIDE, varianceOf } from "../phash.ts";
import { toJpeg, toOrdinaryTones } from "./args.ts";
import type { FilmStream } from "./look.ts";
import type { MakeOptions, Shot } from "./make_film.ts";
import { within } from "./plan.ts";

/** Where to look, as parts of the film: past the titles, and far from each other. */
const PLACES = [0.15, 0.35, 0.6];
const LONGER_SIDE = 1280;

/** @returns undefined where nothing could be decoded there @throws {CommandError} ffmpeg failed */
export async function takeOne(
  path: string,
  film: FilmStream,
  durationS: number,
  { folder, ffmpeg, signal }: MakeOptions,
): Promise<Shot | undefined> {
  const { canMapTones } = await ffmpeg.abilities();
  const { width, height } = within(film, LONGER_SIDE);
  const tones = film.isHdr && canMapTones ? [toOrdinaryTones] : [];
  const seen = [`scale=${width}:${height}`, ...tones, "setsar=1", "split=2"].join(",");
  const name = (at: number, extension: string) => join(folder, `quick-${at}.${extension}`);
  const inputs = PLACES.flatMap((place) => [
    // The key frame before that moment: to go on to it would be to decode what lies between.
    ...["-noaccurate_seek", "-ss", (durationS * place).toFixed(3), "-t", "1"],
    ...["-threads", "1", "-skip_frame", "nokey", "-an", "-sn", "-dn", "-i", `file:${path}`],
  ]);
  const chains = PLACES.map((_, at) =>
    `[${at}:${film.index}]trim=end_frame=1,${seen}[seen${at}][small${at}];` +
    `[seen${at}]${toJpeg}[jpeg${at}];` +
    `[small${at}]scale=${SIDE}:${SIDE}:flags=area,format=gray[gray${at}]`
  );
  const outputs = PLACES.flatMap((_, at) => [
    ...["-map", `[jpeg${at}]`, "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "3"],
    ...["-f", "image2", "-update", "1", `file:${name(at, "jpg")}`],
    ...["-map", `[gray${at}]`, "-frames:v", "1", "-f", "rawvideo", `file:${name(at, "gray")}`],
  ]);
  const begin = ["-nostdin", "-hide_banner", "-v", "error", "-y"];
  const args = [...begin, ...inputs, "-filter_complex", chains.join(";"), ...outputs];
  await ffmpeg.run(args, { signal });
  const taken = await Promise.all(PLACES.map(async (place, at) => {
    const gray = await Deno.readFile(name(at, "gray")).catch(() => new Uint8Array());
    if (gray.length === 0) return [];
    return [{ file: `quick-${at}.jpg`, timeS: durationS * place, variance: varianceOf(gray) }];
  }));
  return taken.flat().toSorted((one, other) => other.variance - one.variance)[0];
}
