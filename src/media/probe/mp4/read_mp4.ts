/**
 * MP4 and QuickTime files: all that their index tells, ISO/IEC 14496-12, without the tables of samples.
 *
 * @module
 */
import type { Details } from "../../details.ts";
import type { Track } from "../../media.ts";
import type { ReadBytes } from "../byte_reader.ts";
import type { ContainerFacts } from "../container_facts.ts";
import { type Box, type Boxes, openBoxes } from "./boxes.ts";
import { readChapterList, readChapterTrack } from "./chapters.ts";
import { readFragments } from "./fragments.ts";
import { type Mp4Tags, readTags } from "./tags.ts";
import { type Mp4Track, readTrack } from "./track.ts";
import { viewOf } from "./view.ts";

/** What may come first in such a file. */
const first = ["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot", "styp"];

/** Subtitles' sample entry → what ffprobe calls it. */
const codecs: Record<string, string> = {
  tx3g: "mov_text",
  wvtt: "webvtt",
  stpp: "ttml",
  mp4s: "dvd_subtitle",
  c608: "eia_608",
  c708: "eia_708",
};

/** Handlers of subtitles. Those called "text" are not: they hold the names of chapters. */
const handlers = ["sbtl", "subt", "subp", "clcp"];

const MAX_TRACKS = 200;

export function isMp4(read: ReadBytes): boolean {
  return first.includes(String.fromCharCode(...read(4, 4)));
}

/** Undefined where it has no index. */
export function readMp4(read: ReadBytes, sizeBytes: number): ContainerFacts | undefined {
  const boxes = openBoxes(read);
  let type: Box | undefined;
  let index: Box | undefined;
  for (const box of boxes.between(0, sizeBytes)) {
    if (box.type === "ftyp") type ??= box;
    if (box.type === "moov") index = box;
    if (index) break;
  }
  if (!index) return undefined;
  const tracks: Mp4Track[] = [];
  const found: Mp4Tags = { tags: {}, covers: [] };
  const details: Details = {};
  let isFragmented = false;
  for (const box of boxes.within(index)) {
    const track = box.type === "trak" && tracks.length < MAX_TRACKS && readTrack(boxes, box);
    if (track) tracks.push(track);
    if (box.type === "udta") readUserData(boxes, box, found, details);
    if (box.type === "meta") readTags(boxes, { ...index, start: box.at, end: box.end }, found);
    if (box.type === "mvex") isFragmented = true;
  }
  readChapters(boxes, tracks, details);
  if (Object.keys(found.tags).length > 0) details.tags = found.tags;
  if (found.covers.length > 0) details.covers = found.covers;

  const facts: ContainerFacts = {
    trackFacts: new Map(tracks.map(({ id, facts }) => [id, facts])),
    subtitles: tracks.filter(({ handler }) => handlers.includes(handler)).map(toSubtitle),
    details,
    view: viewOf(boxes, { type, index }),
  };
  const measured = tracks.find(({ handler }) => handler === "vide") ?? tracks[0];
  if (isFragmented && measured && measured.duration === 0 && measured.ticksPerSecond > 0) {
    const { durationMs, rate } = readFragments(boxes, { index, track: measured, sizeBytes });
    if (durationMs) facts.durationMs = durationMs;
    if (measured.handler === "vide") {
      facts.trackFacts.set(measured.id, { ...measured.facts, ...rate });
    }
  }
  return facts;
}

function readUserData(boxes: Boxes, data: Box, found: Mp4Tags, details: Details): void {
  readTags(boxes, data, found);
  const list = boxes.find(data, "chpl");
  const chapters = list ? readChapterList(boxes, list) : [];
  if (chapters.length > 0) details.chapters = chapters;
}

/** QuickTime's names may be longer than Nero's; but they are read one by one. */
function readChapters(boxes: Boxes, tracks: Mp4Track[], details: Details): void {
  if (details.chapters) return;
  const wanted = tracks.find(({ chapters }) => chapters !== undefined)?.chapters;
  const track = tracks.find(({ id, handler }) => id === wanted && handler === "text");
  const chapters = track ? readChapterTrack(boxes, track) : [];
  if (chapters.length > 0) details.chapters = chapters;
}

function toSubtitle({ entry, facts: { language, title } }: Mp4Track): Track {
  return {
    kind: "subtitle",
    codec: codecs[entry] ?? (entry || "unknown"),
    ...language && { language },
    ...title && { title },
  };
}
