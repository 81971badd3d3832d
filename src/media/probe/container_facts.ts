/**
 * What our own readers learn of a container, for mediabunny to fill up.
 *
 * @module
 */
import type { Details } from "../details.ts";
import type { Track } from "../media.ts";
import type { Unread } from "./unread/unread.ts";

export interface ContainerFacts {
  /** By the container's number of the track. */
  trackFacts: Map<number, Partial<Track>>;
  subtitles: Track[];
  details: Details;
  /** Where the index does not say it in a way that mediabunny reads. */
  durationMs?: number;
  /** What mediabunny passes over. */
  unread?: Unread;
  /** What mediabunny reads in place of the file. */
  view?: Uint8Array;
}
