/**
 * Puts an NFO file beside a film: whole or not at all, inside the media folders whatever links lead
 * there, and never in the place of one that somebody else has written, unless asked to.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, dirname, extname, join } from "node:path";
import {
  ConflictError,
  DeniedError,
  NotFoundError,
  reasonOf,
  UnavailableError,
} from "../../../base/errors.ts";
import { isBelow, isWithin, syncFolder } from "../../../base/files.ts";

export interface NfoFile {
  /** Absolute. */
  path: string;
  modifiedMs: number;
  /** Where the former one is, if there was one of somebody else's. */
  kept?: string;
}

export interface WriteOptions {
  /** Absolute, links resolved. */
  roots: readonly string[];
  overwrite: boolean;
}

/** A larger one is none of ours. */
const MAX_BYTES = 1024 * 1024;

/**
 * Writes `text` beside the film at `film`, as its name with the ending ".nfo".
 *
 * @throws {ConflictError} there is one of somebody else's, or one of ours that somebody has edited
 * @throws {DeniedError} it would lie outside of the media folders, or may not be written there
 * @throws {UnavailableError} the file system is read-only, full, or away
 */
export async function writeNfoFile(
  film: string,
  text: string,
  { roots, overwrite }: WriteOptions,
): Promise<NfoFile> {
  const name = `${basename(film, extname(film))}.nfo`;
  try {
    const real = await Deno.realPath(film);
    const folder = await Deno.realPath(dirname(film));
    const isFilmInside = roots.some((root) => isBelow(real, root));
    if (!isFilmInside || !roots.some((root) => isWithin(folder, root))) {
      throw new DeniedError(`Cannot write "${name}": it would lie in no media folder`);
    }
    return await replace(join(folder, name), signed(text), overwrite);
  } catch (error) {
    throw explained(error, name);
  }
}

async function replace(path: string, text: string, overwrite: boolean): Promise<NfoFile> {
  const part = join(dirname(path), `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}.part`);
  try {
    const there = await lookAt(path);
    if (there === "theirs" && !overwrite) {
      throw new ConflictError(
        `Cannot write "${basename(path)}": there is one that somebody else has written. ` +
          "Say overwrite: then that one is kept as .bak",
        { path },
      );
    }
    await writeWhole(part, text);
    const kept = there === "theirs" ? await keep(path) : undefined;
    if (there === "none") await putNew(part, path);
    else await Deno.rename(part, path);
    // A folder cannot be synced everywhere: its file system sees to it then.
    await syncFolder(dirname(path)).catch(() => {});
    const { mtime } = await Deno.stat(path);
    return { path, modifiedMs: mtime?.getTime() ?? 0, ...kept !== undefined && { kept } };
  } finally {
    await Deno.remove(part).catch(() => {}); // it has its name by now, or there never was one
  }
}

/** Whether a text is as we have written it: its signature fits. */
async function lookAt(path: string): Promise<"none" | "ours" | "theirs"> {
  try {
    const info = await Deno.lstat(path);
    if (!info.isFile || info.size > MAX_BYTES) return "theirs";
    return isSigned(await Deno.readTextFile(path)) ? "ours" : "theirs";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "none";
    throw error;
  }
}

/** The XML with a comment behind its first line, by which we know it again. */
export function signed(xml: string): string {
  const end = xml.indexOf("\n") + 1;
  return `${xml.slice(0, end)}<!-- giggityflix ${digestOf(xml)} -->\n${xml.slice(end)}`;
}

export function isSigned(text: string): boolean {
  const [comment, digest] = /<!-- giggityflix ([0-9a-f]{64}) -->\n/.exec(text) ?? [];
  return comment !== undefined && digestOf(text.replace(comment, "")) === digest;
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function writeWhole(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length;) from += await file.write(bytes.subarray(from));
  await file.sync();
}

/** A name that nobody has by then. Where a file cannot have two names, the rename may replace one. */
async function putNew(part: string, path: string): Promise<void> {
  try {
    await Deno.link(part, path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new ConflictError(`Cannot write "${basename(path)}": somebody has just done so`);
    }
    await Deno.rename(part, path);
  }
}

/** Gives the former file the first free name of "film.nfo.bak", "film.nfo.bak2", … */
async function keep(path: string): Promise<string> {
  for (let count = 1;; count++) {
    const kept = `${path}.bak${count === 1 ? "" : count}`;
    try {
      await Deno.lstat(kept);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      await Deno.rename(path, kept);
      return kept;
    }
  }
}

const reasons: Record<string, string> = {
  EROFS: "its file system is read-only",
  ENOSPC: "the disk is full: free some space",
  EDQUOT: "the disk quota is used up",
  EIO: "the disk failed",
};

function explained(error: unknown, name: string): unknown {
  const code = (error as { code?: string }).code ?? "";
  if (code in reasons) {
    return new UnavailableError(`Cannot write "${name}": ${reasons[code]}`, {}, { cause: error });
  }
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return new DeniedError(`Cannot write "${name}": this program may not write there`, {}, {
      cause: error,
    });
  }
  if (error instanceof Deno.errors.NotFound) {
    return new NotFoundError(`Cannot write "${name}": its film is gone`, {}, { cause: error });
  }
  if (code !== "") {
    const message = `Cannot write "${name}": ${reasonOf(error)}`;
    return new UnavailableError(message, {}, { cause: error });
  }
  return error;
}
