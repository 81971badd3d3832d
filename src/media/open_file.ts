/**
 * Opens a media file for somebody who wants its bytes: only inside the media folders, and each
 * read ahead of all background work on its drives.
 *
 * @module
 */
import { join } from "node:path";
import { DeniedError, NotFoundError, UnavailableError } from "../base/errors.ts";
import { isBelow } from "../base/files.ts";
import type { Lanes } from "../pool/mod.ts";
import { openFilmReader } from "./film_reader.ts";
import { type MediaFile, mediaTypes } from "./media.ts";
import { extensionOf } from "./media.ts";
import { type Touch, touchFreely } from "./scan/walk/touch.ts";

export interface OpenedFile extends Disposable {
  sizeBytes: number;
  modifiedMs: number;
  mimeType: string;
  /** The bytes from `offset`, `length` of them; fewer only where the file ends. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

export interface OpenFileDeps {
  /** The media folders, absolute, links resolved. */
  roots: () => readonly string[];
  lanes: Lanes;
  touch?: Touch;
}

/**
 * Opens the file of a library entry.
 *
 * @throws {NotFoundError} it is not there (any more); `details.reason` is "FILE_GONE"
 * @throws {DeniedError} it does not lie in a media folder, or may not be read
 * @throws {UnavailableError} its file system does not answer
 */
export async function openFile(
  { root, relativePath, driveIds }: MediaFile,
  { roots, lanes, touch = touchFreely }: OpenFileDeps,
): Promise<OpenedFile> {
  const path = join(root, relativePath);
  const open = async () => {
    const real = await Deno.realPath(path);
    // After resolving links: a path that has become a link must not lead out of the folders.
    const inside = roots().includes(root) && roots().some((folder) => isBelow(real, folder));
    if (!inside) throw new DeniedError(`Cannot read "${relativePath}": it is in no media folder`);
    // Asked before it is opened: to open a pipe is to wait for whoever writes into it.
    if (!(await Deno.stat(real)).isFile) throw new Deno.errors.NotFound("It is no file any more");
    const file = await Deno.open(real);
    return { file, info: await file.stat() };
  };
  const opening = Promise.withResolvers<Awaited<ReturnType<typeof open>>>();
  const { file, info } = await translate(relativePath, () =>
    touch(path, () => {
      open().then(opening.resolve, opening.reject);
      return opening.promise;
    })).catch((error) => {
      // Opened after all, when nobody waits any more.
      opening.promise.then(({ file }) => file.close(), () => {});
      throw error;
    });
  // From now on background work leaves these drives to whoever is about to watch.
  lanes.openStream(driveIds);

  const reader = openFilmReader(
    (offset, length) =>
      translate(relativePath, () => touch(path, () => readAt(file, offset, length))),
    { lanes, driveIds },
  );
  let isOpen = true;
  return {
    sizeBytes: info.size,
    modifiedMs: Math.floor(info.mtime?.getTime() ?? 0),
    mimeType: mediaTypes[extensionOf(relativePath)]?.mime ?? "application/octet-stream",
    read: reader.read,
    [Symbol.dispose]: () => {
      reader[Symbol.dispose]();
      if (isOpen) file.close();
      isOpen = false;
    },
  };
}

async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  await file.seek(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

async function translate<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      const details = { reason: "FILE_GONE" };
      throw new NotFoundError(`Cannot read "${name}": the file is gone`, details, { cause });
    }
    if (cause instanceof Deno.errors.PermissionDenied) {
      throw new DeniedError(`Cannot read "${name}": no right to read it`, {}, { cause });
    }
    if ((cause as { code?: string }).code === "EIO") {
      throw new UnavailableError(`Cannot read "${name}": its drive failed`, {}, { cause });
    }
    throw cause;
  }
}
