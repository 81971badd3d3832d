/**
 * Pictures: their kind and their size, from the first bytes of their file.
 *
 * @module
 */
import type { imageSize } from "image-size";
import type { Description } from "../media.ts";
import type { ByteReader } from "./byte_reader.ts";
import { DamagedError } from "./damaged.ts";

/** What the library calls a kind → its codec, as we call it, and its MIME type. */
const kinds: Record<string, { codec: string; mimeType: string }> = {
  jpg: { codec: "jpeg", mimeType: "image/jpeg" },
  png: { codec: "png", mimeType: "image/png" },
  webp: { codec: "webp", mimeType: "image/webp" },
  gif: { codec: "gif", mimeType: "image/gif" },
  avif: { codec: "avif", mimeType: "image/avif" },
  heic: { codec: "heic", mimeType: "image/heic" },
};

/** First of what pictures have at their begin; then as much as the largest preview in a JPEG. */
const LOOKS = [64 * 1024, 512 * 1024, 4 * 1024 * 1024];
const MOST_PIXELS = 1_000_000;

/** Whether it begins as a picture of a kind that we know, whatever its name. */
export function isPicture({ read, sizeBytes }: ByteReader): boolean {
  return sizeBytes >= 12 && kindOf(read(0, 32)) !== undefined;
}

/**
 * Undefined where it is no picture that we know.
 *
 * @throws {Error} it is one, and damaged
 */
export async function probeImage(
  { read, sizeBytes }: ByteReader,
): Promise<Description | undefined> {
  const kind = sizeBytes < 12 ? undefined : kindOf(read(0, 32));
  if (!kind) return undefined;
  const measure = await openMeasure();
  const { width, height, orientation = 1 } = sizeOf(measure, read, sizeBytes);
  const isSane = [width, height].every((it) => it > 0 && it <= MOST_PIXELS);
  if (!isSane) throw new DamagedError(`it would be ${width} by ${height} pixels large`);
  // Orientations from 5 on lie on their side: Exif 2.32, 4.6.4.A.
  const isTurned = kind === "jpg" && orientation >= 5 && orientation <= 8;
  const { codec, mimeType } = kinds[kind]!;
  return {
    container: codec,
    mimeType,
    tracks: [{
      kind: "video",
      codec,
      width: isTurned ? height : width,
      height: isTurned ? width : height,
      ...isTurned &&
        { codedWidth: width, codedHeight: height, rotation: orientation <= 6 ? 90 : 270 },
    }],
  };
}

let opened: Promise<typeof imageSize> | undefined;

function openMeasure(): Promise<typeof imageSize> {
  return opened ??= import("image-size").then(({ imageSize }) => imageSize);
}

function sizeOf(measure: typeof imageSize, read: ByteReader["read"], sizeBytes: number) {
  let failure: unknown;
  for (const bytes of LOOKS) {
    try {
      return measure(read(0, Math.min(bytes, sizeBytes)));
    } catch (error) {
      failure = error; // what it looks for may lie further back
    }
    if (bytes >= sizeBytes) break;
  }
  throw failure;
}

/** By the first bytes: only what we know goes to the library, which knows many more. */
function kindOf(bytes: Uint8Array): string | undefined {
  const text = String.fromCharCode(...bytes);
  if (text.startsWith("\xff\xd8\xff")) return "jpg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (/^GIF8[79]a/.test(text)) return "gif";
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "webp";
  if (text.slice(4, 8) !== "ftyp") return undefined;
  const brand = text.slice(8, 12);
  if (brand === "avif" || brand === "avis") return "avif";
  return ["heic", "heix", "mif1", "msf1"].includes(brand) ? "heic" : undefined;
}
