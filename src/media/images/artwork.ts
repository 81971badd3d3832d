/**
 * Pictures of media files, for whoever asks: screenshots, the seek bar's tiles, posters and
 * thumbnails; made when they are wanted, or of all files in the background.
 *
 * @module
 */
import type { Run } from "../../base/command.ts";
import { Failure, InvalidError, NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import { pause } from "../../base/service.ts";
import type { Database } from "../../db/mod.ts";
import type { Jobs } from "../../pool/mod.ts";
import type { MediaFile } from "../media.ts";
import { makeAll, makeThese } from "./background.ts";
import { createAssetFiles } from "./asset_files.ts";
import { createCache } from "./cache.ts";
import { openFfmpeg } from "./ffmpeg.ts";
import { createFilmMaker } from "./film_pictures.ts";
import { MAX_SHOTS, spread } from "./film/plan.ts";
import { createInTurn, type InTurnDeps } from "./in_turn.ts";
import { createPosters, etagOfPicture, type PosterKind, type Wanted } from "./posters.ts";
import { createImageStore, type Picture } from "./store.ts";

export interface ArtworkDeps extends InTurnDeps {
  db: Database;
  /** The folder of artwork, absolute. */
  folder: string;
  run: Run;
  jobs: Jobs;
  publish: Publish;
  log: Log;
  find(mediaId: string): MediaFile | undefined;
  settings(): { cacheBytes: number };
}

/** A picture with its bytes, or without where the caller has them. */
export interface Shown {
  etag: string;
  mimeType: string;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface Screenshot {
  /** Its place among all of the film. */
  index: number;
  timeS: number;
  width: number;
  height: number;
  sizeBytes: number;
  mimeType: string;
  /** Absolute; it stays until the cache needs the room. */
  path: string;
  etag: string;
}

export type Artwork = ReturnType<typeof openArtwork>;

/** How long the background waits for something to do before it looks by itself. */
const LOOK_MS = 3_600_000;
const RETRY_MS = 60_000;

/** Opens the pictures in `deps.folder`; dispose it to end what is under way. */
export function openArtwork(deps: ArtworkDeps) {
  const { db, folder, run, jobs, publish, log, find, settings } = deps;
  const closed = new AbortController();
  const { signal } = closed;
  const store = createImageStore(db);
  const ffmpeg = openFfmpeg(run);
  const cache = createCache({ store, folder, limitBytes: () => settings().cacheBytes });
  const inTurn = createInTurn(deps);
  const films = createFilmMaker({ store, cache, ffmpeg, inTurn, signal });
  const posters = createPosters({ store, cache, ffmpeg, films, inTurn, signal });
  let nudged = new AbortController();

  const fileOf = (mediaId: string): MediaFile => {
    const file = find(mediaId);
    if (!file) throw new NotFoundError(`Cannot find media "${mediaId}"`, { id: mediaId });
    return file;
  };

  const shown = async (picture: Picture, again: () => Promise<Picture>): Promise<Shown> => ({
    etag: await etagOfPicture(picture),
    mimeType: picture.mimeType,
    read: async () => {
      const bytes = await cache.read(picture) ?? await cache.read(await again());
      if (!bytes) throw new NotFoundError("Cannot show the picture: it has left the cache");
      return bytes;
    },
  });

  const poster = async (kind: PosterKind, mediaId: string, wanted: Wanted): Promise<Shown> => {
    const file = fileOf(mediaId);
    const get = () => posters.find(file, kind, wanted);
    return await shown(await get(), get);
  };

  /** One of the pictures of a film. */
  const ofFilm = async (
    mediaId: string,
    what: string,
    choose: (set: Awaited<ReturnType<typeof films.ensure>>) => Picture | undefined,
    signal: AbortSignal,
  ): Promise<Shown> => {
    const get = async () => {
      const file = fileOf(mediaId);
      const picture = choose(await films.ensure(file, { signal }));
      if (!picture) throw new NotFoundError(`Cannot find ${what} of "${file.title}"`);
      return picture;
    };
    return await shown(await get(), get);
  };

  const makeNow = async (
    mediaIds: readonly string[] | undefined,
    asked: AbortSignal,
  ): Promise<void> => {
    const deps = { store, films, ffmpeg, jobs, publish };
    const either = AbortSignal.any([asked, signal]);
    if (mediaIds) await makeThese(mediaIds.map(fileOf), deps, either);
    else await makeAll(deps, either);
  };

  const screenshots = async (
    mediaId: string,
    count: number,
    signal: AbortSignal,
  ): Promise<Screenshot[]> => {
    if (!Number.isInteger(count) || count < 1 || count > MAX_SHOTS) {
      throw new InvalidError(`Cannot take ${count} screenshots: ask for 1 to ${MAX_SHOTS}`);
    }
    const file = fileOf(mediaId);
    const { shots } = await films.ensure(file, { signal });
    const timesS = shots.map(({ details }) => Number(details.time_ms) / 1000);
    const durationS = (file.durationMs ?? 0) / 1000 || (timesS.at(-1)! + timesS[0]!);
    const chosen = spread(timesS, count, durationS).map((index) => shots[index]!);
    return await Promise.all(chosen.map(async (shot) => ({
      index: Number(shot.label),
      timeS: Number(shot.details.time_ms) / 1000,
      width: shot.width!,
      height: shot.height!,
      sizeBytes: shot.sizeBytes,
      mimeType: shot.mimeType,
      path: cache.absolute(shot.path),
      etag: await etagOfPicture(shot),
    })));
  };

  return {
    /**
     * So many screenshots spread over a film; fewer where it has fewer key frames.
     *
     * @throws {InvalidError} not 1 to 10
     * @throws as FilmMaker.ensure()
     */
    screenshots,

    screenshot: (mediaId: string, index: number, signal: AbortSignal): Promise<Shown> =>
      ofFilm(mediaId, `screenshot ${index}`, ({ shots }) => shots[index], signal),

    /** The WebVTT of the seek bar's tiles. */
    spriteVtt: (mediaId: string, signal: AbortSignal): Promise<Shown> =>
      ofFilm(mediaId, "tiles", ({ vtt }) => vtt, signal),

    sprite: (mediaId: string, sheet: number, signal: AbortSignal): Promise<Shown> =>
      ofFilm(mediaId, `sheet ${sheet}`, ({ sheets }) => sheets[sheet], signal),

    /** Poster or thumbnail, as a page wants it. @throws as Posters.find() */
    poster,

    /** Whether pictures can be made here. */
    hasFfmpeg: ffmpeg.isHere,

    /** Bytes that the cache takes, of how many. */
    usage: () => ({ bytes: cache.bytes(), limitBytes: settings().cacheBytes }),

    /** There may be new files to make pictures of. */
    nudge: (): void => nudged.abort(),

    /**
     * Makes the pictures of these files, or of all that have none, and waits for it.
     *
     * @throws {NotFoundError} there is no such file
     * @throws {UnavailableError} there is no ffmpeg
     */
    makeNow,

    /** The same, and nobody waits. */
    begin(mediaIds: readonly string[] | undefined): void {
      const chosen = mediaIds?.map((id) => fileOf(id).id);
      makeNow(chosen, signal).catch((error) => {
        if (!signal.aborted) log.warn("Pictures were not made", { error });
      });
    },

    ...createAssetFiles({ cache, ffmpeg, inTurn, find, signal }),
    heal: cache.heal,

    /** Heals the cache, then makes the pictures of all files where `all` is set. */
    async service({ all }: { all: boolean }, signal: AbortSignal): Promise<void> {
      const healed = await cache.heal(signal);
      if (healed.rows + healed.files > 0) log.info("Cache of pictures was put in order", healed);
      while (!signal.aborted) {
        nudged = new AbortController();
        const waitMs = !all
          ? LOOK_MS
          : await makeNow(undefined, signal).then(() => LOOK_MS, (error) => {
            if (signal.aborted) return 0;
            if (!(error instanceof Failure)) throw error;
            log.warn("Pictures wait", { error });
            return RETRY_MS;
          });
        await pause(waitMs, AbortSignal.any([signal, nudged.signal]));
        if (!all) await cache.evict();
      }
    },

    [Symbol.dispose]: () => closed.abort(new DOMException("The program ends", "AbortError")),
  };
}
