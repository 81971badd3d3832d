/** One ffmpeg run over real films of all kinds. @module */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { imageSize } from "image-size";
import { CommandError, run } from "../../../../src/base/command.ts";
import { openFfmpeg } from "../../../../src/media/images/ffmpeg.ts";
import { lookAt, makeFilm } from "../../../../src/media/images/film/make_film.ts";
import { SPANS } from "../../../../src/media/images/fingerprint.ts";
import { has } from "../../../helpers/clips.ts";
import { tempDir } from "../../../helpers/temp.ts";
import { type ClipName, ffmpeg as runFfmpeg, makeFilmClip } from "../clips.ts";

const ignore = !await has("ffmpeg", "-version");
const ffmpeg = openFfmpeg(run);

/** Everything of one clip, and what its pictures are. */
async function make(name: ClipName, change?: (path: string) => Promise<void>) {
  await using dir = await tempDir();
  const path = await makeFilmClip(dir.path, name);
  await change?.(path);
  const folder = join(dir.path, "out");
  await Deno.mkdir(folder);
  const options = { folder, ffmpeg, signal: AbortSignal.timeout(60_000), inBackground: true };
  const isStill = /\.(png|jpg)$/.test(name);
  const { film, ...look } = await lookAt(path, options, isStill);
  if (!film) throw new Error(`There is no film in ${name}`);
  const made = await makeFilm(path, { film, ...look }, isStill, options);
  const sizeOf = async (file: string) => {
    const { width, height } = imageSize(await Deno.readFile(join(folder, file)));
    return [width, height];
  };
  return {
    film,
    ...made,
    shotSizes: await Promise.all(made.shots.map(({ file }) => sizeOf(file))),
    sheetSizes: await Promise.all(made.sheets.map(sizeOf)),
    shot: await Deno.readFile(join(folder, made.shots[0]!.file)),
  };
}

/** Whether a film's JPEG shows what stands at the middle of its upper left quarter as this colour. */
async function colourAt(jpeg: Uint8Array, x: number, y: number): Promise<number[]> {
  await using dir = await tempDir();
  const path = await dir.file("shot.jpg", jpeg);
  const raw = join(dir.path, "pixel.rgb");
  const crop = `crop=2:2:${x}:${y},format=rgb24`;
  await runFfmpeg(["-i", path, "-vf", crop, "-f", "rawvideo", raw]);
  return [...(await Deno.readFile(raw)).slice(0, 3)];
}

Deno.test(
  { name: "makeFilm() gives tiles their true times and spreads ten screenshots", ignore },
  async () => {
    const made = await make("plain.mp4");

    deepStrictEqual(made.tileTimesS, Array.from({ length: 40 }, (_, second) => second));
    deepStrictEqual([made.plan.columns, made.plan.rows], [10, 4]);
    deepStrictEqual(made.sheetSizes, [[1600, 360]]);
    deepStrictEqual(made.shots.map(({ timeS }) => timeS), [2, 6, 10, 14, 18, 22, 26, 30, 34, 38]);
    strictEqual(made.fingerprint.length, SPANS * 8);
  },
);

Deno.test(
  { name: "makeFilm() decodes a film all through that has one key frame", ignore },
  async () => {
    const made = await make("one_key_frame.mp4");

    strictEqual(made.plan.isWhole, true);
    strictEqual(made.tileTimesS.length, 90);
    strictEqual(made.shots.length, 10);
    ok(new Set(made.fingerprint).size > 8, "its spans differ");
  },
);

Deno.test({
  name: "makeFilm() takes key frames only of a longer film, at their uneven times",
  ignore,
}, async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "uneven.mkv");
  const keys = [0, 3, 4.5, 11, 26.5, 27, 58, 61.5, 90, 100, 115];
  await runFfmpeg([
    ...["-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=120", "-c:v", "libx264"],
    ...["-preset", "ultrafast", "-g", "9999", "-sc_threshold", "0"],
    // Enough of them that nobody decodes the rest.
    ...[
      "-force_key_frames",
      [...keys, ...Array.from({ length: 20 }, (_, at) => 117 + at / 10)].join(),
    ],
    path,
  ]);
  const folder = join(dir.path, "out");
  await Deno.mkdir(folder);
  const options = { folder, ffmpeg, signal: AbortSignal.timeout(60_000), inBackground: false };
  const { film, ...look } = await lookAt(path, options);

  const made = await makeFilm(path, { film: film!, ...look }, false, options);

  strictEqual(made.plan.isWhole, false);
  deepStrictEqual(made.tileTimesS.slice(0, keys.length), keys);
});

Deno.test({ name: "makeFilm() makes do with a film of one picture", ignore }, async () => {
  const made = await make("one_picture.mp4");

  deepStrictEqual(made.shotSizes, [[64, 48]]);
  deepStrictEqual(made.tileTimesS, [0]);
});

Deno.test({ name: "makeFilm() shows a film upright that lies on its side", ignore }, async () => {
  const made = await make("portrait.mp4");

  deepStrictEqual(made.shotSizes[0], [180, 320]);
  deepStrictEqual(made.plan.tile, { width: 90, height: 160 });
});

Deno.test({ name: "makeFilm() makes wide pixels square", ignore }, async () => {
  deepStrictEqual((await make("wide_pixels.mkv")).shotSizes[0], [320, 180]);
});

Deno.test(
  { name: "makeFilm() makes whole pictures of an interlaced film's halves", ignore },
  async () => {
    const made = await make("interlaced.mkv", async (path) => {
      const [first] = await greyLines(path, 1);
      ok(combs(first!) > 20, "its pictures are two halves");
    });

    deepStrictEqual(made.shotSizes[0], [320, 240]);
    await using dir = await tempDir();
    const [shot] = await greyLines(await dir.file("shot.jpg", made.shot), 1);
    ok(combs(shot!) < 5, `${combs(shot!)}`);
  },
);

/** The lines of the first pictures of a film of 320 × 240. */
async function greyLines(path: string, count: number): Promise<Uint8Array[][]> {
  const raw = `${path}.gray`;
  const args = ["-i", path, "-frames:v", String(count), "-pix_fmt", "gray", "-f", "rawvideo", raw];
  await runFfmpeg(args);
  const bytes = await Deno.readFile(raw);
  const line = (at: number) => bytes.subarray(at * 320, at * 320 + 320);
  return Array.from(
    { length: count },
    (_, picture) => Array.from({ length: 240 }, (_, at) => line(picture * 240 + at)),
  );
}

/** How far lines differ from the next, in the middle. */
function combs(lines: Uint8Array[]): number {
  const differences = lines.slice(50, 190).map((line, at) =>
    line.reduce((sum, grey, x) => sum + Math.abs(grey - lines[at + 51]![x]!), 0) / 320
  );
  return differences.reduce((sum, it) => sum + it, 0) / differences.length;
}

Deno.test({ name: "makeFilm() decodes ten bits a colour", ignore }, async () => {
  deepStrictEqual((await make("ten_bits.mkv")).shotSizes[0], [320, 180]);
});

Deno.test({ name: "makeFilm() maps the tones of HDR", ignore }, async () => {
  const made = await make("hdr.mkv");

  strictEqual(made.film.isHdr, true);
  deepStrictEqual(made.shotSizes[0], [320, 180]);
  const plain = await make("ten_bits.mkv");
  ok(made.shots[0]!.variance !== plain.shots[0]!.variance, "its tones are others");
});

Deno.test(
  { name: "makeFilm() counts the times of a recording from its beginning", ignore },
  async () => {
    const made = await make("recording.ts");

    deepStrictEqual(made.tileTimesS.map(Math.round), [0, 1, 2, 3, 4]);
  },
);

Deno.test({ name: "lookAt() tells a cover from a film", ignore }, async () => {
  await using dir = await tempDir();
  const options = { ffmpeg, signal: AbortSignal.timeout(9000) };
  const withCover = await lookAt(await makeFilmClip(dir.path, "cover_only.m4a"), options);
  const without = await lookAt(await makeFilmClip(dir.path, "sound_only.m4a"), options);

  deepStrictEqual([withCover.film, withCover.coverIndex], [undefined, 1]);
  deepStrictEqual([without.film, without.coverIndex], [undefined, undefined]);
});

for (const name of ["picture.png", "picture.jpg"] as const) {
  Deno.test({ name: `makeFilm() makes one picture and one hash of ${name}`, ignore }, async () => {
    const made = await make(name);

    deepStrictEqual(made.shotSizes, [[200, 100]]);
    strictEqual(made.fingerprint.length, 8);
    ok(made.fingerprint.some((byte) => byte !== 0));
  });
}

Deno.test({ name: "makeFilm() turns a photo as its EXIF data say", ignore }, async () => {
  const made = await make("picture.jpg", turnRight);

  deepStrictEqual(made.shotSizes, [[100, 200]]);
});

Deno.test(
  { name: "makeFilm() reads what is left of a film that was cut off", ignore },
  async () => {
    const made = await make("interlaced.mkv", async (path) => {
      const { size } = await Deno.stat(path);
      await Deno.truncate(path, Math.floor(size / 2));
    });

    ok(made.shots.length > 0 && made.tileTimesS.length < 3);
  },
);

Deno.test({ name: "makeFilm() refuses what is no film", ignore }, async () => {
  await using dir = await tempDir();
  const path = await dir.file("no.mp4", "this is no film".repeat(1000));
  const options = {
    folder: dir.path,
    ffmpeg,
    signal: AbortSignal.timeout(9000),
    inBackground: false,
  };

  await rejects(lookAt(path, options), CommandError);
});

Deno.test({ name: "makeFilm() paints red what is red", ignore }, async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "red.mp4");
  await runFfmpeg(["-f", "lavfi", "-i", "color=red:s=64x64:d=1:r=5", "-pix_fmt", "yuv420p", path]);
  const options = {
    folder: dir.path,
    ffmpeg,
    signal: AbortSignal.timeout(9000),
    inBackground: false,
  };
  const { film, ...look } = await lookAt(path, options);
  const made = await makeFilm(path, { film: film!, ...look }, false, options);

  const [red, green, blue] = await colourAt(
    await Deno.readFile(join(dir.path, made.shots[0]!.file)),
    30,
    30,
  );

  ok(red! > 240 && green! < 15 && blue! < 15, `${red} ${green} ${blue}`);
});

/** Writes EXIF data into a JPEG: orientation 6, to be turned right by 90 degrees. */
async function turnRight(path: string): Promise<void> {
  const jpeg = await Deno.readFile(path);
  const exif = [
    ...[0xff, 0xe1, 0, 34, ...new TextEncoder().encode("Exif\0\0")],
    ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8], // big-endian; the first directory at 8
    ...[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0],
  ];
  await Deno.writeFile(path, Uint8Array.from([...jpeg.slice(0, 2), ...exif, ...jpeg.slice(2)]));
}
