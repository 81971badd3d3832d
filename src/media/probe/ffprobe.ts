/**
 * What is in a media file, as ffprobe tells it: for containers that mediabunny does not read.
 *
 * @module
 */
import { z } from "zod";
import type { Run } from "../../base/command.ts";
import type { Description, Track } from "../media.ts";

/** The path comes last, behind its own protocol name, so that no name can pass for an option. */
export function ffprobeArgs(path: string): string[] {
  return [
    "-v",
    "error",
    "-print_format",
    "json",
    "-show_format",
    "-show_streams",
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

const Tags = z.record(z.string(), z.string()).optional();

const Report = z.object({
  format: z.object({ format_name: z.string(), duration: z.string().optional() }).optional(),
  streams: z.array(z.object({
    codec_type: z.string().optional(),
    codec_name: z.string().optional(),
    width: z.int().optional(),
    height: z.int().optional(),
    channels: z.int().optional(),
    sample_rate: z.string().optional(),
    duration: z.string().optional(),
    tags: Tags,
    disposition: z.object({ attached_pic: z.int().optional() }).optional(),
  })),
});

type Stream = z.infer<typeof Report>["streams"][number];

/**
 * Reads ffprobe's JSON report.
 *
 * @throws {SyntaxError | z.ZodError} `output` is not such a report
 */
export function parseFfprobe(output: string): Description {
  const { format, streams } = Report.parse(JSON.parse(output));
  const seconds = [format?.duration, ...streams.map((stream) => stream.duration)]
    .map(Number)
    .find((value) => value > 0);
  return {
    container: format?.format_name.split(",")[0] ?? "unknown",
    ...seconds && { durationMs: Math.round(seconds * 1000) },
    tracks: streams.flatMap(toTrack),
  };
}

const kinds = ["video", "audio", "subtitle"] as const;

function toTrack(stream: Stream): Track[] {
  const kind = kinds.find((name) => name === stream.codec_type);
  // A cover picture is a video stream to ffprobe, and no film to anybody.
  if (!kind || stream.disposition?.attached_pic) return [];
  const language = stream.tags?.language ?? stream.tags?.LANGUAGE;
  const sampleRate = Number(stream.sample_rate);
  return [{
    kind,
    codec: commonNames[stream.codec_name ?? ""] ?? stream.codec_name ?? "unknown",
    ...language && language !== "und" && { language },
    ...stream.width && { width: stream.width },
    ...stream.height && { height: stream.height },
    ...stream.channels && { channels: stream.channels },
    ...sampleRate > 0 && { sampleRate },
  }];
}

/** ffprobe's codec names where mediabunny, and so everything of ours, says another. */
const commonNames: Record<string, string> = { h264: "avc", h265: "hevc" };
