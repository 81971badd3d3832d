/** Frame rates by how long pictures stand, and codec parameters. @module */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { readCodecString } from "../../../src/media/probe/codec/codec_string.ts";
import { frameRateOf, type Run } from "../../../src/media/probe/codec/frame_rate.ts";
import { run } from "../../../src/base/command.ts";
import { has } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";
import { probePath } from "./probe.ts";

const noFfmpeg = !await has("ffmpeg", "-version");

Deno.test("frameRateOf() takes rounding for even, and gaps for uneven", () => {
  const many = (count: number, ...ticks: number[]): Run[] =>
    Array.from(
      { length: count },
      (_, index) => ({ count: 1, ticks: ticks[index % ticks.length]! }),
    );
  const cases: [Run[], number, object][] = [
    [[{ count: 1000, ticks: 1001 }], 24_000, { frameRate: 23.976 }],
    [[{ count: 1000, ticks: 1001 }, { count: 1, ticks: 90_000 }], 24_000, { frameRate: 23.976 }],
    [many(300, 33, 33, 34), 1000, { frameRate: 30 }],
    [many(300, 41, 42), 1000, { frameRate: 24.096 }],
    [many(300, 20, 40), 1000, { frameRate: 33.333, variableFrameRate: true }],
    [[...many(200, 20), ...many(1, 60), ...many(200, 20)], 600, { frameRate: 30 }],
    [[{ count: 500, ticks: 20 }, { count: 500, ticks: 40 }, { count: 1, ticks: 1 }], 1000, {
      frameRate: 33.366,
      variableFrameRate: true,
    }],
    [[{ count: 0xffffffff, ticks: 0xffffffff }], 0xffffffff, { frameRate: 1 }],
    [[{ count: 1, ticks: 0 }], 1000, {}],
    [[], 1000, {}],
    [[{ count: 10, ticks: 10 }], 0, {}],
  ];

  for (const [runs, ticks, expected] of cases) deepStrictEqual(frameRateOf(runs, ticks), expected);
});

Deno.test("readCodecString() says profile, level and depth of every codec that has them", () => {
  const cases: Record<string, object> = {
    "avc1.64001f": { profile: "High", level: "3.1" },
    "avc1.42e01e": { profile: "Constrained Baseline", level: "3.0" },
    "avc1.42000a": { profile: "Baseline", level: "1.0" },
    "avc1.4d100b": { profile: "Main", level: "1b" },
    "avc3.6e0033": { profile: "High 10", level: "5.1" },
    "avc1.f40028": { profile: "High 4:4:4 Predictive", level: "4.0" },
    "avc1.zz": {},
    "hvc1.1.6.L93.B0": { profile: "Main", level: "3.1" },
    "hvc1.2.4.H153.90": { profile: "Main 10", level: "5.1 High", bitDepth: 10 },
    "hev1.B4.10.L120": { profile: "Rext", level: "4.0" },
    "dvh1.08.07": { profile: "Dolby Vision 8", level: "7" },
    "av01.0.08M.10.0.110.09.16.09.0": { profile: "Main", level: "4.0", bitDepth: 10 },
    "av01.1.13H.12": { profile: "High", level: "5.1 High", bitDepth: 12 },
    "av01.0.31M.08": { profile: "Main", bitDepth: 8 },
    "vp09.02.51.10.01.09.16.09.00": { profile: "2", level: "5.1", bitDepth: 10 },
    "vp8": {},
    "mp4a.40.2": { profile: "LC" },
    "mp4a.40.29": { profile: "HE-AAC v2" },
    "mp4a.6b": {},
    "apch": { profile: "422 HQ" },
    "opus": {},
    "": {},
    "avc1.": {},
    "hvc1": {},
    "constructor.1": {},
  };

  for (const [text, expected] of Object.entries(cases)) {
    deepStrictEqual(readCodecString(text), expected, text);
  }
});

Deno.test(
  { name: "uneven pictures are told of Matroska as of MP4, wherever they are", ignore: noFfmpeg },
  async () => {
    await using dir = await tempDir();
    const source = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30:duration=8"];
    const some = (which: string) => ["-vf", `select='${which}'`, "-fps_mode", "vfr"];
    const cases: [name: string, options: string[], isVariable: true | undefined][] = [
      ["even", [], undefined],
      ["film", ["-r", "24000/1001"], undefined],
      ["odd", some("not(mod(n,3))+not(mod(n,5))"), true],
      ["half", [...some("lt(n,120)+not(mod(n,2))"), "-g", "30"], true],
      ["late", some("lt(n,60)+not(mod(n,3))"), true],
    ];

    for (const [name, options, isVariable] of cases) {
      const [mkv, mp4] = ["mkv", "mp4"].map((it) => `${dir.path}/${name}.${it}`) as [
        string,
        string,
      ];
      const coded = ["-c:v", "libx264", "-preset", "ultrafast", `file:${mkv}`];
      await run("ffmpeg", ["-v", "error", ...source, ...options, ...coded], { timeoutMs: 60_000 });
      await run("ffmpeg", ["-v", "error", "-i", mkv, "-c", "copy", mp4], { timeoutMs: 30_000 });
      for (const path of [mkv, mp4]) {
        const found = (await probePath(path))!;
        strictEqual(found.description.tracks[0]?.variableFrameRate, isVariable, path);
        strictEqual(found.bytesRead <= 512 * 1024, true, `it read ${found.bytesRead} bytes`);
      }
    }
  },
);
