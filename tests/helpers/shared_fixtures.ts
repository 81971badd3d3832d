/**
 * Recorded output of other people's machines. It is not ours to copy into the project, so it stands
 * beside it; where it is missing, the tests that want it are ignored, and are seen to be.
 *
 * @module
 */
import { decodeText } from "../../src/drives/readers/decode.ts";

const folder = new URL("../../../shared/fixtures/", import.meta.url);

/** Whether the recordings are on this machine: `ignore: !hasShared`. */
export const hasShared = isThere(new URL("INDEX.tsv", folder));

/** The text of one recording, decoded as `drives --replay` does: `sharedText("linux/df.txt")`. */
export function sharedText(path: string): string {
  return decodeText(Deno.readFileSync(new URL(path, folder)));
}

/** Every file below a folder of the recordings, or of all, as paths for `sharedText`, sorted. */
export function sharedPaths(below = ""): string[] {
  if (!hasShared) return [];
  const found: string[] = [];
  // Not `new URL("/", folder)`, which is the root of this machine.
  for (const { name, isDirectory } of Deno.readDirSync(new URL(`./${below}`, folder))) {
    const path = below ? `${below}/${name}` : name;
    if (isDirectory) found.push(...sharedPaths(path));
    else found.push(path);
  }
  return found.sort();
}

function isThere(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch {
    return false;
  }
}
