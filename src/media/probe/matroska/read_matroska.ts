/**
 * Matroska and WebM files: all that stands outside their clusters, RFC 9559.
 *
 * @module
 */
import type { Details } from "../../details.ts";
import type { ReadBytes } from "../byte_reader.ts";
import type { ContainerFacts } from "../container_facts.ts";
import { frameRateOf } from "../codec/frame_rate.ts";
import { isCover, readAttachments } from "./attachments.ts";
import { readLastTime, readPictureTimes } from "./blocks.ts";
import { readChapters } from "./chapters.ts";
import { readSegment, type Segment } from "./segment.ts";
import { unevenRate } from "./evenness.ts";
import { readTags } from "./tags.ts";
import { readTracks, toSubtitle } from "./tracks.ts";
import { viewOf } from "./view.ts";
import { fieldsOf, floatOf, textOf, wholeOf } from "./values.ts";

const ids = { scale: 0x2ad7b1, duration: 0x4489, title: 0x7ba9 };

const NS_PER_MS = 1e6;

/** Undefined where there is no segment. */
export function readMatroska(read: ReadBytes, sizeBytes: number): ContainerFacts | undefined {
  const segment = readSegment(read);
  if (!segment) return undefined;
  const info = fieldsOf(segment.content("info"));
  const nsPerTick = wholeOf(info.get(ids.scale)) || NS_PER_MS;
  const tracks = readTracks(segment.content("tracks"));
  const { tags, ofTracks } = readTags(segment.content("tags"));
  const title = textOf(info.get(ids.title), 1000);
  if (title) tags.title = title;

  const { cluster } = segment.found;
  for (const track of tracks) {
    const counted = ofTracks.get(track.uid) ?? {};
    track.facts = { ...counted, ...track.facts };
    if (track.kind !== "video" || !cluster) continue;
    const ticksPerSecond = 1e9 / nsPerTick;
    const declared = track.facts.frameRate;
    const rate = declared === undefined
      ? frameRateOf(readPictureTimes(read, cluster, track.number), ticksPerSecond)
      : unevenRate(read, segment, {
        sizeBytes,
        track: track.number,
        ticksPerSecond,
        declared,
        counted: counted.frameRate,
      });
    Object.assign(track.facts, rate);
  }
  const hasLength = (floatOf(info.get(ids.duration)) ?? 0) > 0;
  const last = hasLength || !cluster ? undefined : readLastTime(read, cluster.start, sizeBytes);
  const durationMs = last && Math.round(last * nsPerTick / NS_PER_MS);
  return {
    trackFacts: new Map(tracks.map(({ number, facts }) => [number, facts])),
    subtitles: tracks.filter(({ kind }) => kind === "subtitle").map(toSubtitle),
    details: { ...detailsOf(read, segment), ...Object.keys(tags).length > 0 && { tags } },
    view: viewOf(read, segment, tracks.length),
    ...durationMs && Number.isSafeInteger(durationMs) && { durationMs },
  };
}

function detailsOf(read: ReadBytes, segment: Segment): Details {
  const chapters = readChapters(segment.content("chapters"));
  const { attachments } = segment.found;
  const files = attachments ? readAttachments(read, attachments) : [];
  const covers = files.filter(isCover).map((it) => ({ ...it, kind: "front" as const }));
  const others = files.filter((it) => !isCover(it));
  return {
    ...chapters.length > 0 && { chapters },
    ...covers.length > 0 && { covers },
    ...others.length > 0 && { attachments: others },
  };
}
