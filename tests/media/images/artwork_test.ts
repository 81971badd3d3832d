/** Pictures of the files of a library, made by a real ffmpeg. @module */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { imageSize } from "image-size";
import {
  ConflictError,
  InvalidError,
  NotFoundError,
  UnavailableError,
} from "../../../src/base/errors.ts";
import { has, wav } from "../../helpers/clips.ts";
import { until, within } from "../../helpers/wait.ts";
import { ffmpeg } from "./clips.ts";
import { openArtworkRig } from "./rig.ts";

const ignore = !await has("ffmpeg", "-version");
const signal = AbortSignal.timeout(600_000);

Deno.test(
  { name: "Artwork makes all of a film in one run, once for each content", ignore },
  async () => {
    await using it = await openArtworkRig({ clips: ["plain.mp4"] });
    const { id } = it.find("plain.mp4");

    const [shots] = await Promise.all([
      it.artwork.screenshots(id, 5, signal),
      it.artwork.spriteVtt(id, signal),
      it.artwork.poster("poster", id, {}),
    ]);
    await it.artwork.screenshots(id, 10, signal);

    strictEqual(it.films.length, 1);
    deepStrictEqual(shots.map(({ timeS }) => timeS), [2, 10, 18, 30, 38]);
    for (const { path, sizeBytes } of shots) strictEqual((await Deno.stat(path)).size, sizeBytes);
    const { frames } = it.db.get<{ frames: Uint8Array }>("SELECT frames FROM fingerprints")!;
    strictEqual(frames.length, 256);

    await ffmpeg([
      "-f",
      "lavfi",
      "-i",
      "mandelbrot=s=160x90:r=10",
      "-t",
      "3",
      join(it.root, "plain.mp4"),
    ]);
    await it.scan();
    const [other] = await it.artwork.screenshots(id, 1, signal);

    strictEqual(it.films.length, 2);
    deepStrictEqual([other!.width, other!.height], [160, 90]);
    const paths = await it.cached();
    strictEqual(
      paths.filter((path) => path.includes("screenshot")).length,
      10,
      "the old ones are gone",
    );
  },
);

Deno.test({ name: "Artwork's WebVTT leads to sheets that there are", ignore }, async () => {
  await using it = await openArtworkRig({ clips: ["plain.mp4"] });
  const { id } = it.find("plain.mp4");

  const vtt = await it.artwork.spriteVtt(id, signal);
  const text = new TextDecoder().decode(await vtt.read());
  const sheet = await it.artwork.sprite(id, 0, signal);

  match(
    text,
    new RegExp(`00:00:39.000 --> 00:00:40.0.*\\nsprite-0.webp\\?v=${sheet.etag}#xywh=1440,270`),
  );
  const { width, height } = imageSize(await sheet.read());
  deepStrictEqual([width, height], [1600, 360]);
  await rejects(it.artwork.sprite(id, 1, signal), NotFoundError);
  await rejects(it.artwork.screenshot(id, 10, signal), NotFoundError);
  await rejects(it.artwork.screenshots(id, 11, signal), InvalidError);
  await rejects(it.artwork.screenshots("nope", 1, signal), NotFoundError);
});

Deno.test(
  { name: "Artwork gives posters in the sizes and formats that are asked for", ignore },
  async () => {
    await using it = await openArtworkRig({ clips: ["plain.mp4"] });
    const { id } = it.find("plain.mp4");
    const look = async (wanted: Parameters<typeof it.artwork.poster>[2]) => {
      const shown = await it.artwork.poster("poster", id, wanted);
      const { width, type } = imageSize(await shown.read());
      return [type, width, shown.mimeType];
    };

    deepStrictEqual(await look({ width: 100, accept: "image/webp" }), ["webp", 160, "image/webp"]);
    deepStrictEqual(await look({ width: 161, extension: "jpg" }), ["jpg", 320, "image/jpeg"]);
    deepStrictEqual(await look({ width: 5000, extension: "jpg" }), ["jpg", 320, "image/jpeg"]);
    const etags = await Promise.all(
      [{ width: 100 }, { width: 320 }, { width: 100, extension: "jpg" }].map(async (wanted) =>
        (await it.artwork.poster("poster", id, wanted)).etag
      ),
    );
    strictEqual(new Set(etags).size, 3, "each has an ETag of its own");
  },
);

Deno.test({
  name: "Artwork takes a poster beside the film, then the cover in it, then a frame",
  ignore,
}, async () => {
  await using it = await openArtworkRig({ clips: ["one_picture.mp4"] });
  await Deno.mkdir(join(it.root, "alone"));
  await Deno.copyFile(join(it.root, "one_picture.mp4"), join(it.root, "alone", "film.mp4"));
  const picture = ["-f", "lavfi", "-i", "color=blue:s=90x120", "-frames:v", "1"];
  await ffmpeg([...picture, join(it.root, "alone", "poster.jpg")]);
  await ffmpeg([...picture, join(it.root, "poster.jpg")]); // of nobody: several films are there
  await ffmpeg([
    "-f",
    "lavfi",
    "-i",
    "color=red:s=300x300:d=1",
    "-frames:v",
    "1",
    join(it.root, "c.png"),
  ]);
  const inside = join(it.root, "inside.mp4");
  const copy = ["-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1", "attached_pic"];
  const [film, cover] = [join(it.root, "one_picture.mp4"), join(it.root, "c.png")];
  await ffmpeg(["-i", film, "-i", cover, ...copy, inside]);
  await it.scan();
  const sizeOf = async (name: string) => {
    const { id } = it.find(name);
    const shown = await it.artwork.poster("poster", id, { extension: "jpg", width: 1280 });
    const { width, height } = imageSize(await shown.read());
    return [width, height];
  };

  deepStrictEqual(await sizeOf("film.mp4"), [90, 120]);
  deepStrictEqual(await sizeOf("inside.mp4"), [300, 300]);
  deepStrictEqual(await sizeOf("one_picture.mp4"), [64, 48]);
});

Deno.test(
  { name: "Artwork gives a long film's poster before its other pictures are made", ignore },
  async () => {
    await using it = await openArtworkRig();
    const path = join(it.root, "long.mkv");
    const drawn =
      "color=black:s=64x48:r=2:d=300,drawbox=w=20:h=30:c=white:t=fill:enable='between(t,90,120)'";
    await ffmpeg(["-f", "lavfi", "-i", drawn, "-c:v", "mpeg4", "-g", "10", path]);
    await it.scan();
    const { id } = it.find("long.mkv");
    it.db.run("UPDATE media SET duration_ms = 300000");

    const shown = await it.artwork.poster("poster", id, { extension: "jpg" });

    deepStrictEqual([imageSize(await shown.read()).width, it.films.length], [64, 0]);
    const kept = it.db.get<{ details: string }>(
      "SELECT details FROM assets WHERE label = 'original'",
    );
    strictEqual(JSON.parse(kept!.details).time_ms, 105_000, "the one that is not black");
  },
);

Deno.test({
  name: "Artwork shows songs by their covers, and says of others that there is none",
  ignore,
}, async () => {
  await using it = await openArtworkRig({ clips: ["cover_only.m4a", "sound_only.m4a"] });
  const withCover = it.find("cover_only.m4a").id;
  const without = it.find("sound_only.m4a").id;

  const shown = await it.artwork.poster("thumbnail", withCover, { width: 160 });

  strictEqual(imageSize(await shown.read()).width, 160);
  await rejects(it.artwork.poster("poster", without, {}), NotFoundError);
  await rejects(it.artwork.screenshots(without, 3, signal), ConflictError);
  strictEqual(it.films.length, 0);
});

Deno.test({ name: "Artwork makes a photo smaller, and gives it one hash", ignore }, async () => {
  await using it = await openArtworkRig({ clips: ["picture.png"] });
  const { id } = it.find("picture.png");

  const shown = await it.artwork.poster("thumbnail", id, { width: 160, extension: "webp" });

  const { width, height } = imageSize(await shown.read());
  deepStrictEqual([width, height], [160, 80]);
  const row = it.db.get<{ kind: string; length: number }>(
    "SELECT kind, length(frames) AS length FROM fingerprints",
  )!;
  deepStrictEqual({ ...row }, { kind: "image", length: 8 });
  await rejects(it.artwork.spriteVtt(id, signal), NotFoundError);
});

Deno.test("Artwork gives covers as they are without ffmpeg, and says what to install", async () => {
  await using it = await openArtworkRig({ without: true });
  const png = Uint8Array.fromBase64(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  );
  await it.file("with/film.mkv", "no film, and nobody looks");
  await it.file("with/film-poster.png", png);
  await it.file("film.mkv", "no film either");
  await it.file("photo.png", png);
  await it.scan();
  const [plain, picture, covered] = it.files().toSorted((one, other) =>
    one.relativePath < other.relativePath ? -1 : 1
  );

  const shown = await it.artwork.poster("poster", covered!.id, { width: 320, extension: "webp" });

  deepStrictEqual([shown.mimeType, await shown.read()], ["image/png", png]);
  const itself = await it.artwork.poster("thumbnail", picture!.id, { width: 320 });
  deepStrictEqual(await itself.read(), png);
  const installs = { name: "UnavailableError", message: /Install it/ };
  await rejects(it.artwork.poster("poster", plain!.id, {}), installs);
  await rejects(it.artwork.screenshots(plain!.id, 3, signal), installs);
  await rejects(it.artwork.makeNow(undefined, signal), installs);
});

Deno.test({ name: "Artwork remembers which film cannot be decoded, and why", ignore }, async () => {
  await using it = await openArtworkRig({ clips: ["plain.mp4"] });
  const path = join(it.root, "plain.mp4");
  const bytes = await Deno.readFile(path);
  // The index of it stays; what it leads to is nothing.
  const from = new TextDecoder("latin1").decode(bytes).indexOf("mdat") + 4;
  await Deno.writeFile(path, bytes.fill(0, from, bytes.length - 20_000));
  await it.scan();
  const { id } = it.find("plain.mp4");

  await rejects(it.artwork.screenshots(id, 3, signal), { name: "ConflictError" });
  const runs = it.films.length;
  await rejects(it.artwork.screenshots(id, 3, signal), { name: "ConflictError" });
  await it.artwork.makeNow(undefined, signal);

  strictEqual(it.films.length, runs, "nobody tries again");
  ok(runs > 0);
  match(
    it.db.get<{ error: string }>("SELECT error FROM artwork")!.error,
    /^(it is damaged, or this ffmpeg|no picture of it can be decoded)/,
  );
});

Deno.test({ name: "Artwork looks for a cover once where there is none", ignore }, async () => {
  await using it = await openArtworkRig();
  it.settings.extensions = [".wav"];
  await it.file("song.wav", wav(1));
  await it.scan();
  const { id } = it.find("song.wav");
  const looks = async () => {
    const before = it.looks();
    await rejects(it.artwork.poster("poster", id, {}), { name: "NotFoundError" });
    await rejects(it.artwork.poster("thumbnail", id, {}), { name: "NotFoundError" });
    return it.looks() - before;
  };

  strictEqual(await looks(), 1);
  strictEqual(await looks(), 0);
  it.reopen();
  strictEqual(await looks(), 0, "nor after a restart");
  it.db.run("UPDATE no_cover SET looked_by = 'older'");
  strictEqual(await looks(), 1, "another ffmpeg may see more");
  await it.file("song.wav", wav(2));
  await it.scan();
  strictEqual(await looks(), 1, "another content");
});

Deno.test(
  { name: "Artwork of a drive that is away says so, and shows what it has", ignore },
  async () => {
    await using it = await openArtworkRig({ clips: ["one_picture.mp4", "portrait.mp4"] });
    const [known, unknown] = [it.find("one_picture.mp4").id, it.find("portrait.mp4").id];
    await it.artwork.screenshots(known, 1, signal);
    it.db.run("UPDATE media SET offline_since = '2026-01-01T00:00:00.000Z'");

    strictEqual((await it.artwork.screenshots(known, 1, signal)).length, 1);
    await rejects(it.artwork.screenshots(unknown, 1, signal), {
      name: "UnavailableError",
      message: /plug it in/,
    });
  },
);

Deno.test({ name: "Artwork follows no link out of the media folders", ignore }, async () => {
  await using it = await openArtworkRig({ clips: ["one_picture.mp4"] });
  const path = join(it.root, "one_picture.mp4");
  const outside = join(it.dir.path, "outside.mp4");
  await Deno.rename(path, outside);
  await Deno.symlink(outside, path);

  await rejects(it.artwork.screenshots(it.find("one_picture.mp4").id, 1, signal), {
    name: "DeniedError",
  });
});

Deno.test(
  { name: "Artwork that is ended in the middle leaves nothing behind", ignore },
  async () => {
    await using it = await openArtworkRig({ clips: ["plain.mp4"], slow: true });
    const { id } = it.find("plain.mp4");
    const making = it.artwork.screenshots(id, 3, signal);
    making.catch(() => {});
    await until("the run", () => it.films.length === 1);
    await until("what it writes", () => [...Deno.readDirSync(join(it.folder, "tmp"))].length === 1);

    it.artwork[Symbol.dispose]();

    await rejects(within("its end", making), { name: "AbortError" });
    deepStrictEqual(await it.cached(), []);
    strictEqual(it.db.get("SELECT 1 FROM assets"), undefined);
    strictEqual(it.db.get("SELECT 1 FROM artwork"), undefined);
  },
);

Deno.test(
  { name: "Artwork in the background makes way for a film, and begins anew", ignore },
  async () => {
    await using it = await openArtworkRig({ clips: ["plain.mp4"], slow: true });
    const making = it.artwork.makeNow(undefined, signal);
    await until("the run", () => it.films.length === 1);

    it.lanes.openStream(["disk"]);
    await until("its standing aside", () => it.lanes.list()[0]!.waiting.hash === 1);
    const [job] = it.jobs.list({ after: "artwork", limit: 1 });
    it.limits.slow = false;

    strictEqual(it.lanes.list()[0]!.held.hash, 0);
    strictEqual(job!.state, "waiting");
    await within("the pictures, after some quiet seconds", making, 30_000);
    strictEqual(it.films.length, 2);
    strictEqual((await it.artwork.screenshots(it.find("plain.mp4").id, 10, signal)).length, 10);
  },
);

Deno.test({ name: "Artwork of all files is a job that goes on where it was", ignore }, async () => {
  await using it = await openArtworkRig({
    clips: ["one_picture.mp4", "portrait.mp4", "wide_pixels.mkv", "picture.png", "sound_only.m4a"],
  });
  const stop = new AbortController();
  const made = () => it.events.filter(({ type }) => type === "artwork.made").length;
  const first = it.artwork.makeNow(undefined, stop.signal);
  first.catch(() => {});
  await until("two films", () => made() === 2, 20_000);
  stop.abort();
  await rejects(first);
  const before = made();

  await it.reopen().makeNow(undefined, signal);

  strictEqual(made(), 4);
  ok(it.films.length <= 5, "only what was cut off is begun anew");
  ok(before < 4);
  const [job] = it.jobs.list({ after: "artwork", limit: 1 });
  deepStrictEqual([job!.kind, job!.state, job!.done], ["artwork", "done", 4 - before]);
  await it.artwork.makeNow(undefined, signal);
  strictEqual(made(), 4, "and there is nothing left to do");
});

Deno.test(
  { name: "Artwork says so when its cache is too small for one film", ignore },
  async () => {
    await using it = await openArtworkRig({ clips: ["plain.mp4"], cacheBytes: 1000 });

    await rejects(it.artwork.screenshots(it.find("plain.mp4").id, 3, signal), UnavailableError);

    ok(it.artwork.usage().bytes <= 1000);
  },
);
