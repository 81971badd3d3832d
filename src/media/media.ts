/**
 * What this peer knows of a media file, and which files are media at all.
 *
 * @module
 */

/**
 * How far a file has come: found, then looked into, then hashed; or why it is not there to play.
 * "unreadable" is tried again at each scan; "missing" comes back by itself with its file;
 * "forgotten" was withdrawn by its owner, who kept the file; "offline" is kept as it is, for its
 * drive is away or does not answer.
 */
export type MediaStatus =
  | "new"
  | "probed"
  | "ready"
  | "unreadable"
  | "missing"
  | "forgotten"
  | "offline";

export type MediaKind = "video" | "audio" | "image";

/** How bright and colourful a picture may become; a picture without is of the ordinary kind. */
export type HdrKind = "HDR10" | "HDR10+" | "HLG" | "Dolby Vision";

export interface Track {
  kind: "video" | "audio" | "subtitle";
  /** The common name, of all containers the same: "avc", "aac", "mpeg4". */
  codec: string;
  /** RFC 6381 codec parameter, such as "avc1.64001f". */
  codecString?: string;
  /** As the codec's own specification names it: "High", "Main 10", "LC". */
  profile?: string;
  /** "4.1", of HEVC with its tier: "5.1 High". */
  level?: string;
  /** As it is shown: turned, with square pixels. */
  width?: number;
  height?: number;
  /** As it is coded; absent where it is shown just so. */
  codedWidth?: number;
  codedHeight?: number;
  /** Clockwise, in degrees, before it is shown; absent where it is not turned. */
  rotation?: number;
  /** Pictures per second: the average. */
  frameRate?: number;
  /** Its pictures stand for times of different length. */
  variableFrameRate?: true;
  bitDepth?: number;
  hdr?: HdrKind;
  /** Bits per second, where the file says so. */
  bitrate?: number;
  channels?: number;
  sampleRate?: number;
  /** ISO 639-2; absent where the file does not say. */
  language?: string;
  /** What its maker calls it: "Commentary". */
  title?: string;
  /** Shown or heard unless somebody chooses another; false where the file says it is not. */
  default?: boolean;
  /** Shown even to those who want no subtitles. */
  forced?: true;
  hearingImpaired?: true;
  commentary?: true;
}

/** What is in a file. */
export interface Description {
  container: string;
  mimeType?: string;
  durationMs?: number;
  /** Bits per second, of the whole file. */
  bitrate?: number;
  tracks: Track[];
}

export interface MediaFile extends Partial<Description> {
  id: string;
  /** By its content, else its extension; absent of what was found before kinds were kept. */
  kind?: MediaKind;
  root: string;
  relativePath: string;
  title: string;
  sizeBytes: number;
  modifiedMs: number;
  driveIds: string[];
  status: MediaStatus;
  /** What is wrong with it, in words for its owner. */
  error?: string;
  catalogId?: string;
  /** What it lies on, by a name that stays when that is mounted elsewhere. */
  volumeId?: string;
  /** ISO 8601, UTC; only of a file that is offline. */
  offlineSince?: string;
  /** Of the first picture, as it is shown; of an image, its own. */
  width?: number;
  height?: number;
  videoCodec?: string;
  /** Of the default sound, else the first. */
  audioCodec?: string;
  hdr?: HdrKind;
  addedAt: string;
  updatedAt: string;
  tracks: Track[];
}

/** Extension, lower case, with its dot → what it holds and its MIME type. */
export const mediaTypes: Record<string, { kind: MediaKind; mime: string }> = {
  ".mp4": { kind: "video", mime: "video/mp4" },
  ".m4v": { kind: "video", mime: "video/mp4" },
  ".mkv": { kind: "video", mime: "video/matroska" },
  ".webm": { kind: "video", mime: "video/webm" },
  ".mov": { kind: "video", mime: "video/quicktime" },
  ".avi": { kind: "video", mime: "video/vnd.avi" },
  ".ts": { kind: "video", mime: "video/mp2t" },
  ".mpg": { kind: "video", mime: "video/mpeg" },
  ".mpeg": { kind: "video", mime: "video/mpeg" },
  ".wmv": { kind: "video", mime: "video/x-ms-wmv" },
  ".flv": { kind: "video", mime: "video/x-flv" },
  ".mp3": { kind: "audio", mime: "audio/mpeg" },
  ".m4a": { kind: "audio", mime: "audio/mp4" },
  ".flac": { kind: "audio", mime: "audio/flac" },
  ".ogg": { kind: "audio", mime: "audio/ogg" },
  ".opus": { kind: "audio", mime: "audio/ogg" },
  ".wav": { kind: "audio", mime: "audio/wav" },
  ".aac": { kind: "audio", mime: "audio/aac" },
  ".jpg": { kind: "image", mime: "image/jpeg" },
  ".jpeg": { kind: "image", mime: "image/jpeg" },
  ".png": { kind: "image", mime: "image/png" },
  ".webp": { kind: "image", mime: "image/webp" },
  ".gif": { kind: "image", mime: "image/gif" },
  ".avif": { kind: "image", mime: "image/avif" },
  ".heic": { kind: "image", mime: "image/heic" },
};

/** What a file holds by its name; a film where nobody knows better. */
export function kindOf(path: string): MediaKind {
  return mediaTypes[extensionOf(path)]?.kind ?? "video";
}

/** What ffprobe calls a file that is a picture. */
const PICTURES = /^(image2|\w+_pipe|gif|apng|ico|jpeg|png|webp|avif|heic)$/;

/** What a file holds by what is in it; where that says nothing, by its name. */
export function kindIn(
  { container, tracks, durationMs }: Description,
  byName: MediaKind,
): MediaKind {
  // A still picture in the container of a film lasts no time: HEIC.
  if (PICTURES.test(container) || (byName === "image" && !durationMs)) return "image";
  if (tracks.some(({ kind }) => kind === "video")) return "video";
  return tracks.some(({ kind }) => kind === "audio") ? "audio" : byName;
}

/** Whether the name of a file says another kind than its content is of. */
export function isMisnamed(path: string, kind: MediaKind): boolean {
  const said = mediaTypes[extensionOf(path)]?.kind;
  // Sound alone in a film's container is nobody's lie: "concert.webm", "radio.ts".
  return said !== undefined && said !== kind && (said === "image" || kind === "image");
}

/** The extension of a path, lower case with its dot, or "". */
export function extensionOf(path: string): string {
  return /\.[^./\\]+$/.exec(path)?.[0].toLowerCase() ?? "";
}

/** A path without its extension. */
export function stemOf(path: string): string {
  return path.slice(0, path.length - extensionOf(path).length);
}

/** A title from a file name: `Big.Buck_Bunny.mp4` → `Big Buck Bunny`. */
export function titleOf(relativePath: string): string {
  const name = relativePath.slice(relativePath.lastIndexOf("/") + 1);
  return stemOf(name).replaceAll(/[._\s\p{Cc}]+/gu, " ").trim() || name;
}
