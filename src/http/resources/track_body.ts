/**
 * A track as REST says it.
 *
 * @module
 */
import type { Track as MediaTrack } from "../../media/mod.ts";
import type { Track } from "../schemas.ts";
import { snakeCased } from "../snake_case.ts";

export function trackBody(track: MediaTrack): Track {
  return snakeCased(track) as Track;
}
