/**
 * All pictures of a film of an hour (tiles, screenshots and fingerprint, in one run over its key
 * frames) beside the usual way to make the tiles alone, `fps=1/10`, which decodes every picture; and
 * beside one seek for each tile.
 *
 * @module
 */
import { join } from "node:path";
import { tmpdir } from "node:os";
import { run } from "../src/base/command.ts";
import { openFfmpeg } from "../src/media/images/ffmpeg.ts";
import { lookAt, makeFilm } from "../src/media/images/film/make_film.ts";
import { isFile, say } from "../scripts/run.ts";
import { tellRatio } from "./ratios.ts";

const SECONDS = 3600;
/** No divisor of the distance between tiles, so that these show other moments of it. */
const PIECE_SECONDS = 61;
const ROUNDS = 3;
const NO_LIMIT = { timeoutMs: 1_800_000 };
const AT_LEAST = 20;

/** @param folder for what is made, and thrown away */
export async function benchPictures(folder: string): Promise<void> {
  say(`\nPictures of a film of an hour, 1080p at 24 pictures a second, a key frame every 250`);
  const film = await makeHour();
  const { size } = await Deno.stat(film);
  say(`  ${(size / 1e9).toFixed(1)} GB, read before: from memory, where it fits`);
  const ours: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const seconds = await timed(() => pictures(film, folder));
    if (round > 0) ours.push(seconds); // the first fills the page cache
  }
  const usual = await timed(() => byFilter(film, folder));
  const seeks = await timed(() => bySeeks(film, folder));
  const beside = (theirs: number) => ours.map(() => theirs);
  tellRatio("tiles + screenshots + fingerprint: tiles alone by fps=1/10", {
    ours,
    theirs: beside(usual),
    atLeast: AT_LEAST,
  });
  tellRatio("the same: tiles alone by a seek for each, in one run", {
    ours,
    theirs: beside(seeks),
  });
  const [told] = ours.toSorted((one, other) => one - other).slice(1);
  say(`  seconds here and now: ${told!.toFixed(1)}, ${usual.toFixed(0)}, ${seeks.toFixed(0)}`);
}

/** A minute of test card and fractal under noise, over and over; kept for the next run. */
async function makeHour(): Promise<string> {
  const film = join(tmpdir(), "giggityflix-bench-hour-1.mp4");
  if (isFile(film)) return film;
  const piece = `${film}.piece.mp4`;
  const half = PIECE_SECONDS / 2;
  const drawn = [
    ...["-f", "lavfi", "-i", `testsrc2=s=1920x1080:r=24:d=${half}`],
    ...["-f", "lavfi", "-i", "mandelbrot=s=960x540:r=24:end_pts=720"],
    ...["-f", "lavfi", "-i", `sine=d=${PIECE_SECONDS}`],
    "-filter_complex",
    `[1:v]trim=duration=${half},scale=1920:1080,noise=alls=8:allf=t,format=yuv420p[fractal];` +
    "[0:v]format=yuv420p[card];[card][fractal]concat=n=2:v=1[film]",
  ];
  const coded = [
    ...["-map", "[film]", "-map", "2:a", "-c:v", "libx264", "-preset", "ultrafast"],
    ...["-g", "250", "-keyint_min", "250", "-sc_threshold", "0"],
    ...["-b:v", "4M", "-maxrate", "6M", "-bufsize", "12M", "-c:a", "aac", "-b:a", "96k"],
  ];
  await ffmpeg([...drawn, ...coded, piece]);
  const whole = ["-stream_loop", "-1", "-i", piece, "-t", String(SECONDS), "-c", "copy"];
  await ffmpeg([...whole, `${film}.new.mp4`]);
  await Deno.rename(`${film}.new.mp4`, film);
  await Deno.remove(piece);
  return film;
}

async function pictures(film: string, folder: string): Promise<void> {
  const options = {
    folder: await Deno.makeTempDir({ dir: folder }),
    ffmpeg: openFfmpeg(run),
    signal: AbortSignal.timeout(NO_LIMIT.timeoutMs),
    inBackground: false,
  };
  const { film: stream, ...look } = await lookAt(film, options);
  const made = await makeFilm(film, { film: stream!, ...look }, false, options);
  const { tileTimesS, shots, fingerprint } = made;
  if (tileTimesS.length < 200 || shots.length !== 10 || fingerprint.length !== 256) {
    throw new Error(`Expected all pictures, not ${tileTimesS.length} tiles, ${shots.length} shots`);
  }
}

async function byFilter(film: string, folder: string): Promise<void> {
  const tiles = "fps=1/10,scale=160:90,tile=10x10";
  await ffmpeg(["-i", film, "-an", "-vf", tiles, join(folder, "filter-%d.jpg")]);
}

async function bySeeks(film: string, folder: string): Promise<void> {
  const tiles = Array.from({ length: 240 }, (_, at) => at);
  const inputs = tiles.flatMap((at) => [
    ...["-noaccurate_seek", "-ss", String(at * SECONDS / tiles.length), "-threads", "1"],
    ...["-skip_frame", "nokey", "-an", "-t", "0.05", "-i", film],
  ]);
  const each = tiles.map((at) => `[${at}:V:0]scale=160:90,trim=end_frame=1,setpts=${at}[t${at}]`);
  const all = tiles.map((at) => `[t${at}]`).join("");
  const graph = `${each.join(";")};${all}concat=n=${tiles.length},tile=10x10[sheets]`;
  const output = ["-map", "[sheets]", join(folder, "seek-%d.jpg")];
  await ffmpeg([...inputs, "-filter_complex", graph, ...output]);
}

async function ffmpeg(args: string[]): Promise<void> {
  await run("ffmpeg", ["-nostdin", "-v", "error", "-y", ...args], NO_LIMIT);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
