/**
 * Media files to measure with: a few clips from ffmpeg's own test sources, and copies of them that
 * differ in their title.
 *
 * @module
 */
import { runProgram } from "../scripts/run.ts";

export interface Corpus {
  folder: string;
  files: number;
  bytes: number;
}

export interface CorpusOptions {
  files: number;
  /** Added to each file as a "free" box, to make it as big as a film; none unless said. */
  paddingBytes?: number;
}

const SECONDS = 3;

/** What both we and minidlna take as film, about half of it MP4 and a third of it Matroska. */
const kinds = [
  { extension: "mp4", size: "320x180", rate: 24, flags: [] },
  { extension: "mkv", size: "320x180", rate: 24, flags: ["-write_crc32", "0"] },
  { extension: "mp4", size: "256x144", rate: 25, flags: ["-movflags", "+faststart"] },
  { extension: "mkv", size: "256x144", rate: 30, flags: ["-write_crc32", "0"] },
  { extension: "m4v", size: "320x180", rate: 25, flags: [] },
  { extension: "mov", size: "256x144", rate: 24, flags: [] },
];

const FILES_PER_FOLDER = 50;

/** Stands in the title of each clip, and is another number in each copy. */
const PLACE = "00000000";

/** Makes `files` different files below `folder`. */
export async function makeCorpus(
  folder: string,
  { files, paddingBytes = 0 }: CorpusOptions,
): Promise<Corpus> {
  await Deno.mkdir(folder, { recursive: true });
  const chosen = kinds.filter(({ extension }) => paddingBytes === 0 || extension !== "mkv");
  const clips: Clip[] = [];
  for (const kind of chosen) clips.push(await makeClip(kind, folder, paddingBytes));
  let bytes = 0;
  for (let file = 0; file < files; file++) {
    const { extension, content, places } = clips[file % clips.length]!;
    const number = new TextEncoder().encode(String(file).padStart(PLACE.length, "0"));
    for (const place of places) content.set(number, place);
    const season = `${folder}/Season ${
      String(Math.floor(file / FILES_PER_FOLDER)).padStart(3, "0")
    }`;
    if (file % FILES_PER_FOLDER === 0) await Deno.mkdir(season);
    await Deno.writeFile(`${season}/Episode ${file}.${extension}`, content);
    bytes += content.length;
  }
  return { folder: await Deno.realPath(folder), files, bytes };
}

interface Clip {
  extension: string;
  content: Uint8Array;
  /** Where the number stands. */
  places: number[];
}

async function makeClip(
  { extension, size, rate, flags }: typeof kinds[number],
  folder: string,
  paddingBytes: number,
): Promise<Clip> {
  const path = `${folder}/clip.${extension}`;
  await runProgram(
    "ffmpeg",
    [
      ["-y", "-v", "error", "-f", "lavfi", "-i", `testsrc2=size=${size}:rate=${rate}`],
      ["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000", "-t", `${SECONDS}`],
      ["-c:v", "libx264", "-preset", "veryfast", "-crf", "31", "-pix_fmt", "yuv420p", "-bf", "2"],
      ["-c:a", "aac", "-b:a", "48k", "-metadata", `title=Bench ${PLACE}`, ...flags, path],
    ].flat(),
    { quiet: true },
  );
  const content = await Deno.readFile(path);
  await Deno.remove(path);
  const places = findAll(content, `Bench ${PLACE}`).map((at) => at + "Bench ".length);
  if (places.length === 0) throw new Error(`Cannot number "${path}": its title is not in it`);
  return { extension, content: pad(content, paddingBytes), places };
}

/** Adds a "free" box (ISO/IEC 14496-12), which every reader of MP4 and MOV passes over. */
function pad(content: Uint8Array, bytes: number): Uint8Array {
  if (bytes === 0) return content;
  const padded = new Uint8Array(content.length + bytes);
  padded.set(content);
  for (let at = content.length; at < padded.length; at++) padded[at] = at * 31 + (at >> 8);
  const box = new DataView(padded.buffer, content.length);
  box.setUint32(0, bytes);
  padded.set(new TextEncoder().encode("free"), content.length + 4);
  return padded;
}

function findAll(content: Uint8Array, text: string): number[] {
  const found: number[] = [];
  const all = new TextDecoder("latin1").decode(content);
  for (let at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) found.push(at);
  return found;
}
