/**
 * What a sample entry that stands for many codecs holds: "mp4v" says in its descriptor which one,
 * ISO/IEC 14496-1, 7.2.6.6, by the numbers of mp4ra.org/registered-types/object-types.
 *
 * @module
 */
import { type Box, type Boxes, contentOf } from "./boxes.ts";

const objectTypes = new Map([
  [0x20, "mpeg4"],
  ...[0x60, 0x61, 0x62, 0x63, 0x64, 0x65].map((it) => [it, "mpeg2video"] as const),
  [0x6a, "mpeg1video"],
  [0x6c, "mjpeg"],
  [0x6d, "png"],
]);

/** 8.5.2 and 12.1.3: what stands before the boxes within an entry of pictures. */
export const VIDEO_ENTRY_BYTES = 78;

/** The codec of such an entry of pictures; undefined where its name says it, or nobody knows. */
export function codecOfEntry(
  { between, read }: Boxes,
  { code, box }: { code: string; box: Box },
): string | undefined {
  if (code === "jpeg") return "mjpeg"; // QuickTime's: a film of pictures
  if (code !== "mp4v") return undefined;
  for (const child of between(box.start + VIDEO_ENTRY_BYTES, box.end)) {
    if (child.type === "esds") return objectTypes.get(objectTypeIn(contentOf(read, child, 64)));
  }
  return undefined;
}

const ES_DESCRIPTOR = 3;
const DECODER_CONFIG = 4;

/** -1 where there is none. */
function objectTypeIn(bytes: DataView): number {
  const byte = (at: number) => at < bytes.byteLength ? bytes.getUint8(at) : -1;
  const bodyOf = (at: number) => {
    let end = at + 1;
    while (end < at + 4 && (byte(end) & 0x80) !== 0) end++; // the length goes on
    return end + 1;
  };
  if (byte(4) !== ES_DESCRIPTOR) return -1;
  let at = bodyOf(4) + 3;
  const flags = byte(at - 1);
  if (flags & 0x80) at += 2; // it depends on another stream
  if (flags & 0x40) at += 1 + Math.max(0, byte(at)); // an address
  if (flags & 0x20) at += 2;
  return byte(at) === DECODER_CONFIG ? byte(bodyOf(at)) : -1;
}
