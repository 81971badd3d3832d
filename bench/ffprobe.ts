/**
 * What most programs do for each file: one ffprobe. It takes so long that it is measured on some of
 * the files only, and told as if it were all.
 *
 * @module
 */
import { runProgram } from "../scripts/run.ts";
import type { Corpus } from "./corpus.ts";

/** Files that ffprobe is asked about. */
export const SAMPLE = 200;

/** How long ffprobe, one file after the other, would take for the whole corpus; in seconds. */
export async function ffprobeEach(program: string, corpus: Corpus): Promise<number> {
  const paths = await someOf(corpus);
  const started = performance.now();
  for (const path of paths) {
    const args = ["-v", "error", "-of", "json", "-show_format", "-show_streams", path];
    await runProgram(program, args, { quiet: true });
  }
  return (performance.now() - started) / 1000 * corpus.files / paths.length;
}

/** From all over the corpus. */
async function someOf({ folder, files }: Corpus): Promise<string[]> {
  const all: string[] = [];
  for await (const season of Deno.readDir(folder)) {
    if (!season.isDirectory) continue;
    for await (const { name } of Deno.readDir(`${folder}/${season.name}`)) {
      all.push(`${folder}/${season.name}/${name}`);
    }
  }
  const step = Math.max(1, Math.floor(files / SAMPLE));
  return all.sort().filter((_, index) => index % step === 0).slice(0, SAMPLE);
}
