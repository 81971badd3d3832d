/**
 * What a scan learns of a file beyond its tracks, as media_details keeps it in JSON; and the facts
 * that come of it.
 *
 * @module
 */

/** All parts are absent where there is nothing to say. */
export interface Details {
  chapters?: Chapter[];
  /** What the container says of its content. */
  tags?: ContainerTags;
  /** Pictures inside the file; they are not loaded by a scan. */
  covers?: EmbeddedFile[];
  /** Fonts and whatever else is inside, but for the covers. */
  attachments?: EmbeddedFile[];
  /** Subtitles beside the file, by name. */
  sidecars?: Sidecar[];
  /** The NFO file that is about this very file. */
  nfo?: Nfo;
  /** The NFO file of its series. */
  seriesNfo?: Nfo;
  /** What the names of the file and its folders say. */
  name?: ParsedName;
}

export interface Chapter {
  startMs: number;
  endMs?: number;
  title?: string;
}

/** Each at most a few thousand letters. */
export interface ContainerTags {
  title?: string;
  artist?: string;
  album?: string;
  albumArtist?: string;
  composer?: string;
  genre?: string;
  /** As it stands there: "1999", "2003-05-01", "2020-01-02T10:00:00Z". */
  date?: string;
  comment?: string;
  description?: string;
  /** "3" or "3/12". */
  track?: string;
  disc?: string;
  /** What belongs together by the file's own words: series, season, episode. */
  show?: string;
  season?: string;
  episode?: string;
  encoder?: string;
  /** Where it was recorded, ISO 6709: "+48.1351+011.5820/". */
  location?: string;
  /** The device: "Apple iPhone 12". */
  device?: string;
}

/** Bytes of a file within the file; `offset` counts from the beginning of the file. */
export interface EmbeddedFile {
  offset: number;
  sizeBytes: number;
  mimeType: string;
  name?: string;
  /** Of a cover. */
  kind?: "front" | "back" | "other";
  /** Matroska's FileUID, decimal. */
  attachmentId?: string;
  /** How the bytes stand there, where not plainly: text of an Ogg comment. */
  encoding?: "base64";
}

export interface Sidecar {
  /** In the folder of the file. */
  name: string;
  kind: "subtitle";
  /** The extension without its dot: "srt", "vtt", "ass", "ssa", "sub". */
  format: string;
  /** ISO 639-1 or 639-2 as the name has it: "en", "ger", "pt-BR". */
  language?: string;
  forced?: true;
  hearingImpaired?: true;
  default?: true;
  /** What else the name says: "Director". */
  title?: string;
}

/** Kodi's NFO file: kodi.wiki/view/NFO_files. Absent is what the file does not say. */
export interface Nfo {
  /** In the folder of the media file, or above it: "film.nfo", "../tvshow.nfo". */
  path: string;
  /** Milliseconds since 1970, of the NFO file. */
  modifiedMs: number;
  /** Its outermost element. */
  kind: "movie" | "episodedetails" | "tvshow" | "musicvideo" | "unknown";
  title?: string;
  originalTitle?: string;
  sortTitle?: string;
  year?: number;
  /** ISO 8601 date. */
  premiered?: string;
  plot?: string;
  tagline?: string;
  season?: number;
  episode?: number;
  showTitle?: string;
  runtimeMinutes?: number;
  genres?: string[];
  tags?: string[];
  /** In the order of the credits. */
  actors?: NfoActor[];
  directors?: string[];
  /** Writers. */
  credits?: string[];
  studios?: string[];
  /** The collection that a film belongs to. */
  set?: string;
  /** 0 to 10, the owner's own. */
  userRating?: number;
  ratings?: { name: string; value: number; max: number; votes?: number }[];
  uniqueIds?: { type: string; value: string; default?: true }[];
  /** Of the XML + URL form, or a file that has nothing else. */
  urls?: string[];
  /** Why nothing, or not all, of it could be read. */
  problem?: string;
}

export interface NfoActor {
  name: string;
  role?: string;
  order?: number;
  thumb?: string;
}

export interface ParsedName {
  title: string;
  year?: number;
  season?: number;
  episode?: number;
  /** All of a file with several: [1, 2]. */
  episodes?: number[];
  series?: string;
  /** The day it was recorded or shown, ISO 8601. */
  date?: string;
  /** Whether it looks like a published film: then a title in the file may know better. */
  release?: true;
}

/**
 * What goes to the item of a file, by the trigger media_facts. In the words of the table items:
 * that is whom it is for.
 */
export interface Facts {
  title: string;
  "sort_title"?: string;
  "original_title"?: string;
  series?: string;
  season?: number;
  episode?: number;
  year?: number;
  description?: string;
}
