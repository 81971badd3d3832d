/**
 * Pictures that somebody else has made of a file: beside it (`poster.jpg`), or in it (the front of
 * an album). Their bytes are taken as they are, once they are known to be a picture.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { basename, dirname as posixDirname } from "node:path/posix";
import { imageSize } from "image-size";
import { CommandError } from "../../base/command.ts";
import { InvalidError, NotFoundError, UnavailableError } from "../../base/errors.ts";
import { extensionOf, kindOf, type MediaFile, type MediaKind, stemOf } from "../media.ts";
import type { Details, EmbeddedFile } from "../details.ts";
import type { Ffmpeg } from "./ffmpeg.ts";
import { lookAt } from "./film/make_film.ts";
import type { ImageStore } from "./store.ts";

export interface Cover {
  origin: "file" | "embedded";
  /** Of the file, or what it is called inside of it. */
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  facts: PictureFacts;
}

export interface PictureFacts {
  mimeType: string;
  extension: string;
  width: number;
  height: number;
}

/** No cover is larger; a page would wait for it. */
export const MAX_PICTURE_BYTES = 20 * 1024 * 1024;
/** What decodes to more than this would take gigabytes of memory. */
const MAX_PIXELS = 100_000_000;

const types: Record<string, { mimeType: string; extension: string }> = {
  jpg: { mimeType: "image/jpeg", extension: "jpg" },
  png: { mimeType: "image/png", extension: "png" },
  webp: { mimeType: "image/webp", extension: "webp" },
  gif: { mimeType: "image/gif", extension: "gif" },
  avif: { mimeType: "image/avif", extension: "avif" },
};

/**
 * What kind of picture these bytes are, by themselves and not by their name.
 *
 * @throws {InvalidError} they are none that a browser shows, or too large a one
 */
export function pictureFacts(bytes: Uint8Array): PictureFacts {
  const found = (() => {
    try {
      return imageSize(bytes);
    } catch (cause) {
      throw new InvalidError("Cannot take the picture: it is no JPEG, PNG, WebP, GIF or AVIF", {}, {
        cause,
      });
    }
  })();
  const type = types[found.type ?? ""];
  const { width, height } = found;
  if (!type || !(width > 0) || !(height > 0)) {
    throw new InvalidError(`Cannot take the picture: expected JPEG, PNG, WebP, GIF or AVIF`);
  }
  if (width * height > MAX_PIXELS) {
    throw new InvalidError(`Cannot take the picture: ${width} × ${height} is too large`);
  }
  const isTurned = (found.orientation ?? 1) >= 5; // EXIF: the sides change places
  return { ...type, width: isTurned ? height : width, height: isTurned ? width : height };
}

const EXTENSIONS = [".jpg", ".jpeg", ".png", ".webp"];

/**
 * Which of the files in a folder is the poster of the media file: `<name>-poster` always, and the
 * folder's `poster`, `folder` and `cover` where the film is alone in it, or is a song of the album.
 */
export function posterBeside(
  relativePath: string,
  names: readonly string[],
  { isAlone, isAudio }: { isAlone: boolean; isAudio: boolean },
): string | undefined {
  const name = basename(relativePath);
  const stem = stemOf(name).toLowerCase();
  const wanted = [
    `${stem}-poster`,
    ...isAlone || isAudio ? ["poster", "folder", "cover", ...isAudio ? ["front"] : []] : [],
    ...isAudio ? [stem] : [],
  ];
  const byName = new Map(names.map((name) => [name.toLowerCase(), name]));
  return wanted.flatMap((stem) => EXTENSIONS.map((extension) => byName.get(stem + extension)))
    .find((name) => name !== undefined && name !== basename(relativePath));
}

export interface CoverDeps {
  store: ImageStore;
  ffmpeg: Ffmpeg;
}

/** The best that is there; undefined where there is none. To be called in turn. */
export async function findCover(
  file: MediaFile,
  path: string,
  options: CoverDeps & { folder: string; signal: AbortSignal },
): Promise<Cover | undefined> {
  if (kindIn(file) === "image") return await ownPicture(file, path, options.ffmpeg);
  return await coverBeside(file, path, options.store) ?? await coverInside(file, path, options);
}

/** A picture is its own cover where nobody can make a smaller one of it. */
async function ownPicture(
  { relativePath, sizeBytes }: MediaFile,
  path: string,
  ffmpeg: Ffmpeg,
): Promise<Cover | undefined> {
  if (sizeBytes > MAX_PICTURE_BYTES || await ffmpeg.isHere()) return undefined;
  return toCover("file", basename(relativePath), await Deno.readFile(path));
}

/** By its extension, where no scan has said it. */
export function kindIn({ kind, relativePath }: MediaFile): MediaKind {
  return kind ?? kindOf(relativePath);
}

/** Names of a folder that are looked at; a folder with more is no folder of one film. */
const MAX_NAMES = 10_000;

async function coverBeside(
  file: MediaFile,
  path: string,
  store: ImageStore,
): Promise<Cover | undefined> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(dirname(path))) {
    if (isFile && EXTENSIONS.includes(extensionOf(name))) names.push(name);
    if (names.length >= MAX_NAMES) break;
  }
  const folder = posixDirname(file.relativePath);
  const isAudio = kindIn(file) === "audio";
  const isAlone = folder !== "." && store.siblings(file.root, `${folder}/`).length <= 1;
  const name = posterBeside(file.relativePath, names, { isAlone, isAudio });
  if (name === undefined) return undefined;
  const beside = join(dirname(path), name);
  if ((await Deno.stat(beside)).size > MAX_PICTURE_BYTES) return undefined;
  return toCover("file", name, await Deno.readFile(beside));
}

async function coverInside(
  file: MediaFile,
  path: string,
  { store, ffmpeg, folder, signal }: Parameters<typeof findCover>[2],
): Promise<Cover | undefined> {
  const text = store.detailsOf(file.id);
  if (text !== undefined) {
    const { covers = [] } = JSON.parse(text) as Details;
    const cover = covers.find(({ kind }) => kind === "front") ?? covers[0];
    const bytes = cover && await readEmbedded(path, cover);
    const found = bytes && toCover("embedded", cover.name ?? "cover", bytes);
    if (found) return found;
  }
  const version = await ffmpeg.abilities().then((it) => it.version, () => undefined);
  if (version === undefined || store.hasNoCover(file.id, version)) return undefined;
  try {
    const found = await coverOfStream(path, { ffmpeg, folder, signal });
    if (found) return found;
  } catch (error) {
    // Damaged: it is so as well the next time.
    if (!(error instanceof CommandError) || error.details.code === undefined) throw error;
  }
  store.saveNoCover(file.id, version);
  return undefined;
}

/** By ffmpeg, which knows of more containers. */
async function coverOfStream(
  path: string,
  { ffmpeg, folder, signal }: { ffmpeg: Ffmpeg; folder: string; signal: AbortSignal },
): Promise<Cover | undefined> {
  const { coverIndex } = await lookAt(path, { ffmpeg, signal });
  if (coverIndex === undefined) return undefined;
  const to = join(folder, "cover.bin");
  const as = [
    "-map",
    `0:${coverIndex}`,
    "-frames:v",
    "1",
    "-c",
    "copy",
    "-f",
    "image2",
    "-update",
    "1",
  ];
  await ffmpeg.run(["-nostdin", "-v", "error", "-y", "-i", `file:${path}`, ...as, `file:${to}`], {
    signal,
  });
  return toCover("embedded", "cover", await Deno.readFile(to));
}

async function readEmbedded(
  path: string,
  { offset, sizeBytes, encoding }: EmbeddedFile,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (sizeBytes > MAX_PICTURE_BYTES) return undefined;
  using file = await Deno.open(path);
  await file.seek(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(sizeBytes);
  for (let filled = 0; filled < sizeBytes;) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) return undefined;
    filled += read;
  }
  if (encoding !== "base64") return bytes;
  try {
    return pictureOf(Uint8Array.fromBase64(new TextDecoder().decode(bytes)));
  } catch {
    return undefined; // not what it says it is: as good as none
  }
}

/** The picture in a FLAC picture block, as Ogg comments hold it (RFC 9639, 8.8). */
function pictureOf(block: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  let at = 4;
  for (const _ of ["MIME type", "description"]) at += 4 + view.getUint32(at);
  at += 16;
  return block.slice(at + 4, at + 4 + view.getUint32(at));
}

/** Undefined where it is no picture: then another is looked for. */
function toCover(
  origin: Cover["origin"],
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Cover | undefined {
  try {
    return { origin, name, bytes, facts: pictureFacts(bytes) };
  } catch (error) {
    if (error instanceof InvalidError) return undefined;
    throw error;
  }
}

/** There is nothing to see of this file. */
export function noPicture({ title }: MediaFile, needs?: string): NotFoundError | UnavailableError {
  return needs
    ? new UnavailableError(`Cannot show "${title}": there is no cover, and ${needs}`)
    : new NotFoundError(`Cannot show "${title}": there is no picture of it`);
}
