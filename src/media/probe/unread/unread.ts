/**
 * Streams that mediabunny passes over without a word: a film of which it reads the sound alone is no
 * sound, and one of which it reads nothing is not damaged. They are left to ffprobe.
 *
 * @module
 */
import type { Track } from "../../media.ts";
import type { ByteReader } from "../byte_reader.ts";
import { streamsOfOgg } from "./ogg.ts";
import { streamsOfTransportStream } from "./transport_stream.ts";

/** Whether pictures or sound are missing, or what a film can do without. */
export type Unread = "film" | "subtitles";

export interface Streams {
  unread: Unread[];
  /** By the number of the track: what mediabunny takes for something else. */
  trackFacts?: Map<number, Partial<Track>>;
}

const readers = [streamsOfTransportStream, streamsOfOgg];

/** What is in the file, as its container lists it; undefined where that is none of these. */
export function streamsOf(reader: ByteReader): Streams | undefined {
  for (const read of readers) {
    const found = read(reader);
    if (found) return found;
  }
  return undefined;
}

/** The one that matters more. */
export function worstOf({ unread = [] }: Partial<Streams> = {}): Unread | undefined {
  return unread.includes("film") ? "film" : unread[0];
}
