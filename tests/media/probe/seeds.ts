/** Media files of every make, small, from which damaged ones are made: by ffmpeg, else our samples. @module */
import { basename } from "node:path";
import { run } from "../../../src/base/command.ts";
import { makeClip, samples, wav } from "../../helpers/clips.ts";
import type { TempDir } from "../../helpers/temp.ts";

export interface Seed {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const CHAPTERS = `;FFMETADATA1
title=A Title
artist=Somebody
date=2001-02-03
[CHAPTER]
TIMEBASE=1/1000
START=0
END=400
title=One
[CHAPTER]
TIMEBASE=1/1000
START=400
END=1000
title=Two
`;

const SUBTITLES = "1\n00:00:00,100 --> 00:00:00,900\nhello\n";

/** With chapters, tags, a cover and subtitles where the container has room for them. */
export async function makeSeeds(dir: TempDir): Promise<Seed[]> {
  const meta = await dir.file("seeds/meta.txt", CHAPTERS);
  const text = await dir.file("seeds/a.srt", SUBTITLES);
  const cover = `${dir.path}/seeds/cover.png`;
  await makePicture(cover, []);
  const rich = [
    "-i",
    text,
    "-i",
    meta,
    "-map",
    "0:v",
    "-map",
    "1:a",
    "-map",
    "2:s",
    "-map_metadata",
    "3",
    "-map_chapters",
    "3",
    "-t",
    "1",
  ];
  const sound = [
    "-i",
    cover,
    "-i",
    meta,
    "-map",
    "1:a",
    "-map",
    "2:v",
    "-map_metadata",
    "3",
    "-disposition:v",
    "attached_pic",
    "-c:v",
    "copy",
    "-t",
    "1",
  ];
  const clips: Record<string, string[]> = {
    "rich.mp4": [...rich, "-c:s", "mov_text", "-pix_fmt", "yuv420p"],
    "fragments.mp4": ["-movflags", "frag_keyframe+empty_moov", "-pix_fmt", "yuv420p"],
    "rich.mov": [...rich, "-c:s", "mov_text", "-pix_fmt", "yuv420p"],
    "rich.mkv": [
      ...rich,
      "-c:s",
      "srt",
      "-pix_fmt",
      "yuv420p",
      "-attach",
      cover,
      "-metadata:s:t",
      "mimetype=image/png",
    ],
    "plain.webm": [
      "-c:v",
      "libvpx-vp9",
      "-deadline",
      "realtime",
      "-cpu-used",
      "8",
      "-c:a",
      "libopus",
    ],
    "live.webm": ["-c:v", "libvpx", "-c:a", "libvorbis", "-live", "1"],
    "cover.mp3": [...sound, "-id3v2_version", "3"],
    "cover.flac": sound,
    "cover.m4a": sound,
    "plain.ogg": ["-vn"],
    "plain.ts": ["-c:v", "mpeg2video"],
    "plain.aac": ["-vn"],
    "old.avi": ["-c:v", "mpeg4", "-c:a", "libmp3lame"],
  };
  const names = Object.keys(clips);
  for (const name of names) await makeClip(`${dir.path}/seeds/${name}`, clips[name]!);
  for (const name of ["picture.jpg", "picture.webp", "picture.gif"]) {
    await makePicture(`${dir.path}/seeds/${name}`, []);
    names.push(name);
  }
  const made = await Promise.all([...names, "cover.png"].map(async (name) => ({
    name,
    bytes: await Deno.readFile(`${dir.path}/seeds/${name}`),
  })));
  return [...made, { name: "plain.wav", bytes: wav(1) }];
}

async function makePicture(path: string, options: string[]): Promise<void> {
  const source = ["-f", "lavfi", "-i", "testsrc2=size=64x48", "-frames:v", "1", ...options];
  await run("ffmpeg", ["-v", "error", "-y", ...source, `file:${path}`], { timeoutMs: 30_000 });
}

/** Without ffmpeg. */
export async function sampleSeeds(): Promise<Seed[]> {
  const films = await Promise.all(
    Object.values(samples).map(async (path) => ({
      name: basename(path),
      bytes: await Deno.readFile(path),
    })),
  );
  return [...films, { name: "plain.wav", bytes: wav(1) }];
}
