/** The numbers of a film's pictures, and the texts that they become. @module */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { filmArgs } from "../../../../src/media/images/film/args.ts";
import { parseTaken } from "../../../../src/media/images/film/frames.ts";
import { parseLook } from "../../../../src/media/images/film/look.ts";
import { MAX_TILES, planOf, spread, within } from "../../../../src/media/images/film/plan.ts";
import { toVtt } from "../../../../src/media/images/film/vtt.ts";

const film = { index: 0, width: 1920, height: 1080, isHdr: false };

Deno.test("planOf() never makes more tiles than a page holds", () => {
  const cases = [[40, 1], [600, 2], [3600, 15], [7200, 30], [40_000, 300], [10_000_000, undefined]];
  for (const [durationS, interval] of cases) {
    const { intervalS } = planOf(film, durationS);
    ok(durationS! / intervalS <= MAX_TILES, `${durationS}`);
    if (interval) strictEqual(intervalS, interval);
  }
});

Deno.test("planOf() makes no larger sheet than a short film needs", () => {
  const { columns, rows } = planOf(film, 12);

  deepStrictEqual([columns, rows], [10, 2]);
  deepStrictEqual([planOf(film, 0).columns, planOf(film, 0).shots], [1, 1]);
});

Deno.test("within() keeps the shape, is even, and never enlarges", () => {
  deepStrictEqual(within({ width: 1920, height: 1080 }, 160), { width: 160, height: 90 });
  deepStrictEqual(within({ width: 1080, height: 1920 }, 160), { width: 90, height: 160 });
  deepStrictEqual(within({ width: 64, height: 48 }, 1280), { width: 64, height: 48 });
  deepStrictEqual(within({ width: 10_000, height: 3 }, 160), { width: 160, height: 2 });
});

Deno.test("spread() takes the middle of one, both ends of several, each once", () => {
  const times = [5, 15, 25, 35, 45, 55, 65, 75, 85, 95];

  deepStrictEqual(spread(times, 10, 100), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  deepStrictEqual(spread(times, 3, 100), [0, 4, 9]);
  deepStrictEqual(spread(times, 1, 100), [4]);
  deepStrictEqual(spread([50], 5, 100), [0]);
  deepStrictEqual(spread([], 5, 100), []);
});

Deno.test("filmArgs() hands the path over as a file, in one run with one input", () => {
  const options = {
    folder: "/out",
    sheet: { args: ["-c:v", "libwebp"], extension: "webp" },
    canMapTones: false,
    canDeinterlace: false,
    ownTimes: ["-fps_mode", "passthrough"],
  };
  const args = filmArgs("-y; rm 'x'.mkv", planOf(film, 3600), options);

  strictEqual(args.filter((it) => it === "-i").length, 1);
  strictEqual(args[args.indexOf("-i") + 1], "file:-y; rm 'x'.mkv");
  strictEqual(args[args.indexOf("-skip_frame") + 1], "nokey");
  ok(!args.join().includes("tonemap") && !args.join().includes("estdif"));
});

Deno.test("parseTaken() reads what was taken, and when", () => {
  const said = `frame:0    pts:-5      pts_time:-0.005
frame=1
frame:0    pts:0       pts_time:0
tile=1
frame:1    pts:1260031 pts_time:1260.03
shot=1
frame:2    pts:1270000 pts_time:1270
`;

  deepStrictEqual(parseTaken(said), { frame: [0], tile: [0], shot: [1260.031] });
});

Deno.test("parseLook() reads shape, turn and tones of the film, and passes a cover over", () => {
  const look = parseLook(JSON.stringify({
    format: { duration: "12.5" },
    streams: [
      { index: 0, codec_type: "video", width: 10, height: 10, disposition: { attached_pic: 1 } },
      {
        index: 2,
        codec_type: "video",
        width: 720,
        height: 576,
        sample_aspect_ratio: "16:15",
        color_transfer: "smpte2084",
        side_data_list: [{}, { rotation: -90 }],
      },
    ],
  }));

  deepStrictEqual(look, {
    film: { index: 2, width: 576, height: 768, isHdr: true },
    coverIndex: 0,
    durationS: 12.5,
  });
});

Deno.test("toVtt() shows each tile from its own time on, sheet by sheet", () => {
  const plan = { durationS: 3725.5, tile: { width: 160, height: 90 }, columns: 2, rows: 1 };

  const vtt = toVtt([0.04, 12.4, 3700], plan, (sheet) => `sheet-${sheet}.webp`);

  strictEqual(
    vtt,
    `WEBVTT

00:00:00.000 --> 00:00:12.400
sheet-0.webp#xywh=0,0,160,90

00:00:12.400 --> 01:01:40.000
sheet-0.webp#xywh=160,0,160,90

01:01:40.000 --> 01:02:05.500
sheet-1.webp#xywh=0,0,160,90
`,
  );
  match(toVtt([], plan, String), /^WEBVTT\n$/);
});
