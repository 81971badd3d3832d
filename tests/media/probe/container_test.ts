import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { has, makeClip, samples, wav } from "../../helpers/clips.ts";
import { noise, tempDir } from "../../helpers/temp.ts";
import { probePath } from "./probe.ts";

const noFfmpeg = !await has("ffmpeg", "-version");

Deno.test("probeContainer() describes the samples", async () => {
  const cases = [
    [samples.mp4, "mp4", 24, ["video avc 640x360", "audio aac eng"]],
    [samples.mkv, "matroska", 20, ["video avc 480x270", "audio aac eng", "subtitle subrip eng"]],
    [samples.webm, "webm", 15, ["video vp9 480x270", "audio opus eng"]],
  ] as const;

  for (const [path, container, seconds, tracks] of cases) {
    const found = await probePath(path);
    const { description, bytesRead } = found!;

    strictEqual(description.container, container);
    strictEqual(found!.damage, undefined);
    ok(Math.abs(description.durationMs! / 1000 - seconds) < 0.2, `${description.durationMs}`);
    deepStrictEqual(
      description.tracks.map(({ kind, codec, width, height, language }) =>
        [kind, codec, width && `${width}x${height}`, language].filter(Boolean).join(" ")
      ),
      tracks,
    );
    ok(description.mimeType?.includes("codecs="), String(description.mimeType));
    ok(bytesRead < 270_000, `it read ${bytesRead} bytes`);
  }
});

Deno.test("probeContainer() leaves AVI to others", async () => {
  strictEqual(await probePath(samples.avi), undefined);
});

Deno.test("probeContainer() takes what is not media for an unknown format", async () => {
  await using dir = await tempDir();
  const text = "Dear diary, today I named a letter like a film.\n".repeat(1000);

  for (const extension of ["mp4", "mkv", "webm", "avi"]) {
    strictEqual(await probePath(await dir.file(`text.${extension}`, text)), undefined);
    strictEqual(await probePath(await dir.file(`empty.${extension}`, "")), undefined);
    for (const seed of [1, 2, 3]) {
      const path = await dir.file(`noise${seed}.${extension}`, noise(300_000, seed));
      strictEqual(await probePath(path), undefined, path);
    }
  }
});

Deno.test("probeContainer() says that an MP4 is cut off, wherever it is cut", async () => {
  await using dir = await tempDir();
  const film = await Deno.readFile(samples.mp4);

  for (const part of [0.02, 0.3, 0.6, 0.95, 0.999]) {
    const path = await dir.file("cut.mp4", film.subarray(0, Math.floor(film.length * part)));
    await rejects(probePath(path), Error, `cut at ${part}`);
  }
});

Deno.test({
  name: "probeContainer() says that an MP4 is cut off behind its index",
  ignore: noFfmpeg,
}, async () => {
  await using dir = await tempDir();
  const path = await makeClip(`${dir.path}/whole.mp4`, ["-movflags", "+faststart"]);
  const film = await Deno.readFile(path);
  strictEqual((await probePath(path))?.description.container, "mp4");

  for (const part of [0.5, 0.9, 0.99]) {
    const length = Math.floor(film.length * part);
    const found = await probePath(await dir.file("cut.mp4", film.subarray(0, length)));

    strictEqual(found?.damage, `The file is cut off: it has ${length} of ${film.length} bytes`);
    strictEqual(found?.description.tracks.length, 2);
  }
});

Deno.test("probeContainer() says that a Matroska file is cut off", async () => {
  await using dir = await tempDir();
  for (const sample of [samples.mkv, samples.webm]) {
    const film = await Deno.readFile(sample);

    for (const part of [0.01, 0.5, 0.999]) {
      const path = await dir.file("cut", film.subarray(0, Math.floor(film.length * part)));
      const found = await probePath(path);

      ok(found?.damage?.startsWith("The file is cut off"), `cut at ${part}`);
    }
    await rejects(probePath(await dir.file("cut", film.subarray(0, 100))), Error);
  }
});

Deno.test("probeContainer() never follows a playlist, whatever it is called", async () => {
  await using dir = await tempDir();
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    asked.push(url);
    return new Response("");
  });
  const at = `http://127.0.0.1:${server.addr.port}/`;
  const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${at}a.ts\n#EXT-X-ENDLIST\n`;

  for (const name of ["list.m3u8", "film.mp4", "film.mkv"]) {
    strictEqual(await probePath(await dir.file(name, playlist)), undefined);
  }

  deepStrictEqual(asked, []);
});

Deno.test({ name: "probeContainer() reads other containers, too", ignore: noFfmpeg }, async () => {
  await using dir = await tempDir();
  const cases = [
    ["x.mov", "mov", "avc", ["-c:v", "libx264"]],
    ["x.m4v", "mp4", "avc", ["-c:v", "libx264", "-f", "mp4"]],
    ["fragmented.mp4", "mp4", "avc", ["-movflags", "frag_keyframe+empty_moov"]],
    ["live.webm", "webm", "vp8", ["-c:v", "libvpx", "-live", "1"]],
  ] as const;

  for (const [name, container, codec, codecs] of cases) {
    const path = await makeClip(`${dir.path}/${name}`, [...codecs]);
    const { description, damage } = (await probePath(path))!;

    strictEqual(description.container, container, name);
    strictEqual(damage, undefined, name);
    strictEqual(description.tracks[0]?.codec, codec, name);
    ok(Math.abs((description.durationMs ?? 0) - 1000) < 300, `${name}: ${description.durationMs}`);
  }
});

Deno.test("probeContainer() reads sound, and little of it", async () => {
  await using dir = await tempDir();
  const path = await dir.file("long.wav", wav(1, 800_000));

  const { description, bytesRead } = (await probePath(path))!;

  deepStrictEqual([description.container, description.durationMs], ["wav", 100_000]);
  ok(bytesRead < 140_000, `it read ${bytesRead} bytes`);
});

Deno.test("probeContainer() tells the layers of MPEG sound apart", async () => {
  await using dir = await tempDir();
  /** Ten frames of a version 1 at 44,100 Hz and 128 kbit/s, silent but for their headers. */
  const sound = (header: [number, number], frameBytes: number) => {
    const bytes = new Uint8Array(10 * frameBytes);
    for (let at = 0; at < bytes.length; at += frameBytes) bytes.set([0xff, ...header, 0xc0], at);
    return bytes;
  };
  const cases = [
    ["one.mp1", "mp1", sound([0xff, 0x40], 136)],
    ["two.mp2", "mp2", sound([0xfd, 0x80], 417)],
    ["three.mp3", "mp3", sound([0xfb, 0x90], 417)],
    ["named.mp3", "mp2", sound([0xfd, 0x80], 417)],
  ] as const;

  for (const [name, codec, bytes] of cases) {
    const { description } = (await probePath(await dir.file(name, bytes)))!;
    const [track] = description.tracks;
    deepStrictEqual([description.container, track?.codec], ["mp3", codec], name);
    strictEqual(track?.codecString, codec === "mp3" ? "mp3" : undefined, name);
  }
});
