/**
 * The kinds of picture that a page may ask for: one line each, the most wanted first.
 *
 * @module
 */
import { InvalidError } from "../../base/errors.ts";

interface Format {
  mime: string;
  /** Without its dot. */
  extension: string;
  /** ffmpeg's encoders that make it, the best first, and what each is told. */
  encoders: Record<string, readonly string[]>;
  /** ffmpeg's muxer, where it is not "image2". */
  muxer?: string;
}

/**
 * WebP goes before AVIF where a caller takes both: it is made three times as fast, and every browser
 * of today shows it. JPEG is what everybody can make and show.
 */
export const formats = {
  webp: {
    mime: "image/webp",
    extension: "webp",
    encoders: { libwebp: ["-quality", "78", "-compression_level", "2"] },
  },
  avif: {
    mime: "image/avif",
    extension: "avif",
    encoders: {
      "libaom-av1": ["-still-picture", "1", "-cpu-used", "8", "-crf", "30", "-b:v", "0"],
      libsvtav1: ["-preset", "10", "-crf", "35"],
    },
    muxer: "avif",
  },
  jpeg: {
    mime: "image/jpeg",
    extension: "jpg",
    encoders: { mjpeg: ["-q:v", "3"] },
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

const names = Object.keys(formats) as FormatName[];

/** How this ffmpeg makes a picture of some kind: its own arguments. */
export interface Encoding {
  name: FormatName;
  mime: string;
  extension: string;
  args: readonly string[];
  muxer: string;
}

/** What an ffmpeg with these encoders and muxers can make, the most wanted first. */
export function encodingsOf(has: (name: string) => boolean): Encoding[] {
  return names.flatMap((name) => {
    const { mime, extension, encoders, muxer = "image2" }: Format = formats[name];
    const encoder = Object.keys(encoders).find(has);
    if (!encoder || !has(muxer)) return [];
    return [{ name, mime, extension, muxer, args: ["-c:v", encoder, ...encoders[encoder]!] }];
  });
}

/**
 * The encoding that suits a caller best: the one of the extension that he names, else the first that
 * his `Accept` allows. Where this ffmpeg cannot make that, or he allows none, the next best.
 *
 * @throws {InvalidError} there is no such extension
 */
export function chooseEncoding<Some extends { name: FormatName }>(
  encodings: readonly Some[],
  { extension, accept }: { extension?: string | undefined; accept?: string | undefined },
): Some | undefined {
  if (extension !== undefined) {
    const name = formatOf(extension);
    return encodings.find((it) => it.name === name) ?? encodings.find((it) => it.name === "jpeg") ??
      encodings[0];
  }
  const accepts = accept === undefined || accept.trim() === "" ? "*/*" : accept;
  const rated = encodings.map((it) => ({ it, weight: weightOf(formats[it.name].mime, accepts) }));
  const best = rated.filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)[0];
  return best?.it ?? encodings.find(({ name }) => name === "jpeg") ?? encodings[0];
}

/** @throws {InvalidError} there is no such extension */
export function formatOf(extension: string): FormatName {
  const plain = extension.toLowerCase().replace(/^\./, "");
  const found = names.find((name) => name === plain || formats[name].extension === plain);
  if (!found) {
    const known = names.map((name) => formats[name].extension).join(", ");
    throw new InvalidError(`Cannot make a picture "${plain}": there are ${known}`, { extension });
  }
  return found;
}

/** The quality value that an `Accept` header gives a type (RFC 9110, 12.5.1); 0 is refused. */
function weightOf(mime: string, accept: string): number {
  const ranges = accept.split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((it) => it.trim().toLowerCase());
    const q = parameters.find((it) => it.startsWith("q="));
    return { type, weight: q === undefined ? 1 : Number(q.slice(2)) || 0 };
  });
  const any = `${mime.split("/")[0]}/*`;
  const rank = ({ type }: { type: string }) => [mime, any, "*/*"].indexOf(type);
  const [closest] = ranges.filter((it) => rank(it) >= 0)
    .toSorted((one, other) => rank(one) - rank(other));
  return closest?.weight ?? 0;
}
