/**
 * Where the bytes of screenshots are, by a name that says what they are (their hash): in a folder
 * here, or wherever else something of this shape keeps them.
 *
 * @module
 */
import { join } from "node:path";

export interface ObjectStore {
  /** Whole or not at all; the same name is the same bytes. */
  put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  get(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  remove(name: string): Promise<void>;
  /** Where a viewer gets it by himself, for some minutes; only of a store that others can reach. */
  linkTo?(name: string): Promise<string>;
  /** Names, and when each was put there: milliseconds since 1970. */
  list(): AsyncIterable<{ name: string; putAt: number }>;
}

/** In `folder`, which is made with the first of them. */
export function folderObjects(folder: string): ObjectStore {
  // Many files in one folder are slow to look through: 256 folders.
  const placeOf = (name: string) => join(folder, name.slice(0, 2), checked(name));
  return {
    async put(name, bytes) {
      const path = placeOf(name);
      await Deno.mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
      const part = `${path}.${crypto.randomUUID()}.part`;
      try {
        await Deno.writeFile(part, bytes, { mode: 0o600 });
        await Deno.rename(part, path);
      } catch (error) {
        await Deno.remove(part).catch(() => {});
        throw error;
      }
    },
    get: (name) => Deno.readFile(placeOf(name)).catch(none),
    remove: (name) => Deno.remove(placeOf(name)).catch(none),
    async *list() {
      for (const { name: inner } of await Array.fromAsync(Deno.readDir(folder)).catch(nothing)) {
        if (!/^[0-9a-f]{2}$/.test(inner)) continue;
        for await (const { name } of Deno.readDir(join(folder, inner))) {
          if (!/^[0-9a-f]{64}\.[a-z]+/.test(name)) continue;
          const info = await Deno.stat(join(folder, inner, name)).catch(none);
          if (info?.isFile) yield { name, putAt: info.mtime?.getTime() ?? 0 };
        }
      }
    },
  };
}

/** In memory: for an edge that is given no place. */
export function memoryObjects(): ObjectStore {
  const objects = new Map<string, { bytes: Uint8Array<ArrayBuffer>; putAt: number }>();
  return {
    put: (name, bytes) => Promise.resolve(void objects.set(name, { bytes, putAt: Date.now() })),
    get: (name) => Promise.resolve(objects.get(name)?.bytes),
    remove: (name) => Promise.resolve(void objects.delete(name)),
    async *list() {
      for (const [name, { putAt }] of [...objects]) yield { name, putAt };
    },
  };
}

/** What a program that was killed has left half written is no picture, but may be removed. */
function checked(name: string): string {
  if (/^[0-9a-f]{64}\.[a-z]+(\.[0-9a-f-]+\.part)?$/.test(name)) return name;
  throw new TypeError(`Not the name of an object: ${name}`);
}

function none(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function nothing(error: unknown): Deno.DirEntry[] {
  none(error);
  return [];
}
