/**
 * PNG (W3C PNG 3, 5): its chunks, those that a decoder needs, and no texts, no EXIF, no animation.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { cannot, type Cleaned, concat } from "./cleaned.ts";

const KEPT = ["IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "IDAT", "IEND"];

export function cleanPng(bytes: Uint8Array): Cleaned {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  let size: { width: number; height: number } | undefined;
  let hasData = false;
  for (let at = 8;;) {
    if (at + 12 > bytes.length) throw cannot("it is cut off");
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) throw cannot("it is cut off");
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw cannot("a check sum is wrong");
    }
    const type = new TextDecoder("latin1").decode(bytes.subarray(at + 4, at + 8));
    if (!size) {
      if (type !== "IHDR" || length !== 13) throw cannot("it has no header");
      size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    } else if (type === "IHDR") throw cannot("it has two headers");
    if (KEPT.includes(type)) kept.push(bytes.subarray(at, end));
    // A capital says that it cannot be read without it.
    else if (/^[A-Z]/.test(type)) throw cannot(`nobody knows its "${type.replace(/\W/g, "?")}"`);
    hasData ||= type === "IDAT" && length > 0;
    if (type === "IEND") break;
    at = end;
  }
  if (!hasData) throw cannot("there is no picture in it");
  return { bytes: concat(kept), ...size, extension: "png", mimeType: "image/png" };
}
