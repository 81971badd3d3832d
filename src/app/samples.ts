/**
 * The four clips that a first run has to show.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isCompiled } from "../base/platform.ts";

/** The same two folders up from here and from dist/program, where the executable has this file. */
const inside = fileURLToPath(new URL("../../samples", import.meta.url));

/**
 * The folder of the samples: the project's own, or, where the program is one executable, a copy in
 * the data folder, because what lies inside an executable is on no drive.
 */
export async function samplesFolder(dataDir: string): Promise<string> {
  if (!isCompiled()) return inside;
  const folder = join(dataDir, "samples");
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(inside)) {
    if (isFile) await unpack(join(inside, name), join(folder, name));
  }
  return folder;
}

async function unpack(from: string, to: string): Promise<void> {
  const bytes = await Deno.readFile(from);
  const there = await Deno.stat(to).catch(() => undefined); // absent, or to be written over
  if (there?.size === bytes.length) return;
  await Deno.writeFile(`${to}.new`, bytes);
  await Deno.rename(`${to}.new`, to);
}
