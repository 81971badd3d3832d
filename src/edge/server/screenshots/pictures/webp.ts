/**
 * WebP (RFC 9649): one picture, with its transparency, and neither EXIF nor XMP nor profile.
 *
 * @module
 */
import { cannot, type Cleaned, concat } from "./cleaned.ts";

const ALPHA = 0x10;

export function cleanWebp(bytes: Uint8Array): Cleaned {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 8 + view.getUint32(4, true);
  if (end > bytes.length) throw cannot("it is cut off");
  const chunks = new Map<string, Uint8Array>();
  for (let at = 12; at < end;) {
    if (at + 8 > end) throw cannot("it is cut off");
    const type = new TextDecoder("latin1").decode(bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    if (at + 8 + length > end) throw cannot("it is cut off");
    if (type === "ANIM" || type === "ANMF") throw cannot("it moves");
    if (chunks.has(type)) throw cannot(`it has two "${type.replace(/\W/g, "?")}"`);
    chunks.set(type, bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length + (length % 2);
  }
  const [lossy, lossless] = [chunks.get("VP8 "), chunks.get("VP8L")];
  if (!lossy === !lossless) throw cannot("there is no picture in it");
  const size = lossy ? sizeOfLossy(lossy) : sizeOfLossless(lossless!);
  const alpha = lossy && chunks.get("ALPH");
  const parts = alpha
    ? [chunk("VP8X", extended(size)), chunk("ALPH", alpha), chunk("VP8 ", lossy)]
    : [lossy ? chunk("VP8 ", lossy) : chunk("VP8L", lossless!)];
  const body = concat([new TextEncoder().encode("WEBP"), ...parts]);
  return { bytes: chunk("RIFF", body), ...size, extension: "webp", mimeType: "image/webp" };
}

/** RFC 6386, 9.1: three bytes, the start code, 14 bits of each side. */
function sizeOfLossy(data: Uint8Array) {
  const isKey = data.length > 10 && (data[0]! & 1) === 0;
  if (!isKey || data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a) {
    throw cannot("its picture is none");
  }
  const view = new DataView(data.buffer, data.byteOffset);
  return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
}

/** RFC 9649, 3.4: a signature, then 14 bits of each side less one. */
function sizeOfLossless(data: Uint8Array) {
  if (data.length < 6 || data[0] !== 0x2f) throw cannot("its picture is none");
  const bits = new DataView(data.buffer, data.byteOffset).getUint32(1, true);
  return { width: (bits & 0x3fff) + 1, height: (bits >>> 14 & 0x3fff) + 1 };
}

function extended({ width, height }: { width: number; height: number }): Uint8Array {
  const data = new Uint8Array(10);
  const view = new DataView(data.buffer);
  data[0] = ALPHA;
  view.setUint16(4, width - 1, true); // the sides are of 14 bits here, the field has 24
  view.setUint16(7, height - 1, true);
  return data;
}

function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(8 + data.length + (data.length % 2));
  made.set(new TextEncoder().encode(type));
  new DataView(made.buffer).setUint32(4, data.length, true);
  made.set(data, 8);
  return made;
}
