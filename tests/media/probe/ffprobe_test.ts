import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { CommandError, run } from "../../../src/base/command.ts";
import { ffprobeArgs, hasFfprobe, parseFfprobe } from "../../../src/media/probe/ffprobe.ts";
import { has, samples } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";

const recorded = new URL("../../../../shared/fixtures/ffprobe/", import.meta.url);
const noRecords = !await Deno.stat(recorded).then((it) => it.isDirectory, () => false);
const noFfprobe = !await has("ffprobe", "-version");

const report = (extra: Record<string, unknown>, format: Record<string, unknown> = {}) =>
  JSON.stringify({ streams: [{ codec_type: "video", codec_name: "mpeg4", ...extra }], format });

Deno.test(
  { name: "parseFfprobe() reads reports of other programs", ignore: noRecords },
  async () => {
    const expected: Record<string, [string, number, string]> = {
      "jellyfin-music_metadata.json": ["flac", 214_240, "audio flac"],
      "jellyfin-video_ts.json": ["mpegts", 352_181, "video avc, audio aac"],
      "jellyfin-video_webm.json": ["matroska", 117_701, "video vp8, audio vorbis"],
      "jellyfin-video_web_like_mkv_with_subtitle.json": [
        "matroska",
        117_701,
        "video vp8, audio vorbis, subtitle subrip",
      ],
      "jellyfin-video_mp4_metadata.json": [
        "unknown",
        15_794_106,
        "video avc, audio aac, audio aac, subtitle dvd_subtitle, subtitle mov_text, subtitle mov_text",
      ],
    };
    let count = 0;
    for await (const { name } of Deno.readDir(recorded)) {
      count++;
      const { description: found } = parseFfprobe(
        await Deno.readTextFile(new URL(name, recorded)),
      );
      const codecs = found.tracks.map(({ kind, codec }) => `${kind} ${codec}`).join(", ");

      ok(found.tracks.length > 0, name);
      if (expected[name]) {
        deepStrictEqual([found.container, found.durationMs, codecs], expected[name], name);
      }
    }
    ok(count > 0);
  },
);

Deno.test("parseFfprobe() leaves out covers and data, and says nothing it does not know", () => {
  const output = JSON.stringify({
    streams: [
      {
        codec_type: "video",
        codec_name: "h264",
        width: 640,
        height: 360,
        tags: { language: "und" },
      },
      { codec_type: "audio", codec_name: "mp3", channels: 2, sample_rate: "44100" },
      { codec_type: "subtitle", codec_name: "subrip", tags: { LANGUAGE: "eng" } },
      { codec_type: "video", codec_name: "mjpeg", disposition: { attached_pic: 1 } },
      { codec_type: "data" },
    ],
    format: { format_name: "matroska,webm" },
  });

  deepStrictEqual(parseFfprobe(output).description, {
    container: "matroska",
    tracks: [
      { kind: "video", codec: "avc", width: 640, height: 360 },
      { kind: "audio", codec: "mp3", channels: 2, sampleRate: 44100 },
      { kind: "subtitle", codec: "subrip", language: "eng" },
    ],
  });
});

Deno.test("parseFfprobe() takes the duration from wherever it stands", () => {
  const cases = [
    [report({}, { format_name: "avi", duration: "12.5" }), 12_500],
    [report({ duration: "3.25" }, { format_name: "avi" }), 3250],
    [report({ duration: "3.25" }, { format_name: "avi", duration: "N/A" }), 3250],
    [report({}, { format_name: "avi", duration: "0.000" }), undefined],
    [report({ duration: "N/A" }, { format_name: "avi" }), undefined],
  ] as const;

  for (const [output, expected] of cases) {
    strictEqual(parseFfprobe(output).description.durationMs, expected);
  }
});

Deno.test("parseFfprobe() refuses what is no report", () => {
  for (const output of ["", "{}", "[]", "null", '{"streams": 1}', "ffprobe version 6"]) {
    throws(() => parseFfprobe(output));
  }
});

Deno.test("no file name can pass for an option, another protocol, or a second argument", () => {
  for (const path of ["-x.avi", "http://host/x.avi", "concat:a|b", "a b.avi", "/a\nb.avi"]) {
    const args = ffprobeArgs(path);

    deepStrictEqual(args.slice(-2), ["-i", `file:${path}`]);
  }
});

Deno.test(
  { name: "ffprobe itself reads names that look like options", ignore: noFfprobe },
  async () => {
    await using dir = await tempDir();
    const film = await Deno.readFile(samples.avi);

    for (const name of ["-x.avi", "%20?#&.avi", "a'b\"c.avi", "line\nbreak 🎬.avi", "http:x.avi"]) {
      const path = await dir.file(name, film);
      const { description: found } = parseFfprobe(await run("ffprobe", ffprobeArgs(path)));
      strictEqual(found.container, "avi", name);
    }
  },
);

Deno.test("hasFfprobe() is no for a missing tool and for a broken one", async () => {
  const missing = new CommandError("Cannot run", { missing: true });

  strictEqual(await hasFfprobe(() => Promise.reject(missing)), false);
  strictEqual(await hasFfprobe(() => Promise.reject(new CommandError("exited"))), false);
  strictEqual(await hasFfprobe(() => Promise.resolve("ffprobe version 6")), true);
});
