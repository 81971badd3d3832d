/**
 * JPEG (ITU T.81, annex B), down to what a decoder needs: no EXIF, no XMP, no comments, nothing
 * behind its end. EXIF's "turned" goes, too: a frame of a film has none.
 *
 * @module
 */
import { cannot, type Cleaned, concat } from "./cleaned.ts";

const [SOI, EOI, SOS, APP0, APP14] = [0xd8, 0xd9, 0xda, 0xe0, 0xee];
/** Baseline, extended and progressive, all by Huffman: what browsers show. */
const FRAMES = [0xc0, 0xc1, 0xc2];
/** Tables: DHT, DQT, DRI. */
const TABLES = [0xc4, 0xdb, 0xdd];

export function cleanJpeg(bytes: Uint8Array): Cleaned {
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let size: { width: number; height: number } | undefined;
  let scans = 0;
  for (let at = 2;;) {
    if (bytes[at] !== 0xff) throw cannot("a marker is missing");
    while (bytes[at + 1] === 0xff) at++; // fill bytes
    const marker = bytes[at + 1];
    if (marker === EOI) {
      if (!size || scans === 0) throw cannot("there is no picture in it");
      kept.push(bytes.subarray(at, at + 2));
      return { bytes: concat(kept), ...size, extension: "jpg", mimeType: "image/jpeg" };
    }
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const end = at + 2 + length;
    if (marker === undefined || marker < 0xc0 || marker === SOI || !(length >= 2)) {
      throw cannot("a segment is none");
    }
    if (end > bytes.length) throw cannot("it is cut off");
    const segment = bytes.subarray(at, end);
    if (FRAMES.includes(marker)) {
      if (size || length < 11) throw cannot("its frame is none");
      const view = new DataView(segment.buffer, segment.byteOffset);
      size = { height: view.getUint16(5), width: view.getUint16(7) };
      kept.push(segment);
    } else if (marker === SOS) {
      if (!size) throw cannot("a scan comes before its frame");
      scans++;
      const over = endOfScan(bytes, end);
      kept.push(bytes.subarray(at, over));
      at = over;
      continue;
    } else if (TABLES.includes(marker) || isNeeded(marker, segment)) {
      kept.push(segment);
    } else if (marker < APP0) {
      throw cannot(`it is a JPEG of a kind that is not shown (${marker.toString(16)})`);
    }
    at = end;
  }
}

/** JFIF without its thumbnail, and how Adobe's colours are to be read. */
function isNeeded(marker: number, segment: Uint8Array): boolean {
  const name = new TextDecoder("latin1").decode(segment.subarray(4, 9));
  return marker === APP0 && name === "JFIF\0" && segment.length === 18 ||
    marker === APP14 && name === "Adobe" && segment.length === 16;
}

/** Where the next marker is that is no restart and no stuffed byte. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = from;;) {
    at = bytes.indexOf(0xff, at);
    const next = at < 0 ? undefined : bytes[at + 1];
    if (next === undefined) throw cannot("it is cut off");
    if (next === 0xff) at++;
    else if (next === 0 || next >= 0xd0 && next <= 0xd7) at += 2;
    else return at;
  }
}
