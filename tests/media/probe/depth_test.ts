/** What is told of real clips: profiles, rates, chapters, tags, covers, colours. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { run } from "../../../src/base/command.ts";
import type { Track } from "../../../src/media/media.ts";
import { has, makeClip } from "../../helpers/clips.ts";
import { type TempDir, tempDir } from "../../helpers/temp.ts";
import { probePath } from "./probe.ts";
import { makeSeeds } from "./seeds.ts";

const ignore = !await has("ffmpeg", "-version");

async function tracksOf(dir: TempDir, name: string, options: string[]): Promise<Track[]> {
  return (await probePath(await makeClip(`${dir.path}/${name}`, options)))!.description.tracks;
}

Deno.test(
  { name: "Chapters, tags and covers are told, and covers lie where it is said", ignore },
  async () => {
    await using dir = await tempDir();
    const seeds = await makeSeeds(dir);
    const png = seeds.find(({ name }) => name === "cover.png")!.bytes;
    const cases: Record<string, { chapters: boolean; cover: boolean }> = {
      "rich.mp4": { chapters: true, cover: false },
      "rich.mov": { chapters: true, cover: false },
      "rich.mkv": { chapters: true, cover: true },
      "cover.mp3": { chapters: false, cover: true },
      "cover.flac": { chapters: false, cover: true },
      "cover.m4a": { chapters: false, cover: true },
    };
    for (const [name, { chapters, cover }] of Object.entries(cases)) {
      const path = `${dir.path}/seeds/${name}`;
      const { details } = (await probePath(path))!;

      strictEqual(details.tags?.title, "A Title", name);
      if (name !== "rich.mov") strictEqual(details.tags?.artist, "Somebody", name);
      ok(details.tags?.date?.startsWith("2001"), `${name}: ${details.tags?.date}`);
      if (chapters) {
        deepStrictEqual(
          details.chapters?.map(({ startMs, title }) => [startMs, title]),
          [[0, "One"], [400, "Two"]],
          name,
        );
      }
      if (cover) {
        const [found] = details.covers!;
        strictEqual(found!.mimeType, "image/png", name);
        const bytes = await Deno.readFile(path);
        const inside = bytes.subarray(found!.offset, found!.offset + found!.sizeBytes);
        deepStrictEqual(inside, png, name);
      }
    }
  },
);

Deno.test({ name: "A cover of some MB is found and not read", ignore }, async () => {
  await using dir = await tempDir();
  const large = `${dir.path}/large.png`;
  const noisy = ["-f", "lavfi", "-i", "testsrc2=size=1200x900", "-vf", "noise=alls=100"];
  await run("ffmpeg", ["-v", "error", ...noisy, "-frames:v", "1", large], { timeoutMs: 30_000 });
  const { size } = await Deno.stat(large);
  ok(size > 2_000_000, `${size}`);
  const attached = ["-disposition:v", "attached_pic", "-c:v", "copy"];
  const options = ["-i", large, "-map", "1:a", "-map", "2:v", ...attached, "-t", "1"];
  for (const name of ["large.mp3", "large.flac", "large.m4a"]) {
    const path = await makeClip(`${dir.path}/${name}`, options);
    const { details, bytesRead } = (await probePath(path))!;

    strictEqual(details.covers![0]!.sizeBytes, size, name);
    ok(bytesRead < 300_000, `${name}: ${bytesRead} bytes read`);
  }
});

Deno.test(
  { name: "QuickTime's chapters are read where Nero's are not there", ignore },
  async () => {
    await using dir = await tempDir();
    await makeSeeds(dir);
    const bytes = await Deno.readFile(`${dir.path}/seeds/rich.mp4`);
    const at = new TextDecoder("latin1").decode(bytes).indexOf("chpl");
    ok(at > 0);
    bytes.set(new TextEncoder().encode("free"), at);
    const path = await dir.file("quicktime.mp4", bytes);

    const { details } = (await probePath(path))!;

    deepStrictEqual(details.chapters, [{ startMs: 0, title: "One" }, {
      startMs: 400,
      title: "Two",
    }]);
  },
);

Deno.test({ name: "Profiles, levels and rates are told", ignore }, async () => {
  await using dir = await tempDir();
  const h264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p"];
  const cases: [string, string[], Partial<Track>][] = [
    ["high.mp4", [...h264, "-profile:v", "high", "-level", "4.1"], {
      profile: "High",
      level: "4.1",
      frameRate: 10,
    }],
    ["base.mkv", [...h264, "-profile:v", "baseline", "-level", "3.0"], {
      profile: "Constrained Baseline",
      level: "3.0",
      frameRate: 10,
    }],
    ["film.mp4", [...h264, "-r", "24000/1001"], { frameRate: 23.976 }],
    ["film.mkv", [...h264, "-r", "24000/1001", "-fps_mode", "cfr"], { frameRate: 23.976 }],
    ["film.webm", ["-c:v", "libvpx", "-r", "30"], { frameRate: 30 }],
    ["fragments.mp4", [...h264, "-r", "25", "-movflags", "frag_keyframe+empty_moov"], {
      frameRate: 25,
    }],
  ];
  for (const [name, options, expected] of cases) {
    const [video] = await tracksOf(dir, name, options);
    for (const [field, value] of Object.entries(expected)) {
      strictEqual(video![field as keyof Track], value, `${name}: ${JSON.stringify(video)}`);
    }
    strictEqual(video!.variableFrameRate, undefined, name);
  }
});

Deno.test({ name: "Pictures that stand unevenly long are told of", ignore }, async () => {
  await using dir = await tempDir();
  // Every third picture of the second half second is left out, and two of three of the first.
  const uneven = [
    "-vf",
    "select='if(lt(t,0.5),not(mod(n,3)),1)'",
    "-fps_mode",
    "vfr",
    "-r",
    "30",
    "-c:v",
    "libx264",
    "-pix_fmt",
    "yuv420p",
  ];
  const [inMp4] = await tracksOf(dir, "uneven.mp4", uneven);
  strictEqual(inMp4!.variableFrameRate, true, JSON.stringify(inMp4));

  // Matroska: where the track does not claim that all its pictures are alike.
  const bytes = await Deno.readFile(await makeClip(`${dir.path}/uneven.mkv`, uneven));
  const claim = Uint8Array.fromHex("23e383");
  const at = bytes.findIndex((_, at) => claim.every((it, index) => bytes[at + index] === it));
  if (at > 0) bytes.set(Uint8Array.fromHex("23e384"), at);
  const [video] = (await probePath(await dir.file("uneven.mkv", bytes)))!.description.tracks;
  strictEqual(video!.variableFrameRate, true, JSON.stringify(video));
  ok(video!.frameRate! > 5 && video!.frameRate! < 9, JSON.stringify(video));
});

Deno.test(
  { name: "Turned and stretched pictures are told as they are shown", ignore },
  async () => {
    await using dir = await tempDir();
    const h264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p"];
    const plain = await makeClip(`${dir.path}/plain.mp4`, h264);
    const turned = `${dir.path}/turned.mp4`;
    await run("ffmpeg", [
      "-v",
      "error",
      "-display_rotation",
      "-90",
      "-i",
      plain,
      "-c",
      "copy",
      turned,
    ])
      .catch(() => {}); // older ones do not know the option
    if (await Deno.stat(turned).then(() => true, () => false)) {
      const [video] = (await probePath(turned))!.description.tracks;
      deepStrictEqual(
        [video!.rotation, video!.width, video!.height, video!.codedWidth],
        [90, 48, 64, 64],
      );
    }
    const [wide] = await tracksOf(dir, "wide.mp4", [...h264, "-vf", "setsar=2/1"]);
    deepStrictEqual([wide!.width, wide!.height, wide!.codedWidth], [128, 48, 64]);
  },
);

Deno.test({ name: "HDR is told by the colours of the container", ignore }, async () => {
  await using dir = await tempDir();
  const hevc = [
    "-c:v",
    "libx265",
    "-x265-params",
    "log-level=none",
    "-pix_fmt",
    "yuv420p10le",
    "-tag:v",
    "hvc1",
  ];
  const colours = (
    transfer: string,
  ) => ["-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc"];
  const cases: [string, string[], Track["hdr"]][] = [
    ["pq.mp4", [...hevc, ...colours("smpte2084")], "HDR10"],
    ["hlg.mp4", [...hevc, ...colours("arib-std-b67")], "HLG"],
    ["plain.mp4", hevc, undefined],
    ["pq.mkv", [...hevc.slice(0, -2), ...colours("smpte2084")], "HDR10"],
    ["hlg.mkv", [...hevc.slice(0, -2), ...colours("arib-std-b67")], "HLG"],
  ];
  for (const [name, options, expected] of cases) {
    const [video] = await tracksOf(dir, name, options);

    strictEqual(video!.hdr, expected, `${name}: ${JSON.stringify(video)}`);
    deepStrictEqual([video!.profile, video!.bitDepth], ["Main 10", 10], name);
  }
});

Deno.test({ name: "Tracks are told by name, language and purpose", ignore }, async () => {
  await using dir = await tempDir();
  const text = await dir.file("a.srt", "1\n00:00:00,100 --> 00:00:00,900\nhello\n");
  const options = [
    "-i",
    text,
    "-map",
    "0:v",
    "-map",
    "1:a",
    "-map",
    "2",
    "-map",
    "2",
    "-t",
    "1",
    "-metadata:s:a:0",
    "title=Commentary",
    "-metadata:s:a:0",
    "language=ger",
    "-metadata:s:s:0",
    "language=eng",
    "-disposition:s:0",
    "forced",
    "-disposition:s:1",
    "default",
    "-disposition:a:0",
    "default",
  ];

  const tracks = await tracksOf(dir, "named.mkv", options);

  const [, sound, forced, plain] = tracks;
  deepStrictEqual([sound!.title, sound!.language, sound!.default], ["Commentary", "ger", true]);
  deepStrictEqual([forced!.language, forced!.forced], ["eng", true]);
  deepStrictEqual([plain!.forced, plain!.default], [undefined, true]);
});

Deno.test(
  { name: "A recording that was never closed has the length of what is there", ignore },
  async () => {
    await using dir = await tempDir();
    const options = ["-c:v", "libvpx", "-c:a", "libvorbis", "-live", "1"];
    const whole = await Deno.readFile(await makeClip(`${dir.path}/live.webm`, options));
    // As a browser writes it: the segment has no length.
    const { description } = (await probePath(await dir.file("a.webm", whole)))!;

    ok(Math.abs((description.durationMs ?? 0) - 1000) < 300, `${description.durationMs}`);
  },
);
