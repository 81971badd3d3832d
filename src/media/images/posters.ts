/**
 * The poster and the thumbnail of a file, in the sizes and formats that a page wants.
 *
 * The poster is what a person gave, else what lies beside the file, else the cover in it, else the
 * screenshot with the most to see. The thumbnail is a screenshot where there is one. The original of
 * each is kept in the cache, so that no drive is woken for another size of it.
 *
 * @module
 */
import { join } from "node:path";
import { CommandError } from "../../base/command.ts";
import { ConflictError, UnavailableError } from "../../base/errors.ts";
import type { MediaFile } from "../media.ts";
import { type Cache, tagOf } from "./cache.ts";
import { type CoverDeps, findCover, kindIn, noPicture, pictureFacts } from "./covers.ts";
import { NEEDS_FFMPEG } from "./ffmpeg.ts";
import type { FilmMaker } from "./film_pictures.ts";
import { lookAt } from "./film/make_film.ts";
import { takeOne } from "./film/quick.ts";
import { chooseEncoding, type Encoding, formatOf } from "./formats.ts";
import type { InTurn, Turn } from "./in_turn.ts";
import type { Picture } from "./store.ts";

export interface PostersDeps extends CoverDeps {
  cache: Cache;
  films: FilmMaker;
  inTurn: InTurn;
  /** Ends what is under way for people who may have gone. */
  signal: AbortSignal;
}

export type PosterKind = "poster" | "thumbnail";

export interface Wanted {
  /** In pixels; the next larger of `widths` is given, but never more than there is. */
  width?: number | undefined;
  /** With or without its dot. */
  extension?: string | undefined;
  accept?: string | undefined;
}

/** What pages want: a list, a grid, a page of its own, a large screen. */
export const widths = [160, 320, 640, 1280];

/** The pictures of a shorter film are all made at once: that takes no longer. */
const LONG_MS = 120_000;

export type Posters = ReturnType<typeof createPosters>;

export function createPosters({ store, cache, ffmpeg, films, inTurn, signal }: PostersDeps) {
  const underWay = new Map<string, Promise<Picture>>();

  /** The same work is done once for all who ask. */
  const once = (key: string, work: () => Promise<Picture>): Promise<Picture> => {
    let running = underWay.get(key);
    if (!running) {
      running = work().finally(() => underWay.delete(key));
      running.catch(() => {});
      underWay.set(key, running);
    }
    return running;
  };

  /** The original that all sizes are made of. */
  const original = (file: MediaFile, kind: PosterKind): Promise<Picture> => {
    const about = store.about(file.id);
    if (!about) throw noPicture(file);
    const { itemId, madeOf } = about;
    const uploaded = store.uploaded(itemId, kind);
    if (uploaded) return Promise.resolve(uploaded);
    const kept = store.find(itemId, kind, "original");
    if (kept?.madeOf === madeOf) return Promise.resolve(kept);
    return once(`${file.id} ${kind}`, async () => {
      await using folder = await cache.workFolder();
      const to = join(folder.path, "original");
      const source = await findOriginal(file, kind, to, folder.path);
      const bytes = await Deno.readFile(to);
      const details = { ...source, content: await tagOf(bytes) };
      const made = { kind, label: "original", file: to, ...pictureFacts(bytes), details, madeOf };
      // Sizes of what was the original before are of no use to anybody.
      await cache.replace(itemId, [kind], [made]);
      return store.find(itemId, kind, "original") ?? Promise.reject(tooSmall(file));
    });
  };

  const findOriginal = async (file: MediaFile, kind: PosterKind, to: string, folder: string) => {
    const turn = { signal };
    if (kind === "poster" || !await canDecode(file)) {
      return await cover(file, to, folder, turn) ?? await frame(file, to, turn);
    }
    return await frame(file, to, turn).catch(async (error) => {
      if (!(error instanceof ConflictError)) throw error; // damaged, and yet it may have a cover
      return await cover(file, to, folder, turn) ?? Promise.reject(error);
    });
  };

  const canDecode = async (file: MediaFile): Promise<boolean> =>
    kindIn(file) !== "audio" && await ffmpeg.isHere();

  const cover = async (file: MediaFile, to: string, folder: string, turn: Turn) => {
    const found = await inTurn(
      file,
      turn,
      (path, signal) => findCover(file, path, { store, ffmpeg, folder, signal }),
    ).catch((error) => {
      if (error instanceof CommandError && error.details.code !== undefined) return undefined;
      throw error;
    });
    if (!found) return undefined;
    await Deno.writeFile(to, found.bytes);
    return { origin: found.origin, name: found.name };
  };

  const frame = async (file: MediaFile, to: string, turn: Turn) => {
    if (kindIn(file) === "audio") throw noPicture(file);
    if (!await ffmpeg.isHere()) throw noPicture(file, NEEDS_FFMPEG);
    films.refuseKnown(file);
    const quick = films.find(file) ? undefined : await frameQuickly(file, to, turn);
    if (quick) return quick;
    const { shots } = await films.ensure(file, turn);
    const richness = ({ details }: Picture) => Number(details.variance);
    const best = shots.reduce((best, shot) => richness(shot) > richness(best) ? shot : best);
    const bytes = await cache.read(best);
    if (!bytes) throw tooSmall(file);
    await Deno.writeFile(to, bytes);
    return { origin: "frame", time_ms: best.details.time_ms };
  };

  /** Of a film that has no pictures yet, and is long enough that one alone is much sooner there. */
  const frameQuickly = async (file: MediaFile, to: string, turn: Turn) => {
    if (kindIn(file) !== "video" || (file.durationMs ?? 0) < LONG_MS) return undefined;
    await using folder = await cache.workFolder();
    const options = { folder: folder.path, ffmpeg, inBackground: false };
    return await inTurn(file, turn, async (path, signal) => {
      const { film, durationS } = await lookAt(path, { ...options, signal });
      const shot = film && durationS &&
        await takeOne(path, film, durationS, { ...options, signal });
      if (!shot) return undefined;
      await Deno.copyFile(join(folder.path, shot.file), to);
      return { origin: "frame", time_ms: Math.round(shot.timeS * 1000) };
    }).catch((error) => {
      // Damaged there, perhaps not elsewhere.
      if (error instanceof CommandError && error.details.code !== undefined) return undefined;
      throw error;
    });
  };

  const resize = async (file: MediaFile, from: Picture, width: number, as: Encoding) => {
    const label = `${width}w.${as.extension}`;
    const madeOf = sizeMadeOf(from);
    const kept = store.find(from.itemId, from.kind, label);
    if (kept?.madeOf === madeOf) return kept;
    return await once(`${from.id} ${label}`, async () => {
      await using folder = await cache.workFolder();
      const to = join(folder.path, `picture.${as.extension}`);
      const height = Math.max(1, Math.round(from.height! * width / from.width!));
      const args = ["-nostdin", "-v", "error", "-y", "-i", `file:${cache.absolute(from.path)}`];
      const scale = `scale=${width}:${height}:flags=lanczos,setsar=1`;
      const format = as.name === "jpeg" ? "scale=out_range=full,format=yuvj420p" : "format=yuv420p";
      args.push("-an", "-frames:v", "1", "-vf", `${scale},${format}`, ...as.args, "-f", as.muxer);
      if (as.muxer === "image2") args.push("-update", "1");
      await ffmpeg.run([...args, `file:${to}`], { signal });
      const { kind } = from;
      const size = { width, height };
      const { extension, mime: mimeType } = as;
      const details = { of: from.label };
      await cache.add(from.itemId, {
        kind,
        label,
        file: to,
        extension,
        mimeType,
        ...size,
        details,
        madeOf,
      });
      return store.find(from.itemId, kind, label) ?? Promise.reject(tooSmall(file));
    });
  };

  return {
    /** @throws {NotFoundError} there is no picture of it; {UnavailableError} no ffmpeg, no drive */
    async find(file: MediaFile, kind: PosterKind, wanted: Wanted): Promise<Picture> {
      if (wanted.extension !== undefined) formatOf(wanted.extension);
      const from = await original(file, kind);
      // Without ffmpeg it is given as it is.
      const abilities = await ffmpeg.abilities().catch(() => undefined);
      const encoding = abilities && chooseEncoding(abilities.encodings, wanted);
      if (!encoding || !from.width) return from;
      const asked = wanted.width ?? 640;
      const width = widths.find((it) => it >= asked) ?? widths.at(-1)!;
      return await resize(file, from, Math.min(width, from.width), encoding);
    },

    original,
  };
}

/** What sizes are made of: another one when the original is another picture. */
function sizeMadeOf({ id, madeOf, origin, path, details }: Picture): string {
  if (origin === "upload") return `${id} ${path}`;
  return details.content === undefined ? madeOf : `${madeOf} ${details.content}`;
}

/** A name for the content of a picture, for caches: another one after each change. */
export async function etagOfPicture(picture: Picture): Promise<string> {
  const { kind, label } = picture;
  // Addresses of these are written into the WebVTT, where there is one name for all.
  if (kind === "screenshot" || kind === "sprite") return await tagOf(picture.madeOf);
  return await tagOf([sizeMadeOf(picture), kind, label].join(" "));
}

function tooSmall({ title }: MediaFile): UnavailableError {
  return new UnavailableError(
    `Cannot keep a picture of "${title}": the cache is too small. Raise SCREENSHOT_CACHE_SIZE_MB`,
  );
}
