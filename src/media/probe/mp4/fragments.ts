/**
 * How long a fragmented MP4 plays: its index does not say it of each sample, for that stands in
 * the fragments. Few of them are looked at; the rest is taken to be alike.
 *
 * @module
 */
import type { Track } from "../../media.ts";
import { frameRateOf, type Run } from "../codec/frame_rate.ts";
import { type Box, type Boxes, contentOf } from "./boxes.ts";
import type { Mp4Track } from "./track.ts";

const MAX_FRAGMENTS = 256;
/** Samples whose times are read one by one. */
const MAX_SAMPLES = 1024;

export interface Fragments {
  durationMs?: number;
  /** Of the first track of pictures. */
  rate: Pick<Track, "frameRate" | "variableFrameRate">;
}

/** @param index The box "moov", which has "mvex" in it. @param track The one that is measured. */
export function readFragments(
  boxes: Boxes,
  { index, track, sizeBytes }: { index: Box; track: Mp4Track; sizeBytes: number },
): Fragments {
  const common = defaultTicks(boxes, index, track.id);
  const runs: Run[] = [];
  let ticks = 0;
  let last = index.end;
  let count = 0;
  for (const box of boxes.between(index.end, sizeBytes)) {
    if (box.type === "sidx" && count === 0) {
      const durationMs = readSegments(boxes, box);
      if (durationMs) {
        return { durationMs, rate: firstRate(boxes, box.end, sizeBytes, track, common) };
      }
    }
    if (box.type === "moof") {
      const found = readFragment(boxes, box, track.id, common);
      for (const run of found) if (runs.length < MAX_SAMPLES) runs.push(run);
      ticks += found.reduce((sum, run) => sum + run.count * run.ticks, 0);
      if (++count === MAX_FRAGMENTS) break;
    }
    if (box.type === "mdat") last = box.end;
  }
  const whole = count === MAX_FRAGMENTS
    ? ticks * (sizeBytes - index.end) / Math.max(last - index.end, 1)
    : ticks;
  const durationMs = Math.round(whole / track.ticksPerSecond * 1000);
  return {
    ...durationMs > 0 && Number.isSafeInteger(durationMs) && { durationMs },
    rate: frameRateOf(runs, track.ticksPerSecond),
  };
}

function firstRate(
  boxes: Boxes,
  from: number,
  to: number,
  track: Mp4Track,
  common: number,
): Fragments["rate"] {
  for (const box of boxes.between(from, to)) {
    if (box.type !== "moof") continue;
    return frameRateOf(readFragment(boxes, box, track.id, common), track.ticksPerSecond);
  }
  return {};
}

/** The box trex, 8.8.3. */
function defaultTicks({ find, within, read }: Boxes, index: Box, id: number): number {
  const extends_ = find(index, "mvex");
  for (const box of extends_ ? within(extends_) : []) {
    if (box.type !== "trex") continue;
    const bytes = contentOf(read, box, 24);
    if (bytes.byteLength >= 16 && bytes.getUint32(4) === id) return bytes.getUint32(12);
  }
  return 0;
}

/** The boxes tfhd and trun, 8.8.7 and 8.8.8. */
function readFragment({ within, find, read }: Boxes, moof: Box, id: number, common: number): Run[] {
  const runs: Run[] = [];
  for (const traf of within(moof)) {
    const head = traf.type === "traf" ? find(traf, "tfhd") : undefined;
    const bytes = head && contentOf(read, head, 32);
    if (!bytes || bytes.byteLength < 8 || bytes.getUint32(4) !== id) continue;
    const flags = bytes.getUint32(0);
    const at = 8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0);
    const ticks = flags & 8 && at + 4 <= bytes.byteLength ? bytes.getUint32(at) : common;
    for (const box of within(traf)) {
      if (box.type === "trun") runs.push(...readRun(contentOf(read, box, 64 * 1024), ticks));
    }
  }
  return runs;
}

function readRun(bytes: DataView, common: number): Run[] {
  if (bytes.byteLength < 8) return [];
  const flags = bytes.getUint32(0);
  const count = bytes.getUint32(4);
  // One fragment of a million samples is none.
  if (!(flags & 0x100)) return count < 1e6 ? [{ count, ticks: common }] : [];
  const [first, each] = [
    8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0),
    [0x100, 0x200, 0x400, 0x800].filter((it) => flags & it).length * 4,
  ];
  const runs: Run[] = [];
  for (let index = 0; index < count; index++) {
    const at = first + index * each;
    if (at + 4 > bytes.byteLength) break;
    const ticks = bytes.getUint32(at);
    const last = runs.at(-1);
    if (last?.ticks === ticks) last.count++;
    else runs.push({ count: 1, ticks });
  }
  return runs;
}

/** The box sidx, 8.16.3: how long all segments are together. */
function readSegments({ read }: Boxes, box: Box): number | undefined {
  const bytes = contentOf(read, box, 64 * 1024);
  if (bytes.byteLength < 24) return undefined;
  const scale = bytes.getUint32(8);
  const start = bytes.getUint8(0) === 0 ? 20 : 28;
  if (bytes.byteLength < start + 4) return undefined;
  const count = bytes.getUint16(start + 2);
  let ticks = 0;
  for (let index = 0; index < count; index++) {
    const at = start + 4 + index * 12;
    if (at + 8 > bytes.byteLength || bytes.getUint32(at) >>> 31 === 1) return undefined;
    ticks += bytes.getUint32(at + 4);
  }
  const ms = Math.round(ticks / scale * 1000);
  return ms > 0 && Number.isSafeInteger(ms) ? ms : undefined;
}
