/**
 * What mediabunny tells of a container and its tracks.
 *
 * @module
 */
import type { Input, InputTrack, InputVideoTrack } from "mediabunny";
import type { Description, Track } from "../media.ts";
import { readCodecString } from "./codec/codec_string.ts";
import { hdrOf } from "./codec/hdr.ts";
import { commonCodec } from "./codec/names.ts";

/** The container's name as we say it everywhere, by mediabunny's name of the format. */
const containers: Record<string, string> = {
  "MP4": "mp4",
  "QuickTime File Format": "mov",
  "Matroska": "matroska",
  "WebM": "webm",
  "MP3": "mp3",
  "WAVE": "wav",
  "Ogg": "ogg",
  "FLAC": "flac",
  "ADTS": "adts",
  "MPEG Transport Stream": "mpegts",
};

/** @param facts By the container's number of a track: what we know better, or besides. */
export async function describe(
  input: Input,
  facts: ReadonlyMap<number, Partial<Track>>,
): Promise<Description> {
  const format = (await input.getFormat()).name;
  const tracks: Track[] = [];
  for (const track of await input.getTracks()) {
    tracks.push(withFacts(await describeTrack(track), facts.get(track.id)));
  }
  return {
    container: containers[format] ?? format.toLowerCase(),
    mimeType: await input.getMimeType(),
    tracks,
  };
}

/** The parameters of a codec that it is not are none of its own. */
function withFacts({ codecString, ...track }: Track, facts: Partial<Track> = {}): Track {
  const isOther = facts.codec !== undefined && facts.codec !== track.codec;
  return { ...track, ...codecString && !isOther && { codecString }, ...facts };
}

async function describeTrack(track: InputTrack): Promise<Track> {
  const codec = await track.getCodec();
  const internal = await track.getInternalCodecId();
  const codecString = await track.getCodecParameterString();
  const language = await track.getLanguageCode();
  const bitrate = await track.getAverageBitrate() ?? await track.getBitrate();
  const name = await track.getName();
  const { default: isDefault, forced, commentary } = await track.getDisposition();
  return {
    kind: track.type,
    codec: commonCodec(codec ?? (typeof internal === "string" ? internal : "unknown")),
    ...codecString && { codecString, ...readCodecString(codecString) },
    ...track.isVideoTrack() && await describePicture(track),
    ...track.isAudioTrack() && {
      channels: await track.getNumberOfChannels(),
      sampleRate: await track.getSampleRate(),
    },
    ...bitrate && bitrate > 0 && { bitrate: Math.round(bitrate) },
    ...language !== "und" && { language },
    ...name && { title: name.slice(0, 500) },
    default: isDefault,
    ...forced && { forced: true },
    ...commentary && { commentary: true },
  };
}

async function describePicture(track: InputVideoTrack): Promise<Partial<Track>> {
  const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
  const [codedWidth, codedHeight] = [await track.getCodedWidth(), await track.getCodedHeight()];
  const rotation = await track.getRotation();
  const { transfer } = await track.getColorSpace();
  const hdr = hdrOf({ transfer: transfers[transfer ?? ""] });
  return {
    width,
    height,
    ...(codedWidth !== width || codedHeight !== height) && { codedWidth, codedHeight },
    ...rotation !== 0 && { rotation },
    ...hdr && { hdr },
  };
}

/** WebCodecs' names of what ITU-T H.273 numbers. */
const transfers: Record<string, number> = { pq: 16, hlg: 18 };
