/**
 * All pictures of a film, made once for its content and kept in the cache: sheets of tiles for the
 * seek bar with their WebVTT, screenshots, and the fingerprint in the database.
 *
 * @module
 */
import { join } from "node:path";
import { CommandError } from "../../base/command.ts";
import { ConflictError, NotFoundError, UnavailableError } from "../../base/errors.ts";
import { orAborted } from "../../base/service.ts";
import type { MediaFile } from "../media.ts";
import { type Cache, type Made, tagOf } from "./cache.ts";
import { kindIn } from "./covers.ts";
import type { Ffmpeg } from "./ffmpeg.ts";
import { type FilmPictures, lookAt, makeFilm } from "./film/make_film.ts";
import { toVtt } from "./film/vtt.ts";
import type { InTurn, Turn } from "./in_turn.ts";
import { BLANK } from "./phash.ts";
import type { ImageStore, Picture } from "./store.ts";

export interface FilmPicturesDeps {
  store: ImageStore;
  cache: Cache;
  ffmpeg: Ffmpeg;
  inTurn: InTurn;
  /** Ends what is under way for people who may have gone. */
  signal: AbortSignal;
}

export interface FilmSet {
  itemId: string;
  madeOf: string;
  /** In the order of time. */
  shots: Picture[];
  /** The sheets in order, and their WebVTT; none of a still picture. */
  sheets: Picture[];
  vtt: Picture | undefined;
}

/** Films that are waited for at once; a page that asks for more is told to come again. */
const MAX_UNDER_WAY = 500;

export type FilmMaker = ReturnType<typeof createFilmMaker>;

export function createFilmMaker(deps: FilmPicturesDeps) {
  const { store, cache, ffmpeg, inTurn } = deps;
  const underWay = new Map<string, Promise<void>>();

  const about = (file: MediaFile) => {
    const found = store.about(file.id);
    if (!found) throw new NotFoundError(`Cannot find media "${file.id}"`, { id: file.id });
    return found;
  };

  /** What is there of the file as it is now; undefined unless it is all of it. */
  const find = (file: MediaFile): FilmSet | undefined => {
    const { itemId, madeOf } = about(file);
    const shots = store.list(itemId, "screenshot");
    const sprites = store.list(itemId, "sprite");
    if ([...shots, ...sprites].some((it) => it.madeOf !== madeOf)) return undefined;
    const { shots: shotsMade, sprites: spritesMade } = shots[0]?.details ?? {};
    if (shots.length !== shotsMade || sprites.length !== spritesMade) return undefined;
    const vtt = sprites.find(({ label }) => label === "vtt");
    return { itemId, madeOf, shots, vtt, sheets: sprites.filter((it) => it !== vtt) };
  };

  const make = async (file: MediaFile, turn: Turn): Promise<void> => {
    const { itemId, madeOf } = about(file);
    await ffmpeg.abilities(); // before a drive is woken for nothing
    const isStill = kindIn(file) === "image";
    try {
      await using folder = await cache.workFolder();
      const made = await inTurn(file, turn, async (path, signal) => {
        await emptyFolder(folder.path);
        const inBackground = turn.job !== undefined;
        const options = { folder: folder.path, ffmpeg, signal, inBackground };
        const { film, ...look } = await lookAt(path, options, isStill);
        return film && await makeFilm(path, { film, ...look }, isStill, options);
      });
      if (!made) throw new ConflictError("there is no picture in it");
      if (made.shots.length === 0) throw new ConflictError("no picture of it can be decoded");
      const kept = await toKept(made, madeOf, folder.path);
      await cache.replace(itemId, ["screenshot", "sprite"], kept);
      const durationMs = Math.round(made.plan.durationS * 1000);
      store.saveMade(file.id, {
        madeOf,
        ...hasSubstance(made.fingerprint) && {
          fingerprint: {
            kind: durationMs > 0 ? "video" : "image",
            frames: made.fingerprint,
            ...durationMs > 0 && { durationMs },
          },
        },
      });
    } catch (error) {
      const reason = reasonToGiveUp(error, turn.signal);
      if (reason === undefined) throw error;
      store.saveMade(file.id, { madeOf, error: reason });
      throw refusal(file, reason);
    }
  };

  /** @throws {ConflictError} it is known already that none can be made of this content */
  const refuseKnown = (file: MediaFile): void => {
    const known = store.made(file.id);
    if (known?.error && known.madeOf === about(file).madeOf) throw refusal(file, known.error);
  };

  return {
    find,
    refuseKnown,

    /**
     * The pictures of a film; made now, where they are not there. Who asks for a film that is being
     * worked on waits for that.
     *
     * @throws {ConflictError} none can be made of this content
     * @throws {UnavailableError} there is no ffmpeg, or its drive is away
     */
    async ensure(file: MediaFile, turn: Turn): Promise<FilmSet> {
      for (let other = underWay.get(file.id); other; other = underWay.get(file.id)) {
        await orAborted(other.catch(() => {}), turn.signal); // it fails for whom it belongs to
        turn.signal.throwIfAborted();
      }
      const there = find(file);
      if (there) return there;
      refuseKnown(file);
      if (underWay.size >= MAX_UNDER_WAY) {
        throw new UnavailableError("Cannot make more pictures now: many are made. Ask again later");
      }
      // For people it goes on when one of them leaves: the next will ask for the same.
      const work = make(file, turn.job ? turn : { signal: deps.signal })
        .finally(() => underWay.delete(file.id));
      underWay.set(file.id, work);
      await orAborted(work, turn.signal);
      turn.signal.throwIfAborted();
      const made = find(file);
      if (made) return made;
      throw new UnavailableError(
        `Cannot keep the pictures of "${file.title}": the cache is too small, or the file has ` +
          "changed meanwhile. Raise SCREENSHOT_CACHE_SIZE_MB, or ask again",
      );
    },
  };
}

/** Of a file that is damaged the library says what is wrong with it, and better than ffmpeg does. */
function refusal({ title, error }: MediaFile, reason: string): ConflictError {
  return new ConflictError(`Cannot make pictures of "${title}": ${error ?? reason}`);
}

/** Why nothing will ever come of this content; undefined where another time it may. */
function reasonToGiveUp(error: unknown, signal: AbortSignal): string | undefined {
  if (signal.aborted) return undefined;
  if (error instanceof ConflictError) return error.message;
  if (error instanceof SyntaxError) return "ffprobe does not understand it";
  if (!(error instanceof CommandError)) return undefined;
  const { stderr } = error.details;
  const said = typeof stderr === "string" && stderr ? lastLine(stderr) : error.message;
  return `it is damaged, or this ffmpeg does not know what is in it (${said})`;
}

/** ffmpeg complains of many things, and says last what ended it. */
function lastLine(said: string): string {
  return said.trim().split("\n").at(-1)!.slice(0, 300);
}

function hasSubstance(fingerprint: Uint8Array): boolean {
  return fingerprint.some((byte) => byte !== Number(BLANK));
}

async function toKept(made: FilmPictures, madeOf: string, folder: string): Promise<Made[]> {
  const { plan, shots, sheets, sheetExtension: extension, tileTimesS } = made;
  const hasTiles = plan.durationS > 0 && sheets.length > 0;
  const sprites = hasTiles ? sheets.length + 1 : 0;
  const kept: Made[] = shots.map(({ file, timeS, variance }, at) => ({
    kind: "screenshot",
    label: String(at).padStart(2, "0"),
    file: join(folder, file),
    extension: "jpg",
    mimeType: "image/jpeg",
    ...plan.shot,
    details: {
      time_ms: Math.round(timeS * 1000),
      variance: Math.round(variance),
      shots: shots.length,
      sprites,
    },
    madeOf,
  }));
  if (!hasTiles) return kept;
  const [width, height] = [plan.tile.width * plan.columns, plan.tile.height * plan.rows];
  for (const [at, file] of sheets.entries()) {
    kept.push({
      kind: "sprite",
      label: String(at).padStart(3, "0"),
      file: join(folder, file),
      extension,
      mimeType: `image/${extension === "jpg" ? "jpeg" : extension}`,
      width,
      height,
      details: { columns: plan.columns, rows: plan.rows },
      madeOf,
    });
  }
  const tag = await tagOf(madeOf);
  const vtt = toVtt(tileTimesS, plan, (sheet) => `sprite-${sheet}.${extension}?v=${tag}`);
  const file = join(folder, "sprite.vtt");
  await Deno.writeTextFile(file, vtt);
  kept.push({
    kind: "sprite",
    label: "vtt",
    file,
    extension: "vtt",
    mimeType: "text/vtt",
    details: {
      tiles: tileTimesS.length,
      sheets: sheets.length,
      interval_s: plan.intervalS,
      tile_width: plan.tile.width,
      tile_height: plan.tile.height,
    },
    madeOf,
  });
  return kept;
}

async function emptyFolder(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) await Deno.remove(join(folder, name));
}
