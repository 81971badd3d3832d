/**
 * What is in a media file, as ffprobe tells it: for containers that mediabunny does not read.
 *
 * @module
 */
import { z } from "zod";
import type { Run } from "../../base/command.ts";
import type { Chapter, ContainerTags, Details } from "../details.ts";
import type { Description } from "../media.ts";
import { Stream, toTrack } from "./ffprobe/streams.ts";

/** No file makes ffprobe take more than this at once, whatever it claims. */
const MAX_ALLOC_BYTES = 256 * 1024 * 1024;

/**
 * The path comes last, behind its own protocol name, so that no name can pass for an option; and no
 * content makes ffprobe ask another machine.
 */
export function ffprobeArgs(path: string): string[] {
  return [
    "-v",
    "error",
    "-max_alloc",
    String(MAX_ALLOC_BYTES),
    "-protocol_whitelist",
    "file",
    "-print_format",
    "json",
    "-show_format",
    "-show_streams",
    "-show_chapters",
    "-i",
    `file:${path}`,
  ];
}

/** Whether ffprobe can be run here. */
export async function hasFfprobe(run: Run, signal?: AbortSignal): Promise<boolean> {
  try {
    await run("ffprobe", ["-version"], { ...signal && { signal } });
    return true;
  } catch {
    signal?.throwIfAborted();
    return false; // whatever the reason: this machine cannot use it
  }
}

const Tags = z.record(z.string(), z.string()).optional().catch(undefined);

const Report = z.object({
  format: z.object({
    format_name: z.string(),
    duration: z.string().optional(),
    bit_rate: z.string().optional(),
    tags: Tags,
  }).optional(),
  streams: z.array(Stream).max(10_000),
  chapters: z.array(z.object({
    start_time: z.string(),
    end_time: z.string().optional(),
    tags: Tags,
  })).optional().catch(undefined),
});

export interface ForeignFile {
  description: Description;
  details: Details;
}

const MAX_CHAPTERS = 500;
const MAX_TRACKS = 200;

/**
 * Reads ffprobe's JSON report.
 *
 * @param sizeBytes Of the file, for its bitrate where the report does not say it.
 * @throws {SyntaxError | z.ZodError} `output` is not such a report
 */
export function parseFfprobe(output: string, sizeBytes?: number): ForeignFile {
  const { format, streams, chapters: listed = [] } = Report.parse(JSON.parse(output));
  const seconds = [format?.duration, ...streams.map((stream) => stream.duration)]
    .map(Number)
    .find((value) => value > 0);
  const bitrate = Number(format?.bit_rate) ||
    (seconds && sizeBytes ? sizeBytes * 8 / seconds : undefined);
  const chapters = listed.slice(0, MAX_CHAPTERS).flatMap(toChapter);
  const tags = toTags(format?.tags ?? {});
  return {
    description: {
      container: format?.format_name.split(",")[0] ?? "unknown",
      ...seconds && { durationMs: Math.round(seconds * 1000) },
      ...bitrate && bitrate > 0 && { bitrate: Math.round(bitrate) },
      tracks: streams.flatMap(toTrack).slice(0, MAX_TRACKS),
    },
    details: {
      ...chapters.length > 0 && { chapters },
      ...Object.keys(tags).length > 0 && { tags },
    },
  };
}

type ListedChapter = NonNullable<z.infer<typeof Report>["chapters"]>[number];

function toChapter({ tags, ...times }: ListedChapter): Chapter[] {
  const [start, end] = [Number(times.start_time), Number(times.end_time)];
  if (!(start >= 0)) return [];
  const title = tags?.title?.trim().slice(0, 500);
  return [{
    startMs: Math.round(start * 1000),
    ...end > start && { endMs: Math.round(end * 1000) },
    ...title && { title },
  }];
}

/** ffprobe's names, which are the same for all containers, → ours. */
const names = new Map(Object.entries<keyof ContainerTags>({
  title: "title",
  artist: "artist",
  album: "album",
  "album_artist": "albumArtist",
  composer: "composer",
  genre: "genre",
  date: "date",
  year: "date",
  comment: "comment",
  description: "description",
  synopsis: "description",
  track: "track",
  disc: "disc",
  show: "show",
  "season_number": "season",
  "episode_sort": "episode",
  encoder: "encoder",
  location: "location",
}));

function toTags(tags: Record<string, string>): ContainerTags {
  const found: ContainerTags = {};
  for (const [name, text] of Object.entries(tags)) {
    const ours = names.get(name.toLowerCase());
    const plain = text.replaceAll(/[^\P{Cc}\n]/gu, "").trim().slice(0, 4000);
    if (ours && plain) found[ours] ??= plain;
  }
  return found;
}
