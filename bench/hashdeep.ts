/**
 * `hashdeep -c md5,sha1 -r`: walks, reads and hashes on every core, and stores nothing.
 *
 * @module
 */
import type { Corpus } from "./corpus.ts";

const args = ["-c", "md5,sha1", "-r"];

/** Seconds from start to exit, its output thrown away. */
export async function hashdeep(program: string, { folder }: Corpus): Promise<number> {
  const started = performance.now();
  const { success } = await new Deno.Command(program, {
    args: [...args, folder],
    stdout: "null",
  }).spawn().status;
  if (!success) throw new Error("Cannot measure hashdeep: it failed, see its words above");
  return (performance.now() - started) / 1000;
}

/** What it says, by path: "md5 sha1". */
export async function hashdeepHashes(
  program: string,
  { folder }: Corpus,
): Promise<Map<string, string>> {
  const { stdout } = await new Deno.Command(program, { args: [...args, folder] }).output();
  const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => /^\d/.test(line));
  return new Map(lines.map((line) => {
    const [, md5, sha1, path] = /^\d+,(\w+),(\w+),(.*)$/.exec(line)!;
    return [path!, `${md5} ${sha1}`];
  }));
}
