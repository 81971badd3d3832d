/**
 * Which containers are read better than by earlier versions of the program. Files of theirs that are
 * known were looked into by those: they are looked into once more.
 *
 * @module
 */

interface ProbeVersion {
  /** One more whenever it tells something else of files that it took before. */
  version: number;
  /** Of files whose names end so it tells nothing else. */
  but?: string;
}

/** By the container's name as it is stored; the others are at version 1. */
export const probeVersions: Readonly<Record<string, ProbeVersion>> = {
  // Streams that nobody here reads are left to ffprobe, layers of MPEG sound told apart.
  mpegts: { version: 2 },
  ogg: { version: 2 },
  // Layers I and II are no MP3.
  mp3: { version: 2, but: ".mp3" },
};
