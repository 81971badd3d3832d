/**
 * What is in a media file, read in this process by mediabunny.
 *
 * @module
 */
import type { Input, InputTrack } from "mediabunny";
import type { Description, Track } from "../media.ts";
import { openTurnReader, type TurnReader } from "../turn_reader.ts";
import { declaredEnd } from "./declared_end.ts";
import type { ReadBytes } from "./ebml.ts";
import { matroskaSubtitles } from "./matroska_subtitles.ts";
import { mp4Subtitles } from "./mp4_subtitles.ts";

export interface ProbedContainer {
  description: Description;
  /** What is wrong with it, in words; what is described can be played all the same. */
  damage?: string;
  bytesRead: number;
}

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

/** Subtitles are left out by mediabunny: container → who finds them. */
const subtitles: Record<string, (read: ReadBytes) => Track[]> = {
  "mp4": mp4Subtitles,
  "mov": mp4Subtitles,
  "matroska": matroskaSubtitles,
  "webm": matroskaSubtitles,
};

/**
 * Describes the file at `path`, or answers undefined where mediabunny does not know the format.
 * Runs in a worker, hence the synchronous reads.
 *
 * @throws {Error} the format is known but its content is damaged
 */
export async function probeContainer(
  path: string,
  turns: TurnReader = openTurnReader(),
): Promise<ProbedContainer | undefined> {
  const { ALL_FORMATS, CustomSource, HLS, Input } = await import("mediabunny");
  // A playlist is no film: it would make us read whatever it names, here or on the network.
  const formats = ALL_FORMATS.filter((format) => format !== HLS);
  using file = turns.open(path);
  const sizeBytes = file.statSync().size;
  if (sizeBytes === 0) return undefined;
  const reader = createReader(file, sizeBytes, turns);
  const source = new CustomSource({
    getSize: () => sizeBytes,
    read: (start, end) => reader.read(start, end - start),
    // Headers are small and scattered: reading ahead would only fetch film that nobody looks at.
    prefetchProfile: "none",
  });
  using input = new Input({ formats, source });
  if (!(await input.canRead())) return undefined;
  const description = await describe(input);
  description.tracks.push(...subtitles[description.container]?.(reader.read) ?? []);
  if (description.tracks.length === 0) {
    throw new Error("it has no index, or there is nothing in it");
  }
  const end = declaredEnd(description.container, reader.read, sizeBytes) ?? 0;
  return {
    description,
    ...end > sizeBytes && { damage: `The file is cut off: it has ${sizeBytes} of ${end} bytes` },
    bytesRead: reader.bytesRead,
  };
}

async function describe(input: Input): Promise<Description> {
  const format = (await input.getFormat()).name;
  const tracks = await Promise.all((await input.getTracks()).map(describeTrack));
  const seconds = await input.getDurationFromMetadata() ?? await input.computeDuration();
  return {
    container: containers[format] ?? format.toLowerCase(),
    mimeType: await input.getMimeType(),
    ...Number.isFinite(seconds) && seconds > 0 && { durationMs: Math.round(seconds * 1000) },
    tracks,
  };
}

async function describeTrack(track: InputTrack): Promise<Track> {
  const [codec, internal, codecString, language] = await Promise.all([
    track.getCodec(),
    track.getInternalCodecId(),
    track.getCodecParameterString(),
    track.getLanguageCode(),
  ]);
  return {
    kind: track.type,
    codec: codec ?? (typeof internal === "string" ? internal : "unknown"),
    ...codecString && { codecString },
    ...language !== "und" && { language },
    ...track.isVideoTrack() && {
      width: await track.getDisplayWidth(),
      height: await track.getDisplayHeight(),
    },
    ...track.isAudioTrack() && {
      channels: await track.getNumberOfChannels(),
      sampleRate: await track.getSampleRate(),
    },
  };
}

/** Headers are read in a dozen pieces of a few bytes: one read of this size has most of them. */
const AHEAD_BYTES = 4096;

/** Reads a little more than is asked for, and answers from it what is asked next. */
function createReader(file: Deno.FsFile, sizeBytes: number, turns: TurnReader) {
  let held: Uint8Array = new Uint8Array();
  let heldFrom = 0;
  let bytesRead = 0;
  return {
    get bytesRead() {
      return bytesRead;
    },
    read(offset: number, length: number): Uint8Array {
      // A damaged header may point anywhere.
      if (offset >= sizeBytes) return new Uint8Array();
      const isHeld = offset >= heldFrom && offset + length <= heldFrom + held.length;
      if (!isHeld) {
        held = readAt(file, offset, Math.max(length, AHEAD_BYTES), turns);
        heldFrom = offset;
        bytesRead += held.length;
      }
      return held.subarray(offset - heldFrom, offset - heldFrom + length);
    },
  };
}

/** Reads exactly `length` bytes, or fewer where the file ends earlier than it said. */
function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
  turns: TurnReader,
): Uint8Array {
  turns.seek(file, offset);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = turns.read(file, bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}
