/**
 * A tree of large and small files, hashed with MD5 and SHA-1 out of the page cache: ours beside
 * hashdeep, beside coreutils over xargs, and beside what this machine's processors allow.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { runProgram, say } from "../scripts/run.ts";
import { algorithms } from "../src/media/hash/algorithms.ts";
import { type Corpus, makeCorpus } from "./corpus.ts";
import { hashdeep } from "./hashdeep.ts";
import { scanOnce } from "./ours.ts";
import { median, tellRatio, tellShare } from "./ratios.ts";
import type { Tools } from "./tools.ts";

const LARGE = { files: 8, paddingBytes: 96 << 20 };
const SMALL = { files: 2000 };

/** Runs `rounds` rounds in `folder`, which is left empty of what this made. */
export async function benchHashTree(folder: string, rounds: number, tools: Tools): Promise<void> {
  const tree = await makeTree(`${folder}/tree`);
  const list = `${folder}/tree.list`;
  await Deno.writeTextFile(list, (await filesIn(tree.folder)).join("\0"));
  const megabytes = tree.bytes / 1e6;
  say(
    `\n${tree.files} files, large and small, ${Math.round(megabytes)} MB together, ` +
      `${rounds} rounds`,
  );
  const [ours, deep, core, limits]: number[][] = [[], [], [], []];
  for (let round = 0; round < rounds; round++) {
    ours!.push((await scanOnce(tree, folder)).hash);
    if (tools.hashdeep) deep!.push(await hashdeep(tools.hashdeep, tree));
    core!.push(await coreutils(list));
    limits!.push(megabytes / limitOf());
  }
  if (tools.hashdeep) {
    tellRatio("hash + store: hashdeep -c md5,sha1", { ours: ours!, theirs: deep!, atLeast: 1.5 });
  }
  tellRatio("hash + store: md5sum, then sha1sum, xargs -P", { ours: ours!, theirs: core! });
  tellShare("hash + store: what the processors allow", {
    ours: ours!,
    limits: limits!,
    atLeast: 0.85,
  });
  const rate = (seconds: number[]) => Math.round(megabytes / median(seconds));
  say(`  MB/s here and now: ours ${rate(ours!)}, the limit ${rate(limits!)}`);
  await Deno.remove(tree.folder, { recursive: true });
  await Deno.remove(list);
}

async function makeTree(folder: string): Promise<Corpus> {
  const large = await makeCorpus(`${folder}/large`, LARGE);
  const small = await makeCorpus(`${folder}/small`, SMALL);
  return {
    folder: await Deno.realPath(folder),
    files: large.files + small.files,
    bytes: large.bytes + small.bytes,
  };
}

async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) files.push(...await filesIn(path));
    else files.push(path);
  }
  return files;
}

/** Seconds that `md5sum` and then `sha1sum` take, both on every core. */
async function coreutils(list: string): Promise<number> {
  const started = performance.now();
  for (const program of ["md5sum", "sha1sum"]) {
    const cores = String(availableParallelism());
    const args = ["-0", "-a", list, "-n", "8", "-P", cores, program];
    await runProgram("xargs", args, { quiet: true });
  }
  return (performance.now() - started) / 1000;
}

/**
 * MB/s that all cores could hash together if nothing else were to be done: from how fast one core
 * is at each algorithm, on bytes that are in its cache.
 */
function limitOf(): number {
  const perMegabyte = speedOf("md5") + speedOf("sha1");
  return availableParallelism() / perMegabyte;
}

/** Seconds that one core takes for a megabyte: the best of a few tries, as a limit must be. */
function speedOf(name: "md5" | "sha1"): number {
  const piece = new Uint8Array(128 * 1024).fill(7);
  const pieces = 400;
  let best = Infinity;
  for (let attempt = 0; attempt < 3; attempt++) {
    const hasher = algorithms[name]();
    const started = performance.now();
    for (let at = 0; at < pieces; at++) hasher.update(piece);
    hasher.digest();
    best = Math.min(best, performance.now() - started);
  }
  return best / 1000 / (pieces * piece.length / 1e6);
}
