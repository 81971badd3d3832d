/** One codec has one name, whatever container it is in: real clips. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { codecSpellings, commonCodec } from "../../../src/media/mod.ts";
import { has, makeClip } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";
import { probePath } from "./probe.ts";

const noFfmpeg = !await has("ffmpeg", "-version");

Deno.test(
  { name: "a codec has the same name in every container", ignore: noFfmpeg },
  async () => {
    await using dir = await tempDir();
    const cases: [codec: string, options: string[], names: string[]][] = [
      ["mpeg4", ["-c:v", "mpeg4"], ["a.mkv", "a.mp4", "a.mov"]],
      ["mpeg4", ["-c:v", "mpeg4", "-vtag", "XVID", "-allow_raw_vfw", "1"], ["vfw.mkv"]],
      ["mpeg2video", ["-c:v", "mpeg2video", "-r", "25"], ["b.mkv", "b.mp4"]],
      ["mpeg1video", ["-c:v", "mpeg1video", "-r", "25"], ["c.mkv", "c.mp4"]],
      ["mjpeg", ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"], ["d.mkv", "d.mp4", "d.mov"]],
      ["avc", ["-c:v", "libx264"], ["e.mkv", "e.mp4"]],
    ];

    for (const [codec, options, names] of cases) {
      for (const name of names) {
        const path = await makeClip(`${dir.path}/${name}`, [...options, "-c:a", "aac"]);
        const found = await probePath(path);
        deepStrictEqual(
          found?.description.tracks.map((it) => it.codec),
          [codec, "aac"],
          `${name} ${codec}`,
        );
      }
    }
  },
);

Deno.test("commonCodec() knows its own names, and every name once", () => {
  for (const name of ["avc", "hevc", "mpeg2video", "mjpeg", "mp3", "pcm-s16"]) {
    strictEqual(commonCodec(name), name);
    for (const other of codecSpellings(name)) strictEqual(commonCodec(other), name, other);
  }
  strictEqual(commonCodec("V_UNHEARD_OF"), "V_UNHEARD_OF");
  deepStrictEqual(codecSpellings("unheard"), ["unheard"]);
  ok(codecSpellings("pcm").includes("pcm-s16"));
});
