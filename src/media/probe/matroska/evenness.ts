/**
 * Whether the pictures of a Matroska file are shown evenly. Its track says how long a picture stands
 * by default, also where the pictures do not keep to it: so some are looked at here and there in the
 * film, by the headers of their blocks alone.
 *
 * @module
 */
import type { Track } from "../../media.ts";
import { END_BYTES, type ReadBytes } from "../byte_reader.ts";
import { frameRateOf } from "../codec/frame_rate.ts";
import { readPictureTimes } from "./blocks.ts";
import { allOf, fieldsOf, wholeOf } from "./values.ts";
import { type Element, readElement } from "./ebml.ts";
import { parts, type Segment } from "./segment.ts";

type Rate = Pick<Track, "frameRate" | "variableFrameRate">;

/** Most of a second of film; each header is one small read. */
const LOOK = { pictures: 20, elements: 64 };
/** Of a file that has been read as a whole. */
const LOOK_SMALL = { pictures: 100, elements: 400 };

/**
 * What is to be said otherwise of the frame rate: nothing where the pictures keep to it.
 *
 * @param counted Pictures per second of the whole film, where its tags have counted them.
 */
export function unevenRate(
  read: ReadBytes,
  segment: Segment,
  { sizeBytes, track, ticksPerSecond, declared, counted }: {
    sizeBytes: number;
    track: number;
    ticksPerSecond: number;
    declared: number;
    counted: number | undefined;
  },
): Rate {
  // Of interlaced film twice as many may be declared.
  if (counted && isNear(counted, declared)) return {};
  const look = sizeBytes <= 2 * END_BYTES ? LOOK_SMALL : LOOK;
  const first = segment.found.cluster;
  const inside = placesInside(read, segment);
  const places = [
    { cluster: first },
    ...inside.length > 0 ? inside : [{ cluster: after(read, first) }],
  ];
  const runs = places.flatMap(({ cluster, from }: Place) =>
    cluster ? readPictureTimes(read, cluster, track, { ...look, from }) : []
  );
  const { frameRate, variableFrameRate } = frameRateOf(runs, ticksPerSecond);
  if (!variableFrameRate) return {};
  return { frameRate: counted ?? frameRate!, variableFrameRate };
}

function isNear(counted: number, declared: number): boolean {
  return [1, 2].some((it) => Math.abs(declared / counted - it) < 0.02);
}

/** The second cluster, where no index leads further. */
function after(read: ReadBytes, first: Element | undefined): Element | undefined {
  if (first?.size === undefined) return undefined;
  const next = readElement(read, first.start + first.size);
  return next?.id === parts.cluster ? next : undefined;
}

interface Place {
  cluster: Element | undefined;
  /** Of its first block of interest. */
  from?: number;
}

const ids = { point: 0xbb, positions: 0xb7, cluster: 0xf1, inCluster: 0xf0 };

/** The index of a film of an hour has some 20 KiB. */
const MAX_CUES_BYTES = 64 * 1024;
/** Parts of the film from its begin. */
const PLACES = [1 / 3, 2 / 3, 1];

/** Where pictures begin that the index lists. */
function placesInside(read: ReadBytes, { start, found: { cues } }: Segment): Place[] {
  if (cues?.size === undefined) return [];
  const content = read(cues.start, Math.min(cues.size, MAX_CUES_BYTES));
  const points = [...allOf(content, ids.point, 10_000)];
  const chosen = new Set(PLACES.map((part) => Math.floor((points.length - 1) * part)));
  return [...chosen].filter((index) => index > 0).flatMap((index): Place[] => {
    const positions = fieldsOf(fieldsOf(points[index]!).get(ids.positions) ?? new Uint8Array());
    const position = wholeOf(positions.get(ids.cluster));
    const cluster = position === undefined ? undefined : readElement(read, start + position);
    if (cluster?.id !== parts.cluster) return [];
    return [{ cluster, from: cluster.start + (wholeOf(positions.get(ids.inCluster)) ?? 0) }];
  });
}
