/**
 * The folder of artwork: files by item, no more bytes than the setting allows, the least used go
 * first. A file comes into being under another name and is then renamed, so what is there is whole;
 * after a crash rows and files are brought together again.
 *
 *     artwork/4f/4f1c…/poster-320w-9b2c….webp     of an item
 *     artwork/uploads/…                           what people gave: never thrown away here
 *     artwork/tmp/…                               what is being made: emptied at each start
 *
 * @module
 */
import { join } from "node:path";
import type { ImageStore, NewPicture, Picture } from "./store.ts";

export interface CacheDeps {
  store: ImageStore;
  /** The folder of artwork, absolute. */
  folder: string;
  /** Bytes that the cache may take; asked each time. */
  limitBytes(): number;
}

/** A picture that lies in a folder of its maker still. */
export interface Made extends Omit<NewPicture, "path" | "sizeBytes"> {
  file: string;
  extension: string;
}

/** Rows looked at, or files thrown away, before others have a turn. */
const BATCH = 32;
/** A picture that is looked at all the time is noted as used once a minute. */
const TOUCH_MS = 60_000;
/** A file without a row may be about to have one. */
const NEW_MS = 60_000;
const UPLOAD_GRACE_MS = 30 * 24 * 3_600_000;

export type Cache = ReturnType<typeof createCache>;

export function createCache({ store, folder, limitBytes }: CacheDeps) {
  const temporary = join(folder, "tmp");
  let bytes = store.cachedBytes();
  let evicting: Promise<void> | undefined;
  let cleaned: Promise<void> | undefined;

  const absolute = (path: string) => join(folder, path);

  const removeFile = async (path: string): Promise<void> => {
    await Deno.remove(absolute(path)).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  };

  /** Throws away what was used longest ago, until the rest fits. */
  const makeRoom = async (): Promise<void> => {
    while (bytes > limitBytes()) {
      const oldest = store.leastUsed(BATCH);
      if (oldest.length === 0) return void (bytes = 0);
      const gone: Picture[] = [];
      for (const picture of oldest) {
        if (bytes <= limitBytes()) break;
        await removeFile(picture.path);
        bytes -= picture.sizeBytes;
        gone.push(picture);
      }
      store.remove(gone.map(({ id }) => id));
    }
  };

  const evict = async (): Promise<void> => {
    evicting ??= makeRoom().finally(() => evicting = undefined);
    await evicting;
  };

  /** Pictures of items that are gone. They go late: the database may be brought back. */
  const removeLostUploads = async (graceMs: number): Promise<number> => {
    let removed = 0;
    for (const name of await list(absolute("uploads"))) {
      const path = `uploads/${name}`;
      if (store.isUploaded(path) || await ageMs(absolute(path)) < graceMs) continue;
      await removeFile(path);
      removed++;
    }
    return removed;
  };

  /** Moves what was made to its place. @returns what is to be kept of it */
  const settle = async (itemId: string, made: Made): Promise<NewPicture> => {
    const { file, extension: _, ...rest } = made;
    const path = await pathOf(itemId, made);
    const { size } = await Deno.stat(file);
    await Deno.mkdir(absolute(folderOf(itemId)), { recursive: true });
    await Deno.rename(file, absolute(path));
    return { ...rest, path, sizeBytes: size };
  };

  return {
    absolute,
    bytes: () => bytes,

    /** A new folder to make things in, gone when disposed. */
    async workFolder(): Promise<{ path: string } & AsyncDisposable> {
      // What the last run of the program was making when it ended.
      await (cleaned ??= Deno.remove(temporary, { recursive: true }).catch(() => {}));
      await Deno.mkdir(temporary, { recursive: true });
      const path = await Deno.makeTempDir({ dir: temporary });
      return {
        path,
        [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }).catch(() => {}),
      };
    },

    /** Keeps these, and no other pictures of these kinds of the item. */
    async replace(itemId: string, kinds: readonly string[], made: readonly Made[]): Promise<void> {
      const pictures: NewPicture[] = [];
      for (const one of made) pictures.push(await settle(itemId, one));
      const before = kinds.flatMap((kind) => store.list(itemId, kind));
      const left = store.replace(itemId, kinds, pictures);
      bytes += sum(pictures) - sum(before);
      for (const path of left) await removeFile(path);
      await evict();
    },

    /** Keeps one more. */
    async add(itemId: string, made: Made): Promise<void> {
      const picture = await settle(itemId, made);
      const before = store.find(itemId, picture.kind, picture.label);
      const left = store.add(itemId, picture);
      bytes += picture.sizeBytes - (before?.sizeBytes ?? 0);
      for (const path of left) await removeFile(path);
      await evict();
    },

    /** The bytes of a picture; undefined when its file is gone, and then its row is, too. */
    async read(picture: Picture): Promise<Uint8Array<ArrayBuffer> | undefined> {
      const { itemId, kind, usedAt, origin } = picture;
      try {
        const content = await Deno.readFile(absolute(picture.path));
        if (origin === "cache" && Date.now() - Date.parse(usedAt) > TOUCH_MS) {
          store.touch(itemId, kind);
        }
        return content;
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
        this.forget(picture);
        return undefined;
      }
    },

    /** Its file is not there any more. */
    forget({ id, origin, sizeBytes }: Picture): void {
      if (origin !== "cache") return;
      store.remove([id]);
      bytes -= sizeBytes;
    },

    evict,

    /** A file whose row is gone already; `cachedBytes` of it were counted. */
    async drop(path: string, cachedBytes: number): Promise<void> {
      await removeFile(path);
      bytes -= cachedBytes;
    },

    /**
     * Brings rows and files together, as a crash, or a person who tidies up, may have parted them:
     * rows without a file go, files without a row go.
     *
     * @returns how many of each there were
     */
    async heal(
      signal: AbortSignal,
      graceMs = NEW_MS,
    ): Promise<{ rows: number; files: number }> {
      const healed = { rows: 0, files: 0 };
      for (let after = "";;) {
        signal.throwIfAborted();
        const page = store.cached(after, BATCH);
        if (page.length === 0) break;
        after = page.at(-1)!.id;
        for (const picture of page) {
          if (await exists(absolute(picture.path))) continue;
          this.forget(picture);
          healed.rows++;
        }
      }
      for await (const itemId of itemFolders(folder)) {
        signal.throwIfAborted();
        const names = await list(absolute(folderOf(itemId)));
        // Asked after the folder was read: what is new since has its row by then, or is not seen.
        const known = new Set(store.cachedPathsOf(itemId));
        const lost = names.map((name) => `${folderOf(itemId)}/${name}`)
          .filter((path) => !known.has(path));
        for (const path of lost) {
          // Renamed to its place, and about to be kept.
          if (await ageMs(absolute(path)) < graceMs) continue;
          await removeFile(path);
          healed.files++;
        }
        if (lost.length === names.length) {
          await Deno.remove(absolute(folderOf(itemId))).catch(() => {}); // unless it is in use again
        }
      }
      healed.files += await removeLostUploads(UPLOAD_GRACE_MS);
      bytes = store.cachedBytes();
      await evict();
      return healed;
    },
  };
}

function sum(pictures: readonly { sizeBytes: number }[]): number {
  return pictures.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
}

/** Ids are made here, and are names that every file system takes. */
function folderOf(itemId: string): string {
  if (!/^[\w-]{3,100}$/.test(itemId)) throw new TypeError(`"${itemId}" is no id of an item`);
  return `${itemId.slice(0, 2)}/${itemId}`;
}

/** Another content has another name, so nobody reads the one for the other. */
async function pathOf(itemId: string, { kind, label, madeOf, extension }: Made): Promise<string> {
  const plain = label.replaceAll(/[^\w]+/g, "-");
  return `${folderOf(itemId)}/${kind}-${plain}-${await tagOf(madeOf)}.${extension}`;
}

/** A short name for what something was made of, or is: 16 hexadecimal digits. */
export async function tagOf(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).slice(0, 8).toHex();
}

async function* itemFolders(folder: string): AsyncGenerator<string> {
  for (const part of await list(folder)) {
    if (!/^[\w-]{2}$/.test(part)) continue;
    for (const itemId of await list(join(folder, part))) {
      if (/^[\w-]{3,100}$/.test(itemId)) yield itemId;
    }
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw error;
  }
}

async function ageMs(path: string): Promise<number> {
  const info = await Deno.stat(path).catch(() => undefined);
  return Date.now() - (info?.ctime?.getTime() ?? info?.mtime?.getTime() ?? 0);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}
