/** Folders and files of a test's own, gone with it. @module */
import { dirname, join } from "node:path";

export interface TempDir extends AsyncDisposable {
  /** Absolute, links resolved. */
  path: string;
  /** Writes a file, its folders included, and returns its path. */
  file(name: string, content: Uint8Array | string): Promise<string>;
}

/** `await using dir = await tempDir()`. */
export async function tempDir(): Promise<TempDir> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "giggityflix-test-" }));
  return {
    path,
    file: async (name, content) => {
      const file = join(path, name);
      await Deno.mkdir(dirname(file), { recursive: true });
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(file, bytes);
      return file;
    },
    [Symbol.asyncDispose]: async () => {
      await Deno.remove(path, { recursive: true });
    },
  };
}

/** Bytes that look random, the same for the same seed. */
export function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0 || 1;
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
  return bytes;
}
