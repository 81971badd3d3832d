/**
 * How long a file plays, where mediabunny would have to read all of it to say so, and would read a
 * damaged one for ever.
 *
 * @module
 */
import type { Input } from "mediabunny";
import type { Description } from "../../media.ts";
import type { ByteReader } from "../byte_reader.ts";
import { lengthOfFrames } from "./frames.ts";
import { lengthOfOgg } from "./ogg.ts";
import { lengthOfTransportStream } from "./transport_stream.ts";

/** Container → seconds, by its first and its last bytes. */
const readers: Record<string, (reader: ByteReader, tracks: Description["tracks"]) => number> = {
  mp3: lengthOfFrames,
  adts: lengthOfFrames,
  ogg: lengthOfOgg,
  mpegts: lengthOfTransportStream,
};

/** In milliseconds; undefined where nobody can tell. */
export async function lengthOf(
  input: Input,
  reader: ByteReader,
  { container, tracks }: Description,
): Promise<number | undefined> {
  const seconds = await input.getDurationFromMetadata() || readers[container]?.(reader, tracks);
  const ms = Math.round((seconds ?? 0) * 1000);
  return ms > 0 && Number.isSafeInteger(ms) ? ms : undefined;
}
