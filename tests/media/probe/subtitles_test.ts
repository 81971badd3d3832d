/** Subtitle tracks of Matroska, WebM and MP4: in real clips, and in bytes made to mislead. @module */
import { deepStrictEqual, ok } from "node:assert/strict";
import { run } from "../../../src/base/command.ts";
import { type ReadBytes, TooMuchError } from "../../../src/media/probe/byte_reader.ts";
import { readMatroska } from "../../../src/media/probe/matroska/read_matroska.ts";
import { readMp4 } from "../../../src/media/probe/mp4/read_mp4.ts";
import type { Track } from "../../../src/media/media.ts";
import { has, makeClip, samples } from "../../helpers/clips.ts";
import { noise, tempDir } from "../../helpers/temp.ts";
import { probePath } from "./probe.ts";

const noFfmpeg = !await has("ffmpeg", "-version");

async function subtitlesOf(path: string): Promise<string[]> {
  const found = await probePath(path);
  return found!.description.tracks
    .filter(({ kind }) => kind === "subtitle")
    .map(({ codec, language }) => [codec, language].filter(Boolean).join(" "));
}

Deno.test("probeContainer() lists the subtitles of the Matroska sample, and reads little", async () => {
  deepStrictEqual(await subtitlesOf(samples.mkv), ["subrip eng"]);
  deepStrictEqual(await subtitlesOf(samples.mp4), []);
  deepStrictEqual(await subtitlesOf(samples.webm), []);
  const { bytesRead } = (await probePath(samples.mkv))!;
  // Both ends, for its identity, and the headers of some pictures in between.
  ok(bytesRead <= (2 * 64 + 4 * 32) * 1024, `it read ${bytesRead} bytes`);
});

Deno.test(
  { name: "probeContainer() lists subtitles of every make", ignore: noFfmpeg },
  async () => {
    await using dir = await tempDir();
    const text = await dir.file("a.srt", "1\n00:00:00,100 --> 00:00:00,900\nhello\n");
    const two = ["-i", text, "-map", "0:v", "-map", "1:a", "-map", "2", "-map", "2", "-t", "1"];
    const languages = ["-metadata:s:s:0", "language=ger", "-metadata:s:s:1", "language=fre"];
    const vp8 = ["-c:v", "libvpx", "-c:a", "libvorbis"];
    const late = ["-output_ts_offset", "100"];
    const cases: [string, string[], string[]][] = [
      ["two.mkv", ["-c:s:0", "srt", "-c:s:1", "ass", ...languages], ["subrip ger", "ass fre"]],
      ["silent.mkv", ["-c:s", "srt"], ["subrip", "subrip"]],
      ["late.mkv", ["-c:s", "srt", ...languages, ...late], ["subrip ger", "subrip fre"]],
      ["two.webm", [...vp8, "-c:s", "webvtt", ...languages], ["webvtt ger", "webvtt fre"]],
      ["live.webm", [...vp8, "-c:s", "webvtt", ...languages, "-live", "1"], [
        "webvtt ger",
        "webvtt fre",
      ]],
      ["two.mp4", ["-c:s", "mov_text", ...languages], ["mov_text ger", "mov_text fre"]],
      [
        "fragments.mp4",
        ["-c:s", "mov_text", ...languages, "-movflags", "frag_keyframe+empty_moov"],
        ["mov_text ger", "mov_text fre"],
      ],
    ];

    for (const [name, options, expected] of cases) {
      const path = await makeClip(`${dir.path}/${name}`, [...two, ...options]);
      deepStrictEqual(await subtitlesOf(path), expected, name);
    }
  },
);

Deno.test(
  { name: "The names of an MP4's chapters are no subtitles", ignore: noFfmpeg },
  async () => {
    await using dir = await tempDir();
    const chapters = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle=One\n";
    const list = await dir.file("chapters.txt", chapters);
    const path = `${dir.path}/chapters.mp4`;
    await run("ffmpeg", [
      "-v",
      "error",
      "-i",
      samples.mp4,
      "-i",
      list,
      "-t",
      "1",
      "-c",
      "copy",
      path,
    ]);

    deepStrictEqual(await subtitlesOf(path), []);
  },
);

const hex = (text: string) => Uint8Array.fromHex(text.replaceAll(/\s/g, ""));
/** An EBML header, and a segment of unknown size that begins with `content`. */
const segment = (content: string) => hex(`1a45dfa3 80 18538067 01ffffffffffffff ${content}`);

/** A file of 10 GB that has nothing but zeros behind these bytes. */
const LARGE = 10e9;

/** Counts: a reader that is misled reads on for ever, or much at once. */
function counted(bytes: Uint8Array) {
  const counts = { reads: 0, bytes: 0 };
  const read: ReadBytes = (offset, length) => {
    counts.reads++;
    const found = bytes.subarray(offset, offset + length);
    counts.bytes += found.length;
    return found;
  };
  return { read, counts };
}

function matroskaSubtitles(read: ReadBytes): Track[] {
  return readMatroska(read, LARGE)?.subtitles ?? [];
}

/** What is too much is given up in words. */
function mp4Subtitles(read: ReadBytes): Track[] {
  try {
    return readMp4(read, LARGE)?.subtitles ?? [];
  } catch (error) {
    if (error instanceof TooMuchError || error instanceof RangeError) return [];
    throw error;
  }
}

Deno.test("Subtitles are found behind the clusters where the index says so", () => {
  const seek = "114d9b74 8e 4dbb 8b 53ab 84 1654ae6b 53ac 81 18";
  const cluster = "1f43b675 80";
  const track = "1654ae6b 8f ae 8d 83 81 11 86 88 535f564f42535542";

  const found = matroskaSubtitles(counted(segment(`${seek} ${cluster} ${track}`)).read);

  deepStrictEqual(found, [{ kind: "subtitle", codec: "dvd_subtitle", default: true }]);
});

Deno.test("Hostile bytes give no subtitles, and are soon given up", () => {
  const entry = "ae 83 83 81 11";
  const cases = [
    "",
    "ec 80".repeat(100_000), // nothing but empty elements
    "1654ae6b 08ffffffffff", // a list of tracks of 64 GiB
    "1654ae6b 01ffffffffffffff", // of unknown size
    "114d9b74 01fffffffffffffe", // an index larger than any file
    "114d9b74 8f 4dbb 8c 53ab 84 1654ae6b 53ac 82 0000 1f43b675 80", // it points to itself
    "114d9b74 94 4dbb 91 53ab 84 1654ae6b 53ac 87 ffffffffffffff 1f43b675 80", // far beyond
    "1654ae6b 84 ae 88 83 81", // a track longer than its list
    "00000000",
  ];
  for (const content of cases) {
    const { read, counts } = counted(segment(content));
    deepStrictEqual(matroskaSubtitles(read), [], content.slice(0, 40));
    ok(counts.reads < 500 && counts.bytes < 10_000_000, JSON.stringify(counts));
  }

  const many = counted(segment(`1654ae6b 20 3d0900 ${entry.repeat(50_000)}`));
  ok(matroskaSubtitles(many.read).length <= 200);

  for (let seed = 0; seed < 300; seed++) {
    const random = noise(2000, seed);
    for (const find of [matroskaSubtitles, mp4Subtitles]) {
      const { read, counts } = counted(random);
      find(read);
      ok(counts.reads < 1000, `${find.name} of seed ${seed}: ${JSON.stringify(counts)}`);
    }
  }
});

Deno.test("Damaged bytes within real films never make the readers fail or read on and on", async () => {
  for (
    const [path, find] of [[samples.mkv, matroskaSubtitles], [samples.mp4, mp4Subtitles]] as const
  ) {
    const film = await Deno.readFile(path);
    for (let seed = 1; seed <= 200; seed++) {
      const damaged = film.slice();
      for (const [at, byte] of noise(24, seed).entries()) damaged[byte * 4 + at * 31] = byte;
      const { read, counts } = counted(damaged);
      find(read);
      ok(
        counts.reads < 20_000 && counts.bytes < 20_000_000,
        `seed ${seed}: ${JSON.stringify(counts)}`,
      );
    }
  }
});
