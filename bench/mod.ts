/**
 * `deno task bench`: our scan beside minidlna's and one ffprobe for each file, our hashes beside
 * hashdeep's, our start-up beside an empty program's, and a hard disk by a model with a film and a
 * scan on it. Turn and turn about in one run, and told as ratios, because on a machine that does other
 * things too a time alone says nothing. Then a library of a million rows is searched, and last an edge
 * has some thousand peers. `--files=N --rounds=N --rows=N --peers=N --hold=SECONDS` for another size,
 * `--only=small,rescan` for some of the parts.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { say } from "../scripts/run.ts";
import { type Corpus, makeCorpus } from "./corpus.ts";
import { ffprobeEach, SAMPLE } from "./ffprobe.ts";
import { benchEdge } from "./edge/mod.ts";
import { benchHashTree } from "./hash_tree.ts";
import { hashdeep, hashdeepHashes } from "./hashdeep.ts";
import { minidlna, type MinidlnaScan } from "./minidlna.ts";
import { hashesOf, type Scan, scanOnce } from "./ours.ts";
import { benchPictures } from "./pictures.ts";
import { median, tellRatio } from "./ratios.ts";
import { benchSearch } from "./search/mod.ts";
import { benchReaders } from "./readers.ts";
import { benchRescan } from "./rescan.ts";
import { benchSlowDisk } from "./slow_disk.ts";
import { benchStartUp } from "./start_up.ts";
import { findGrpcio, prepare } from "./tools.ts";

const { values } = parseArgs({
  options: {
    files: { type: "string", default: "20000" },
    rounds: { type: "string", default: "5" },
    known: { type: "string", default: "200000" },
    rows: { type: "string", default: "1000000" },
    peers: { type: "string", default: "5000" },
    hold: { type: "string", default: "600" },
    only: { type: "string", default: "" },
  },
});
const rounds = Number(values.rounds);

interface Part {
  needs?: "ffmpeg";
  run(): Promise<void>;
}

/** All there is to measure, in its order. */
const parts: Record<string, Part> = {
  small: {
    needs: "ffmpeg",
    run: async () => {
      const small = await makeCorpus(`${folder}/small`, { files: Number(values.files) });
      await benchSmall(small);
      await benchReaders(small, folder);
      await Deno.remove(`${folder}/small`, { recursive: true });
    },
  },
  big: {
    needs: "ffmpeg",
    run: async () => {
      await benchBig(await makeCorpus(`${folder}/big`, { files: 8, paddingBytes: 96 << 20 }));
      await Deno.remove(`${folder}/big`, { recursive: true });
    },
  },
  tree: { needs: "ffmpeg", run: () => benchHashTree(folder, rounds, tools) },
  pictures: { needs: "ffmpeg", run: () => benchPictures(folder) },
  rescan: { run: () => benchRescan(folder, Number(values.known), rounds) },
  startUp: { run: () => benchStartUp(folder) },
  slowDisk: { run: benchSlowDisk },
  search: { run: () => benchSearch({ folder, rows: Number(values.rows) }) },
  edge: {
    run: async () => {
      const { peers, hold } = values;
      const [many, holdSec] = [Number(peers), Number(hold)];
      await benchEdge({ folder, peers: many, holdSec, rounds, hasGrpcio: await findGrpcio() });
    },
  },
};

const tools = await prepare();
const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "giggityflix-bench-" }));
try {
  const wanted = values.only.split(",").filter(Boolean);
  for (const name of wanted) {
    if (!(name in parts)) throw new Error(`There is no part "${name}": ${Object.keys(parts)}`);
  }
  for (const [name, { needs, run }] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    if (needs && !tools[needs]) say(`\n${name} is left out: there is no ${needs}`);
    else await run();
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function benchSmall(corpus: Corpus): Promise<void> {
  say(`\n${corpus.files} small files, ${describe(corpus)}, ${rounds} rounds`);
  const [ours, dlna, deep, each]: [Scan[], MinidlnaScan[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(await scanOnce(corpus, folder));
    if (tools.minidlnad) dlna.push(await minidlna(tools.minidlnad, corpus, folder));
    if (tools.ffprobe) each.push(await ffprobeEach(tools.ffprobe, corpus));
    if (tools.hashdeep) deep.push(await hashdeep(tools.hashdeep, corpus));
  }
  const looked = ours.map(({ walk, probe }) => walk + probe);
  const hashed = ours.map(({ hash }) => hash);
  const whole = ours.map((scan) => scan.whole);
  if (tools.minidlnad) {
    const theirs = dlna.map(({ scanning }) => scanning);
    tellRatio("walk + probe + store: minidlna", { ours: looked, theirs, atLeast: 5 });
  }
  if (tools.ffprobe) {
    const name = `walk + probe + store: one ffprobe a file (by ${SAMPLE} files)`;
    tellRatio(name, { ours: looked, theirs: each, atLeast: 50 });
  }
  if (tools.hashdeep) {
    tellRatio("hash + store: hashdeep", { ours: hashed, theirs: deep, atLeast: 1 });
  }
  if (tools.minidlnad && tools.hashdeep) {
    const theirs = dlna.map((scan, round) => scan.whole + deep[round]!);
    tellRatio("whole process: minidlna, then hashdeep", { ours: whole, theirs });
  }
  say(`  files/s here and now: ${
    [
      `${rate(corpus.files, looked)} walked + probed`,
      `${rate(corpus.files, hashed)} hashed`,
      tools.minidlnad && `minidlna ${rate(corpus.files, dlna.map((it) => it.scanning))}`,
      tools.ffprobe && `ffprobe ${rate(corpus.files, each)}`,
      tools.hashdeep && `hashdeep ${rate(corpus.files, deep)}`,
    ].filter(Boolean).join(", ")
  }`);
  const { longestBlockMs } = await scanOnce(corpus, folder, { watch: true });
  say(`  the main thread stood still for at most ${Math.round(longestBlockMs)} ms (goal: 50)`);
  if (tools.hashdeep) await compareHashes(tools.hashdeep, corpus);
}

async function benchBig(corpus: Corpus): Promise<void> {
  if (!tools.hashdeep) return;
  say(`\n${corpus.files} big files, ${describe(corpus)}, ${rounds} rounds`);
  const [ours, theirs]: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours!.push((await scanOnce(corpus, folder)).hash);
    theirs!.push(await hashdeep(tools.hashdeep, corpus));
  }
  tellRatio("hash + store: hashdeep", { ours: ours!, theirs: theirs!, atLeast: 1 });
  const megabytes = corpus.bytes / 1e6;
  say(
    `  MB/s here and now: ${rate(megabytes, ours!)} hashed, hashdeep ${rate(megabytes, theirs!)}`,
  );
}

/** A fast wrong answer would be worth nothing. */
async function compareHashes(program: string, corpus: Corpus): Promise<void> {
  const ours = hashesOf(folder);
  const theirs = await hashdeepHashes(program, corpus);
  const same = [...theirs].filter(([path, hashes]) => ours.get(path) === hashes).length;
  say(`  ${same} of ${corpus.files} files have the hashes that hashdeep says`);
}

function describe({ files, bytes }: Corpus): string {
  const each = bytes / files;
  return each < 1e6 ? `${Math.round(each / 1e3)} kB each` : `${Math.round(each / 1e6)} MB each`;
}

function rate(amount: number, seconds: number[]): number {
  return Math.round(amount / median(seconds));
}
