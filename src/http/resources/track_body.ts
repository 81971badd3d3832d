/**
 * A track as REST says it.
 *
 * @module
 */
import { snakeCased } from "../../base/text/snake_case.ts";
import type { Track as MediaTrack } from "../../media/mod.ts";
import type { Track } from "../schemas.ts";

export function trackBody(track: MediaTrack): Track {
  return snakeCased(track) as Track;
}
