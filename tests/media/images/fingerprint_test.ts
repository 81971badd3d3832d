/** Films known again by what they show. @module */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { run } from "../../../src/base/command.ts";
import { openFfmpeg } from "../../../src/media/images/ffmpeg.ts";
import { lookAt, makeFilm } from "../../../src/media/images/film/make_film.ts";
import {
  fingerprintDistance,
  fingerprintOf,
  LIKELY_SAME,
  packed,
  SPANS,
} from "../../../src/media/images/fingerprint.ts";
import { BLANK, perceptualHash, PICTURE_BYTES, SIDE } from "../../../src/media/images/phash.ts";
import { has } from "../../helpers/clips.ts";
import { noise, tempDir } from "../../helpers/temp.ts";
import { ffmpeg as runFfmpeg } from "./clips.ts";

const ignore = !await has("ffmpeg", "-version");

Deno.test("perceptualHash() hardly changes with brightness, contrast and noise", () => {
  const picture = Uint8Array.from({ length: PICTURE_BYTES }, (_, at) => {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    return 100 + 50 * Math.sin(x / 5) + 40 * Math.cos(y / 3 + x / 9);
  });
  const changes = {
    brighter: picture.map((grey) => grey + 20),
    flatter: picture.map((grey) => 60 + grey / 2),
    noisy: picture.map((grey, at) => grey + noise(PICTURE_BYTES, 3)[at]! % 5),
  };

  const hash = perceptualHash(picture);

  for (const [name, changed] of Object.entries(changes)) {
    const distance = fingerprintDistance(packed([hash]), packed([perceptualHash(changed)]));
    ok(distance <= 0.25, `${name}: ${distance}`);
  }
});

Deno.test("perceptualHash() says nothing of a blank picture, and refuses another size", () => {
  strictEqual(perceptualHash(new Uint8Array(PICTURE_BYTES).fill(16)), BLANK);
  throws(() => perceptualHash(new Uint8Array(10)), RangeError);
});

Deno.test("fingerprintOf() takes the richest picture of each span, else the nearest", () => {
  const frames = [
    { timeS: 0.1, variance: 5, hash: 1n },
    { timeS: 0.2, variance: 9, hash: 2n },
    { timeS: 31.5, variance: 1, hash: 3n },
  ];

  const bytes = fingerprintOf(frames, 32);

  const view = new DataView(bytes.buffer);
  const hashes = Array.from({ length: SPANS }, (_, span) => view.getBigUint64(span * 8));
  deepStrictEqual(hashes, Array.from({ length: SPANS }, (_, span) => span < 16 ? 2n : 3n));
});

Deno.test("fingerprintDistance() is symmetric, 0 to itself, and 1 between what is by chance", () => {
  const seeds = fc.tuple(fc.integer({ min: 1 }), fc.integer({ min: 1 }));
  fc.assert(
    fc.property(seeds, ([one, other]) => {
      const [a, b] = [noise(SPANS * 8, one), noise(SPANS * 8, other)];
      strictEqual(fingerprintDistance(a, a), 0);
      strictEqual(fingerprintDistance(a, b), fingerprintDistance(b, a));
    }),
    { numRuns: 200 },
  );
  const films = Array.from({ length: 60 }, randomFilm);
  const apart = films.flatMap((one, at) =>
    films.slice(at + 1).map((other) => fingerprintDistance(one, other))
  );
  ok(Math.min(...apart) > 0.8, `nearest ${Math.min(...apart)}`);
});

Deno.test("fingerprintDistance() takes black spans for nothing, and nothing for unlike", () => {
  const film = randomFilm();
  const black = new Uint8Array(SPANS * 8);
  const mostlyBlack = Uint8Array.from(film, (byte, at) => at < 128 ? 0 : byte);

  strictEqual(fingerprintDistance(film, black), 1);
  strictEqual(fingerprintDistance(black, black), 1);
  strictEqual(fingerprintDistance(new Uint8Array(), film), 1);
  strictEqual(fingerprintDistance(film, mostlyBlack), 0);
});

Deno.test(
  { name: "fingerprintDistance() knows a film in another encode, and no other", ignore },
  async () => {
    await using dir = await tempDir();
    const signal = AbortSignal.timeout(120_000);
    const film = await cutFilm(dir.path, "film", 1);
    const other = await cutFilm(dir.path, "other", 100);
    const encodes: Record<string, string[]> = {
      "small.mp4": [
        "-s",
        "320x180",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-crf",
        "34",
        "-g",
        "24",
      ],
      "fixed.mkv": ["-c:v", "libx264", "-g", "18", "-sc_threshold", "0", "-preset", "ultrafast"],
      "old.avi": ["-c:v", "mpeg4", "-q:v", "8", "-g", "30"],
      "faster.mp4": [
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-vf",
        "setpts=PTS*24/25",
        "-r",
        "12.5",
      ],
    };
    const of = async (path: string) => {
      const folder = await Deno.makeTempDir({ dir: dir.path });
      const options = { folder, ffmpeg: openFfmpeg(run), signal, inBackground: false };
      const { film, ...look } = await lookAt(path, options);
      return (await makeFilm(path, { film: film!, ...look }, false, options)).fingerprint;
    };
    const own = await of(film);
    const distances: Record<string, number> = {};
    for (const [name, args] of Object.entries(encodes)) {
      const path = join(dir.path, name);
      await runFfmpeg(["-i", film, ...args, path]);
      distances[name] = fingerprintDistance(own, await of(path));
    }
    const unlike = fingerprintDistance(own, await of(other));

    const far = Object.entries(distances).filter(([, distance]) => distance > LIKELY_SAME);
    deepStrictEqual(far, []);
    ok(unlike > 0.8, `another film is ${unlike} apart`);
  },
);

function randomFilm(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(SPANS * 8));
}

/** Two minutes of scenes of two to five seconds each, other ones for each seed. */
async function cutFilm(folder: string, name: string, seed: number): Promise<string> {
  const path = join(folder, `${name}.mkv`);
  const random = noise(200, seed);
  const scenes = Array.from({ length: 34 }, (_, at) => {
    const [a, b, c, d] = random.slice(at * 4, at * 4 + 4) as unknown as number[];
    const lengthS = 2 + a! % 4;
    const shape = ["linear", "radial", "circular", "spiral"][b! % 4];
    const box =
      `drawbox=x=${c! % 125}:y=${d! % 60}:w=${10 + a! % 45}:h=${10 + b! % 30}:t=fill:c=0x` +
      `${(a! * 65536 + c! * 256 + d!).toString(16).padStart(6, "0")}`;
    return `gradients=s=160x90:r=12:d=${lengthS}:seed=${seed * 1000 + at}:nb_colors=${
      3 + c! % 5
    }:` +
      `type=${shape}:speed=0.002,${box},format=yuv420p[s${at}]`;
  });
  const all = scenes.map((_, at) => `[s${at}]`).join("");
  const graph = `${scenes.join(";")};${all}concat=n=${scenes.length}[film]`;
  await runFfmpeg([
    "-filter_complex",
    graph,
    "-map",
    "[film]",
    "-c:v",
    "libx264",
    "-crf",
    "16",
    path,
  ]);
  return path;
}
