/**
 * What a Matroska file says of its content: matroska.org/technical/tagging.html.
 *
 * @module
 */
import type { ContainerTags } from "../../details.ts";
import type { Track } from "../../media.ts";
import { allOf, fieldsOf, textOf, wholeOf } from "./values.ts";

const ids = {
  tag: 0x7373,
  targets: 0x63c0,
  targetValue: 0x68ca,
  trackUid: 0x63c5,
  simpleTag: 0x67c8,
  name: 0x45a3,
  text: 0x4487,
};

/** Name → ours, in the tags of the whole film. */
const names: Record<string, keyof ContainerTags> = {
  TITLE: "title",
  ARTIST: "artist",
  ALBUM: "album",
  ALBUM_ARTIST: "albumArtist",
  COMPOSER: "composer",
  GENRE: "genre",
  DATE_RELEASED: "date",
  DATE_RELEASE: "date",
  DATE: "date",
  DATE_RECORDED: "date",
  YEAR: "date",
  COMMENT: "comment",
  DESCRIPTION: "description",
  SYNOPSIS: "description",
  SUMMARY: "description",
  PART_NUMBER: "track",
  TRACK: "track",
  SHOW: "show",
  SEASON: "season",
  EPISODE: "episode",
  ENCODER: "encoder",
  LOCATION: "location",
};

/** Targets, RFC 9559, 5.1.8.1.1: 70 is a collection, 60 a season, 50 the film or episode itself. */
const SERIES = 70;
const SEASON = 60;
const FILM = 50;

const MAX_TAGS = 500;

export interface MatroskaTags {
  tags: ContainerTags;
  /** By the track's UID. */
  ofTracks: Map<string, Partial<Track>>;
}

/** @param content Of the element "Tags". */
export function readTags(content: Uint8Array): MatroskaTags {
  const tags: ContainerTags = {};
  const ofTracks: MatroskaTags["ofTracks"] = new Map();
  for (const tag of allOf(content, ids.tag, MAX_TAGS)) {
    const targets = fieldsOf(fieldsOf(tag).get(ids.targets) ?? new Uint8Array());
    const uid = targets.get(ids.trackUid);
    const texts = [...allOf(tag, ids.simpleTag, MAX_TAGS)].map((simple) => {
      const fields = fieldsOf(simple);
      return [textOf(fields.get(ids.name), 100).toUpperCase(), textOf(fields.get(ids.text), 4000)];
    }) as [name: string, text: string][];
    if (uid && uid.length <= 8 && uid.some((it) => it !== 0)) {
      ofTracks.set(String(BigInt(`0x${uid.toHex()}`)), ofTrack(new Map(texts)));
    } else addAll(tags, texts, wholeOf(targets.get(ids.targetValue)) ?? FILM);
  }
  return { tags, ofTracks };
}

function addAll(tags: ContainerTags, texts: [string, string][], target: number): void {
  for (const [name, text] of texts) {
    if (text === "") continue;
    if (target === SERIES) {
      if (name === "TITLE") tags.show ??= text;
    } else if (target === SEASON) {
      if (name === "PART_NUMBER") tags.season ??= text;
      if (name === "TITLE") tags.album ??= text;
    } else {
      const ours = names[name];
      if (ours) tags[ours] ??= text;
    }
  }
}

/** What mkvmerge counts of each track: bits per second, pictures, and how long they take. */
function ofTrack(texts: Map<string, string>): Partial<Track> {
  const bitrate = Number(texts.get("BPS") ?? NaN);
  const pictures = Number(texts.get("NUMBER_OF_FRAMES") ?? NaN);
  const [, hours, minutes, seconds] = /^(\d+):(\d\d):([\d.]+)/.exec(texts.get("DURATION") ?? "") ??
    [];
  const rate = pictures / (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  return {
    ...bitrate > 0 && bitrate < 1e12 && { bitrate: Math.round(bitrate) },
    ...rate > 0.01 && rate < 1000 && { frameRate: Math.round(rate * 1000) / 1000 },
  };
}
