/**
 * What a maker of pictures has to know of a file before it begins: which stream is the film, how it
 * is shown, how long it lasts, and whether a cover lies in it. As ffprobe tells it.
 *
 * @module
 */
import { z } from "zod";

export interface FilmStream {
  /** Of the file, as ffmpeg counts from 0. */
  index: number;
  /** As it is shown: turned, with square pixels. */
  width: number;
  height: number;
  /** Brighter than screens of the ordinary kind: its tones have to be mapped. */
  isHdr: boolean;
}

export interface Look {
  /** Of a still picture, too. */
  film?: FilmStream;
  /** The stream that is a picture of the file, such as the front of an album. */
  coverIndex?: number;
  durationS?: number;
}

/**
 * The path comes last, behind its own protocol name, so that no name can pass for an option. A photo
 * says in its first picture, and not before, how it was held.
 */
export function lookArgs(path: string, isStill = false): string[] {
  const entries = "format=duration:stream=index,codec_type,codec_name,width,height,duration," +
    "sample_aspect_ratio,color_transfer:stream_disposition=attached_pic:" +
    "stream_side_data=rotation";
  const first = isStill ? ":frame=stream_index:frame_side_data=rotation" : "";
  const at = isStill ? ["-read_intervals", "%+#1"] : [];
  return [
    "-v",
    "error",
    "-of",
    "json",
    "-show_entries",
    entries + first,
    ...at,
    "-i",
    `file:${path}`,
  ];
}

const Turned = z.array(z.object({ rotation: z.number().optional() })).optional();

const Report = z.object({
  frames: z.array(z.object({ stream_index: z.int(), side_data_list: Turned })).default([]),
  format: z.object({ duration: z.string().optional() }).optional(),
  streams: z.array(z.object({
    index: z.int(),
    codec_type: z.string().optional(),
    width: z.int().optional(),
    height: z.int().optional(),
    duration: z.string().optional(),
    sample_aspect_ratio: z.string().optional(),
    color_transfer: z.string().optional(),
    disposition: z.object({ attached_pic: z.int().optional() }).optional(),
    side_data_list: Turned,
  })).default([]),
});

type Stream = z.infer<typeof Report>["streams"][number];

/** Perceptual quantizer (HDR10, Dolby Vision) and hybrid log-gamma, as ffmpeg calls them. */
const HDR_TRANSFERS = ["smpte2084", "arib-std-b67"];

/**
 * Reads ffprobe's JSON report.
 *
 * @throws {SyntaxError | z.ZodError} `output` is not such a report
 */
export function parseLook(output: string): Look {
  const { format, streams, frames } = Report.parse(JSON.parse(output));
  const pictures = streams.filter((it) => it.codec_type === "video" && it.width && it.height);
  const film = pictures.find((it) => !it.disposition?.attached_pic);
  const cover = pictures.find((it) => it.disposition?.attached_pic);
  const durationS = [format?.duration, film?.duration].map(Number).find((it) => it > 0);
  return {
    ...film && {
      film: toFilm(film, frames.find(({ stream_index }) => stream_index === film.index) ?? film),
    },
    ...cover && { coverIndex: cover.index },
    ...durationS !== undefined && { durationS },
  };
}

/** @param turned the picture, or the stream, that says how it is turned */
function toFilm(stream: Stream, turned: Pick<Stream, "side_data_list">): FilmStream {
  const [across, down] = (stream.sample_aspect_ratio ?? "").split(":").map(Number);
  const stretch = across && down && across > 0 && down > 0 ? across / down : 1;
  const [width, height] = [Math.round(stream.width! * stretch), stream.height!];
  const rotation = turned.side_data_list?.find((it) => it.rotation !== undefined)?.rotation ?? 0;
  const lies = Math.abs(rotation) % 180 === 90;
  return {
    index: stream.index,
    width: Math.max(1, lies ? height : width),
    height: Math.max(1, lies ? width : height),
    isHdr: HDR_TRANSFERS.includes(stream.color_transfer ?? ""),
  };
}
