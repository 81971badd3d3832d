/**
 * A rescan of files that have not changed, beside `find`, which asks for the size and the time of
 * each file and prints them: less than that nobody can do who wants to know what has changed.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { say } from "../scripts/run.ts";
import { type BigTree, fillLibrary, makeBigTree } from "./big_tree.ts";
import { median, tellCost } from "./ratios.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const AT_MOST = 3;

export async function benchRescan(folder: string, files: number, rounds: number): Promise<void> {
  say(`\nRescan of ${files} unchanged files, ${rounds} rounds`);
  const tree = await makeBigTree(`${folder}/tree`, files);
  const dataDir = `${folder}/rescan-data`;
  await fillLibrary(dataDir, tree);
  // Once, so that each file is known with its drive.
  const first = await rescan(tree, dataDir);
  if (first.files !== files || first.new + first.changed + first.gone > 0) {
    throw new Error(`Cannot measure a rescan: the first one found ${JSON.stringify(first)}`);
  }
  const [ours, theirs]: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    theirs!.push(await find(tree));
    const { seconds, bytes_read: bytesRead } = await rescan(tree, dataDir);
    if (bytesRead !== 0) throw new Error("Cannot measure a rescan: it read files");
    ours!.push(seconds);
  }
  tellCost("find -printf '%s %T@ %p\\n'", { ours: ours!, theirs: theirs!, atMost: AT_MOST });
  say(`  seconds here and now: ${median(ours!).toFixed(2)}, find ${median(theirs!).toFixed(2)}`);
  await Deno.remove(tree.folder, { recursive: true });
}

interface Report {
  files: number;
  new: number;
  changed: number;
  gone: number;
  seconds: number;
  bytes_read: number;
}

/** A process of its own, as a person runs it. */
export async function rescan(tree: BigTree, dataDir: string): Promise<Report> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", main, "scan", "--json"],
    env: { DATA_DIR: dataDir, MEDIA_DIRS: tree.folder, HASH_ALGORITHMS: "md5" },
    stdin: "null",
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function find({ folder }: BigTree): Promise<number> {
  const started = performance.now();
  await new Deno.Command("find", {
    args: [folder, "-type", "f", "-printf", "%s %T@ %p\n"],
    stdin: "null",
    stdout: "null",
  }).output();
  return (performance.now() - started) / 1000;
}
