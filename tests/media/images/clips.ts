/** Films of all kinds for the makers of pictures, made by ffmpeg. @module */
import { join } from "node:path";
import { run } from "../../../src/base/command.ts";

/** ffmpeg's arguments for each: what is drawn, and how it is encoded. */
const recipes = {
  /** Forty seconds, a key frame each second; a moving test card. */
  "plain.mp4": [
    ...drawn("testsrc2=s=320x180:r=10:d=40"),
    ...["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p"],
  ],
  /** More than a minute, and one key frame. */
  "one_key_frame.mp4": [
    ...drawn("testsrc2=s=160x90:r=5:d=90"),
    ...["-c:v", "libx264", "-preset", "ultrafast", "-g", "9999", "-keyint_min", "9999"],
    ...["-sc_threshold", "0", "-pix_fmt", "yuv420p"],
  ],
  "one_picture.mp4": [
    ...drawn("testsrc2=s=64x48:r=25"),
    ...["-frames:v", "1", "-c:v", "libx264", "-pix_fmt", "yuv420p"],
  ],
  /** Lies on its side in the file, and is shown upright. */
  "portrait.mp4": [
    ...drawn("testsrc2=s=320x180:r=10:d=3"),
    ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
  ],
  /** Pixels twice as wide as they are high. */
  "wide_pixels.mkv": [
    ...drawn("testsrc2=s=160x180:r=10:d=3,setsar=2/1"),
    ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
  ],
  "interlaced.mkv": [
    // A bar that runs: in each picture, every other line has it elsewhere.
    ...drawn(
      "nullsrc=s=320x240:r=20:d=3,geq=lum='255*lt(mod(X-N*16,320),80)':cb=128:cr=128,interlace",
    ),
    ...["-c:v", "mpeg2video", "-flags", "+ilme+ildct", "-q:v", "3"],
  ],
  "ten_bits.mkv": [
    ...drawn("testsrc2=s=320x180:r=10:d=3"),
    ...["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"],
    ...["-pix_fmt", "yuv420p10le"],
  ],
  "hdr.mkv": [
    ...drawn("testsrc2=s=320x180:r=10:d=3"),
    ...["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le"],
    ...["-x265-params", "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"],
    ...["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"],
  ],
  /** Its times do not begin at 0. */
  "recording.ts": [
    ...drawn("testsrc2=s=320x180:r=10:d=5"),
    ...["-c:v", "mpeg2video", "-g", "10", "-f", "mpegts"],
  ],
  "cover_only.m4a": [
    ...["-f", "lavfi", "-i", "sine=d=2", ...drawn("color=red:s=300x300:d=1")],
    ...["-map", "0:a", "-map", "1:v", "-frames:v", "1", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"],
    ...["-disposition:v:0", "attached_pic", "-c:a", "aac"],
  ],
  "sound_only.m4a": ["-f", "lavfi", "-i", "sine=d=2", "-c:a", "aac"],
  "picture.png": [...drawn("testsrc2=s=200x100"), "-frames:v", "1"],
  "picture.jpg": [...drawn("testsrc2=s=200x100"), "-frames:v", "1"],
} satisfies Record<string, string[]>;

export type ClipName = keyof typeof recipes;

function drawn(source: string): string[] {
  return ["-f", "lavfi", "-i", source];
}

/** Makes the clip in `folder`, and returns its path. */
export async function makeFilmClip(folder: string, name: ClipName): Promise<string> {
  const path = join(folder, name);
  await ffmpeg([...recipes[name], `file:${path}`]);
  if (name === "portrait.mp4") await turn(path);
  return path;
}

/** Says in the container that the film is to be turned: which way, versions of ffmpeg disagree. */
async function turn(path: string): Promise<void> {
  const lying = `${path}.lying.mp4`;
  await Deno.rename(path, lying);
  const copy = ["-c", "copy", `file:${path}`];
  await ffmpeg(["-display_rotation", "90", "-i", `file:${lying}`, ...copy])
    .catch(() => ffmpeg(["-i", `file:${lying}`, "-metadata:s:v:0", "rotate=90", ...copy]));
  await Deno.remove(lying);
}

export async function ffmpeg(args: string[]): Promise<string> {
  return await run("ffmpeg", ["-nostdin", "-v", "error", "-y", ...args], { timeoutMs: 120_000 });
}
