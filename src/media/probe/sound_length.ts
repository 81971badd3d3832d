/**
 * How long a file plays whose container does not say it.
 *
 * @module
 */
import type { Input } from "mediabunny";
import { TooMuchError } from "./byte_reader.ts";

/** Read through, they take some milliseconds. */
const SMALL_BYTES = 4 * 1024 * 1024;
/** Packets that stand for all others. */
const PACKETS = 200;

/** In milliseconds; undefined where it would cost too much to find out. */
export async function lengthOf(input: Input, sizeBytes: number): Promise<number | undefined> {
  const seconds = await secondsOf(input, sizeBytes).catch((error) => {
    if (error instanceof TooMuchError) return undefined;
    throw error;
  });
  const ms = Math.round((seconds ?? 0) * 1000);
  return ms > 0 && Number.isSafeInteger(ms) ? ms : undefined;
}

async function secondsOf(input: Input, sizeBytes: number): Promise<number | undefined> {
  const told = await input.getDurationFromMetadata();
  if (told) return told;
  const format = (await input.getFormat()).name;
  // Others have the time at their end; these two are nothing but one packet after the other.
  const isStream = format === "MP3" || format === "ADTS";
  if (!isStream || sizeBytes <= SMALL_BYTES) return await input.computeDuration();
  const [track] = await input.getTracks();
  const bitsPerSecond = (await track?.computePacketStats(PACKETS))?.averageBitrate ?? 0;
  return bitsPerSecond > 0 ? sizeBytes * 8 / bitsPerSecond : undefined;
}
