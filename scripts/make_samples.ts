/**
 * Makes the clips in samples/ from ffmpeg's own test sources, so that they belong to nobody.
 * One clip per kind of file: three that a browser plays, one that explains why it does not.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

interface Clip {
  name: string;
  seconds: number;
  picture: string;
  sound: string;
  /** Subtitle lines, a new one every three seconds. */
  subtitles?: string[];
  codecs: string[];
}

const h264 = ["-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p", "-bf", "2"];
const aac = ["-c:a", "aac", "-b:a", "64k"];

const clips: Clip[] = [
  {
    name: "Counting Colours.mp4",
    seconds: 24,
    picture: "testsrc2=size=640x360:rate=24",
    sound: "sine=frequency=330:beep_factor=4",
    // No +faststart: the index is at the end, so a player has to ask for ranges.
    codecs: [...h264, "-crf", "30", "-g", "48", ...aac],
  },
  {
    name: "A Walk Through the Rainbow.mkv",
    seconds: 20,
    picture: "testsrc2=size=480x270:rate=25,hue=H=2*PI*t/10",
    sound: "sine=frequency=262:beep_factor=2",
    subtitles: [
      "It begins with red,",
      "turns to yellow,",
      "then to green,",
      "blue, and red again.",
    ],
    codecs: [...h264, "-crf", "30", "-g", "50", ...aac, "-c:s", "srt"],
  },
  {
    name: "Falling Into Mandelbrot.webm",
    seconds: 15,
    picture: "mandelbrot=size=480x270:rate=24:start_scale=2:end_scale=0.01:end_pts=360:maxiter=400",
    sound: "sine=frequency=196:beep_factor=3",
    codecs: ["-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p", "-b:v", "350k", "-g", "48"].concat(
      ["-deadline", "good", "-cpu-used", "4", "-c:a", "libopus", "-b:a", "48k"],
    ),
  },
  {
    name: "Old Test Card.avi",
    seconds: 12,
    picture: "testsrc=size=320x240:rate=25",
    sound: "sine=frequency=440:beep_factor=4",
    codecs: ["-c:v", "mpeg4", "-q:v", "6", "-g", "50", "-c:a", "libmp3lame", "-b:a", "64k"],
  },
];

const MAX_BYTES = 1_500_000;
const folder = new URL("../samples/", import.meta.url);

await Deno.mkdir(folder, { recursive: true });
for (const clip of clips) {
  const path = fileURLToPath(folder) + clip.name;
  await make(clip, path);
  const { size } = await Deno.stat(path);
  if (size > MAX_BYTES) throw new Error(`Sample "${clip.name}" is too big: ${size} bytes`);
  print(`${String(size).padStart(9)} bytes  ${clip.name}`);
}

/** bitexact and one thread: the same ffmpeg makes the same bytes each time. */
async function make({ seconds, picture, sound, subtitles, codecs }: Clip, path: string) {
  const inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", `${sound}:sample_rate=48000`];
  const maps = ["-map", "0:v", "-map", "1:a"];
  if (subtitles) {
    inputs.push("-f", "srt", "-i", "pipe:0");
    maps.push("-map", "2:s", "-metadata:s:s:0", "language=eng");
  }
  const flags = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"];
  const args = ["-y", "-v", "error", ...inputs, ...maps, "-t", `${seconds}`, "-metadata:s:a:0"]
    .concat(["language=eng", "-threads", "1", ...codecs, ...flags, path]);

  const ffmpeg = new Deno.Command("ffmpeg", { args, stdin: "piped", stderr: "inherit" }).spawn();
  const stdin = ffmpeg.stdin.getWriter();
  await stdin.write(new TextEncoder().encode(srt(subtitles ?? []))).catch(() => {});
  await stdin.close().catch(() => {});
  const { success } = await ffmpeg.status;
  if (!success) throw new Error(`Cannot make "${path}": ffmpeg failed, see its words above`);
}

function srt(lines: string[]): string {
  const at = (seconds: number) => `00:00:${String(seconds).padStart(2, "0")},000`;
  return lines.map((line, i) => `${i + 1}\n${at(i * 3)} --> ${at(i * 3 + 3)}\n${line}\n`).join(
    "\n",
  );
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}
