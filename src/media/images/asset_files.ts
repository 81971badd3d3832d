/**
 * The files of assets: what people gave is kept outside of what the cache throws away, and what lies
 * beside a film is read there, in turn.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { basename } from "node:path/posix";
import { InvalidError, NotFoundError } from "../../base/errors.ts";
import type { MediaFile } from "../media.ts";
import type { Shown } from "./artwork.ts";
import { type Cache, tagOf } from "./cache.ts";
import { MAX_PICTURE_BYTES, pictureFacts } from "./covers.ts";
import type { Ffmpeg } from "./ffmpeg.ts";
import type { InTurn } from "./in_turn.ts";

export interface AssetFilesDeps {
  cache: Cache;
  ffmpeg: Ffmpeg;
  inTurn: InTurn;
  find(mediaId: string): MediaFile | undefined;
  signal: AbortSignal;
}

/** What is known of an asset's file. */
export interface AssetFile {
  id: string;
  version: number;
  path: string;
  mimeType: string;
  /** Of what lies beside this file; otherwise it lies in the folder of artwork. */
  mediaId?: string | undefined;
}

export function createAssetFiles({ cache, ffmpeg, inTurn, find, signal }: AssetFilesDeps) {
  /** A picture that only says to be one must not come to those who look at the library. */
  const checkDecodes = async (path: string): Promise<void> => {
    if (!await ffmpeg.isHere()) return;
    const decode = ["-xerror", "-i", `file:${path}`, "-frames:v", "1", "-f", "null", "-"];
    await ffmpeg.run(["-nostdin", "-v", "error", ...decode], { signal }).catch((cause) => {
      signal.throwIfAborted();
      throw new InvalidError("Cannot take the picture: it cannot be decoded", {}, { cause });
    });
  };

  const readBeside = async (mediaId: string, name: string, signal: AbortSignal) => {
    const file = find(mediaId);
    if (!file || basename(name) !== name || /[\\/]/.test(name)) {
      throw new NotFoundError(`Cannot read "${name}": it is not beside a film of this library`);
    }
    return await inTurn(file, { signal }, async (path) => {
      const beside = join(dirname(path), name);
      // No link: it could lead out of the media folders.
      const info = await Deno.lstat(beside).catch(() => undefined);
      if (!info?.isFile || info.size > MAX_PICTURE_BYTES) {
        throw new NotFoundError(`Cannot read "${name}": it is gone, or too large`);
      }
      return await Deno.readFile(beside);
    });
  };

  return {
    uploads: {
      /** Keeps what a person gave. @throws {InvalidError} the bytes are no picture */
      async keep(bytes: Uint8Array<ArrayBuffer>) {
        if (bytes.length > MAX_PICTURE_BYTES) {
          throw new InvalidError(`Cannot take the picture: it is over ${MAX_PICTURE_BYTES} bytes`);
        }
        const facts = pictureFacts(bytes);
        await using work = await cache.workFolder();
        const from = join(work.path, `upload.${facts.extension}`);
        await Deno.writeFile(from, bytes);
        await checkDecodes(from);
        const path = `uploads/${await tagOf(crypto.randomUUID())}.${facts.extension}`;
        await Deno.mkdir(cache.absolute("uploads"), { recursive: true });
        await Deno.rename(from, cache.absolute(path));
        return { ...facts, path, sizeBytes: bytes.length };
      },
    },

    /** The file of an asset whose row is gone; of what the cache counted, with its bytes. */
    async removeAsset(path: string, cachedBytes = 0): Promise<void> {
      await cache.drop(path, cachedBytes);
    },

    /** An asset's bytes. @throws (its `read`) {NotFoundError} the file is gone */
    async shownAsset(asset: AssetFile, signal: AbortSignal): Promise<Shown> {
      const { id, version, path, mimeType, mediaId } = asset;
      return {
        etag: await tagOf(`${id} ${version} ${path}`),
        mimeType,
        read: async () => {
          if (mediaId !== undefined) return await readBeside(mediaId, path, signal);
          return await Deno.readFile(cache.absolute(path)).catch((error) => {
            if (!(error instanceof Deno.errors.NotFound)) throw error;
            throw new NotFoundError(`Cannot show asset "${id}": its file is gone`, { id });
          });
        },
      };
    },
  };
}
