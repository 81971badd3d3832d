/**
 * Streams as ffprobe lists them, and the tracks that they are to us.
 *
 * @module
 */
import { z } from "zod";
import type { Track } from "../../media.ts";
import { hdrOf } from "../codec/hdr.ts";
import { commonCodec } from "../codec/names.ts";

const flag = z.int().optional().catch(undefined);
const text = z.string().optional().catch(undefined);
const whole = z.int().optional().catch(undefined);

/** Much of it is missing, or "N/A", in one container or the other. */
export const Stream = z.object({
  codec_type: text,
  codec_name: text,
  profile: text,
  level: whole,
  width: whole,
  height: whole,
  sample_aspect_ratio: text,
  avg_frame_rate: text,
  r_frame_rate: text,
  color_transfer: text,
  bits_per_raw_sample: text,
  bit_rate: text,
  channels: whole,
  sample_rate: text,
  duration: text,
  tags: z.record(z.string(), z.string()).optional().catch(undefined),
  disposition: z.object({
    default: flag,
    forced: flag,
    comment: flag,
    hearing_impaired: flag,
    attached_pic: flag,
  }).optional().catch(undefined),
  side_data_list: z.array(z.object({
    side_data_type: text,
    rotation: z.number().optional().catch(undefined),
  })).optional().catch(undefined),
});

type Stream = z.infer<typeof Stream>;

const kinds = ["video", "audio", "subtitle"] as const;

/** Nothing of data, and of covers: those are video streams to ffprobe, and no film to anybody. */
export function toTrack(stream: Stream): Track[] {
  const kind = kinds.find((name) => name === stream.codec_type);
  if (!kind || stream.disposition?.attached_pic) return [];
  const language = stream.tags?.language ?? stream.tags?.LANGUAGE;
  const title = (stream.tags?.title ?? stream.tags?.TITLE)?.trim().slice(0, 500);
  const profile = /^(unknown|-?\d+)$/.test(stream.profile ?? "") ? undefined : stream.profile;
  const bitrate = Number(stream.bit_rate);
  const { disposition = {} } = stream;
  return [{
    kind,
    codec: commonCodec(stream.codec_name ?? "unknown"),
    ...profile && { profile },
    ...levelOf(stream),
    ...kind === "video" && describePicture(stream),
    ...kind === "audio" && describeSound(stream),
    ...bitrate > 0 && { bitrate },
    ...language && language !== "und" && { language },
    ...title && { title },
    ...disposition.default !== undefined && { default: disposition.default === 1 },
    ...disposition.forced === 1 && { forced: true },
    ...disposition.hearing_impaired === 1 && { hearingImpaired: true },
    ...disposition.comment === 1 && { commentary: true },
  }];
}

/** As the codec's standard counts levels; -99 is "nobody knows". */
function levelOf({ codec_name: codec, level = 0 }: Stream): Pick<Track, "level"> {
  if (level <= 0) return {};
  if (codec === "h264") return { level: level === 9 ? "1b" : (level / 10).toFixed(1) };
  if (codec === "hevc") return { level: (level / 30).toFixed(1) };
  if (codec === "av1") return { level: `${2 + (level >> 2)}.${level & 3}` };
  return { level: String(level) };
}

function describePicture(stream: Stream): Partial<Track> {
  const { width, height, side_data_list: sides = [] } = stream;
  const bitDepth = Number(stream.bits_per_raw_sample);
  const hdr = hdrOf({
    transfer: transfers.get(stream.color_transfer ?? ""),
    hasDolbyVision: sides.some((it) => it.side_data_type?.startsWith("DOVI")),
    hasHdr10Plus: sides.some((it) => it.side_data_type?.includes("2094-40")),
  });
  const shown = width && height ? shownSize(stream, width, height) : {};
  return { ...shown, ...rateOf(stream), ...bitDepth > 0 && { bitDepth }, ...hdr && { hdr } };
}

function describeSound({ channels, ...stream }: Stream): Partial<Track> {
  const sampleRate = Number(stream.sample_rate);
  return { ...channels && { channels }, ...sampleRate > 0 && { sampleRate } };
}

/** FFmpeg's names of what ITU-T H.273 numbers. */
const transfers = new Map(Object.entries<number>({ smpte2084: 16, "arib-std-b67": 18 }));

/** With square pixels, and turned as it is to be shown. */
function shownSize(stream: Stream, codedWidth: number, codedHeight: number): Partial<Track> {
  const [across = 1, up = 1] = (stream.sample_aspect_ratio ?? "").split(":").map(Number);
  const isSane = across > 0 && up > 0 && across / up < 20 && up / across < 20;
  const wide = Math.round(codedWidth * (isSane ? across / up : 1));
  const matrix = stream.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation;
  // The matrix turns against the clock, the old tag with it.
  const turned = matrix === undefined ? Number(stream.tags?.rotate ?? 0) : -matrix;
  const rotation = ((Math.round(turned / 90) * 90) % 360 + 360) % 360;
  const isUpright = rotation % 180 === 0;
  const [width, height] = isUpright ? [wide, codedHeight] : [codedHeight, wide];
  return {
    width,
    height,
    ...(width !== codedWidth || height !== codedHeight) && { codedWidth, codedHeight },
    ...rotation > 0 && { rotation },
  };
}

/** The average, and the rate by which all times can be told; of interlaced film that is twice. */
function rateOf(stream: Stream): Partial<Track> {
  const [average, least] = [ratioOf(stream.avg_frame_rate), ratioOf(stream.r_frame_rate)];
  if (!(average > 0.001 && average < 1000)) return {};
  const isVariable = least > 0 && ![1, 2].some((it) => Math.abs(least / average - it) < 0.05);
  return {
    frameRate: Math.round(average * 1000) / 1000,
    ...isVariable && { variableFrameRate: true },
  };
}

function ratioOf(text = ""): number {
  const [above, below = 1] = text.split("/").map(Number);
  return above! / below;
}
