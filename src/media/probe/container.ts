/**
 * What is in a media file, found out in this process: our own readers tell what stands around the
 * film, mediabunny what it is.
 *
 * @module
 */
import type { Details } from "../details.ts";
import type { Description } from "../media.ts";
import type { ByteReader } from "./byte_reader.ts";
import type { ContainerFacts } from "./container_facts.ts";
import { DamagedError } from "./damaged.ts";
import { declaredEnd } from "./declared_end.ts";
import { describe } from "./describe.ts";
import { isMatroska } from "./matroska/segment.ts";
import { readMatroska } from "./matroska/read_matroska.ts";
import { isMp4, readMp4 } from "./mp4/read_mp4.ts";
import { codecOfFrames } from "./length/frames.ts";
import { lengthOf } from "./length/length_of.ts";
import { readFlac, viewOfFlac } from "./tagged/flac.ts";
import { readId3, type Tagged } from "./tagged/id3.ts";
import { streamsOf, type Unread, worstOf } from "./unread/unread.ts";

export interface ProbedContainer {
  description: Description;
  details: Details;
  /** What is wrong with it, in words; what is described can be played all the same. */
  damage?: string;
  /** What of it is not described: ffprobe knows more. */
  unread?: Unread;
}

/**
 * Describes an open file, or answers undefined where nobody here knows the format.
 *
 * @throws {DamagedError} the format is known but its content is damaged
 */
export async function probeContainer(reader: ByteReader): Promise<ProbedContainer | undefined> {
  const { read, sizeBytes } = reader;
  if (sizeBytes === 0) return undefined;
  const facts = factsOf(reader);
  using input = await openInput(reader, facts);
  if (!(await input.canRead())) return undefined;
  const isSound = (await input.getFormat()).name === "MP3";
  const description = await describe(input, isSound ? factsOfSound(reader) : facts.trackFacts);
  description.tracks.push(...facts.subtitles);
  if (description.tracks.length === 0 && facts.unread) return undefined;
  if (description.tracks.length === 0) throw new DamagedError(NOTHING);
  const durationMs = facts.durationMs ?? await lengthOf(input, reader, description);
  if (durationMs) {
    description.durationMs = durationMs;
    description.bitrate = Math.round(sizeBytes * 8000 / durationMs);
  }
  const details = { ...facts.details, ...await taggedDetails(input, reader, description) };
  const end = declaredEnd(description.container, read, sizeBytes) ?? 0;
  return {
    description,
    details,
    ...facts.unread && { unread: facts.unread },
    ...end > sizeBytes && { damage: `The file is cut off: it has ${sizeBytes} of ${end} bytes` },
  };
}

const NOTHING = "it has no index, or there is nothing in it";

/** @throws {DamagedError} it is an MP4 without an index */
function factsOf(reader: ByteReader): ContainerFacts {
  const { read, sizeBytes } = reader;
  if (isMatroska(read)) {
    const found = readMatroska(read, sizeBytes);
    if (found) return found;
  } else if (isMp4(read)) {
    const found = readMp4(read, sizeBytes);
    if (!found) throw new DamagedError(NOTHING);
    return found;
  }
  const view = viewOfFlac(read);
  const streams = streamsOf(reader);
  const unread = worstOf(streams);
  return {
    trackFacts: streams?.trackFacts ?? new Map(),
    subtitles: [],
    details: {},
    ...view && { view },
    ...unread && { unread },
  };
}

/** Every layer of MPEG sound goes by the name of the third; there is one track. */
function factsOfSound(reader: ByteReader): ContainerFacts["trackFacts"] {
  const codec = codecOfFrames(reader);
  return new Map(codec === undefined ? [] : [[1, { codec }]]);
}

let opened: Promise<typeof import("mediabunny")> | undefined;

async function openInput({ read, sizeBytes }: ByteReader, { view }: ContainerFacts) {
  const mediabunny = await (opened ??= import("mediabunny"));
  const { ALL_FORMATS, BufferSource, CustomSource, HLS, Input, Logging, LogLevel } = mediabunny;
  Logging.level = LogLevel.Silent; // what is wrong with a file is said of the file
  if (view) {
    const { MP4, QTFF, MATROSKA, WEBM, FLAC } = mediabunny;
    const formats = isMatroska(read) ? [MATROSKA, WEBM] : isMp4(read) ? [MP4, QTFF] : [FLAC];
    return new Input({ formats, source: new BufferSource(view) });
  }
  // A playlist is no film: it would make us read whatever it names, here or on the network.
  const formats = ALL_FORMATS.filter((format) => format !== HLS);
  const source = new CustomSource({
    getSize: () => sizeBytes,
    read: (start, end) => read(start, end - start),
    // Headers are small and scattered: reading ahead would only fetch film that nobody looks at.
    prefetchProfile: "none",
  });
  return new Input({ formats, source });
}

/** Containers of sound alone, which keep their tags each in a way of its own. */
async function taggedDetails(
  input: Awaited<ReturnType<typeof openInput>>,
  { read }: ByteReader,
  { container }: Description,
): Promise<Details> {
  const ours: Record<string, (() => Tagged) | undefined> = {
    mp3: () => readId3(read),
    adts: () => readId3(read),
    flac: () => readFlac(read),
  };
  const found = ours[container]?.() ?? { tags: {}, covers: [] };
  if (container === "ogg" || container === "wav") {
    const { title, artist, album, albumArtist, genre, comment, raw } = await input
      .getMetadataTags();
    const { DATE: date } = raw ?? {};
    const texts = { title, artist, album, albumArtist, genre, comment, date };
    for (const [name, text] of Object.entries(texts)) {
      if (typeof text === "string" && text) {
        Object.assign(found.tags, { [name]: text.slice(0, 4000) });
      }
    }
  }
  return {
    ...Object.keys(found.tags).length > 0 && { tags: found.tags },
    ...found.covers.length > 0 && { covers: found.covers },
  };
}
