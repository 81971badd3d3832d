/**
 * One ffmpeg run that makes everything of a film: sheets of tiles for the seek bar, screenshots, and
 * grey pixels for the fingerprint. Key frames only (`-skip_frame nokey`), each decoded once.
 *
 * All pictures go through one graph that splits:
 *
 *     film ─┬─ a screenshot where its time has come ─┬─ JPEG
 *           │                                        └─ 32 × 32 grey, to choose the poster by
 *           └─ enough key frames, small ─┬─ 32 × 32 grey
 *                                        └─ one in each interval ── sheets of tiles
 *
 * Which pictures were taken, and their times, come as text on stdout: see frames.ts.
 *
 * @module
 */
import { SIDE } from "../phash.ts";
import type { Plan } from "./plan.ts";

export interface FilmOutput {
  /** A folder that nobody else writes into. */
  folder: string;
  /** How sheets are encoded: ffmpeg's arguments, and the extension without its dot. */
  sheet: { args: readonly string[]; extension: string };
  /** Whether this ffmpeg has what maps the tones of HDR. */
  canMapTones: boolean;
  /** Whether it has what makes whole pictures of half ones, each by itself. */
  canDeinterlace: boolean;
  /** Its arguments to leave pictures their times. */
  ownTimes: readonly string[];
}

/** The files that a run leaves. */
export const outputs = {
  sheet: (number: number, extension: string) => `sheet-${number}.${extension}`,
  shot: (number: number) => `shot-${number}.jpg`,
  gray: "frames.gray",
  shotGray: "shots.gray",
};

export function filmArgs(path: string, plan: Plan, output: FilmOutput): string[] {
  const to = (name: string) => `file:${output.folder}/${name}`;
  const each = [...output.ownTimes, "-an", "-sn", "-dn"];
  const { args, extension } = output.sheet;
  return [
    ...["-nostdin", "-hide_banner", "-v", "error", "-y"],
    // One thread: with several, each would decode ahead what is skipped. Measured: 2.5 s of a film
    // of an hour with one, 8 s with two. Where all is decoded, two help.
    ...plan.isWhole
      ? ["-threads", "2"]
      : ["-threads", "1", "-skip_frame", "nokey", "-discard", "nokey"],
    ...["-an", "-sn", "-dn", "-i", `file:${path}`],
    ...["-filter_complex_threads", "1", "-filter_complex", graph(plan, output)],
    ...["-map", "[sheets]", ...each, ...args, "-f", "image2", to(`sheet-%d.${extension}`)],
    ...["-map", "[gray]", ...each, "-f", "rawvideo", to(outputs.gray)],
    ...["-map", "[shots]", ...each, "-frames:v", String(plan.shots + 1)],
    ...["-c:v", "mjpeg", "-q:v", "3", "-f", "image2", to("shot-%d.jpg")],
    ...["-map", "[shotgray]", ...each, "-frames:v", String(plan.shots + 1)],
    ...["-f", "rawvideo", to(outputs.shotGray)],
  ];
}

function graph(plan: Plan, { canMapTones, canDeinterlace }: FilmOutput): string {
  const { tile, shot, intervalS, spacingS, columns, rows } = plan;
  // Only of pictures that say that they are two halves, which containers often deny. Others look at
  // the pictures before and after, which are seconds away here. In a small tile nobody sees it.
  const whole = canDeinterlace ? ["estdif=mode=frame:deint=interlaced"] : [];
  const tones = plan.isHdr && canMapTones ? [toOrdinaryTones] : [];
  const gray = [`scale=${SIDE}:${SIDE}:flags=area`, "format=gray"];
  const everyTile = `select='isnan(prev_selected_t)+gt(floor(t/${intervalS}),` +
    `floor(prev_selected_t/${intervalS}))'`;
  const chains = [
    // Times in milliseconds, whatever the container counts in.
    [`[0:${plan.streamIndex}]`, ["settb=1/1000", "split=2"], "[few][many]"],
    ["[few]", [
      `select='${takesShot(plan)}'`,
      ...say("shot"),
      ...whole,
      `scale=${shot.width}:${shot.height}:flags=bicubic`,
      ...tones,
      "setsar=1",
      "split=2",
    ], "[shot][shotsmall]"],
    ["[shot]", [toJpeg], "[shots]"],
    ["[shotsmall]", gray, "[shotgray]"],
    ["[many]", [
      `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${spacingS})'`,
      ...say("frame"),
      `scale=${tile.width}:${tile.height}:flags=area`,
      ...tones,
      "setsar=1",
      "split=2",
    ], "[small][tiles]"],
    ["[small]", gray, "[gray]"],
    ["[tiles]", [
      everyTile,
      ...say("tile"),
      "format=yuv420p",
      `tile=${columns}x${rows}`,
    ], "[sheets]"],
  ] as const;
  return chains.map(([from, filters, to]) => from + filters.join(",") + to).join(";");
}

/**
 * Takes a picture when half of the way to the next one (as long as the way from the last) goes
 * beyond the time of the next screenshot: so it is the nearest, where key frames come evenly.
 * Variable 0 keeps the next time. The very first picture is always taken: there may be no other.
 */
function takesShot({ firstShotS, shotStepS }: Plan): string {
  const reach = "(t+if(isnan(prev_t),0,(t-prev_t)/2))";
  if (shotStepS === 0) return "isnan(prev_selected_t)";
  const next = `${firstShotS}+${shotStepS}*(1+floor((${reach}-${firstShotS})/${shotStepS}))`;
  return `if(gte(${reach},max(${firstShotS},ld(0))),st(0,${next})*0+1,isnan(prev_selected_t))`;
}

/** Says on stdout that a picture was taken, and when: `frame:0 pts:1280 …`, then `shot=1`. */
function say(name: string): string[] {
  return [
    `metadata=mode=add:key=${name}:value=1`,
    `metadata=mode=print:key=${name}:file=-:direct=1`,
  ];
}

/** Full range, as JPEG has it. */
export const toJpeg = "scale=out_range=full,format=yuvj420p";

/** To the tones of an ordinary screen (BT.709), by Hable's curve. */
export const toOrdinaryTones =
  "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0," +
  "zscale=t=bt709:m=bt709:r=tv,format=yuv420p";
