/**
 * A track as REST says it.
 *
 * @module
 */
import type { Track as MediaTrack } from "../../media/mod.ts";
import type { Track } from "../schemas.ts";

export function trackBody({ codecString, sampleRate, ...same }: MediaTrack): Track {
  return {
    ...same,
    ...codecString !== undefined && { codec_string: codecString },
    ...sampleRate !== undefined && { sample_rate: sampleRate },
  };
}
