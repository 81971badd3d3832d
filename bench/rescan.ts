/**
 * The executable's rescan of files that have not changed, beside `find`, which asks for the size and
 * the time of each file and prints them: less than that nobody can do who wants to know what has
 * changed.
 *
 * @module
 */
import { tryCompile, V8_FLAGS } from "../scripts/compile.ts";
import { say } from "../scripts/run.ts";
import { fromSource, type Program, startAgent } from "../tests/helpers/agent.ts";
import { type BigTree, fillLibrary, makeBigTree } from "./big_tree.ts";
import { median, tellCost } from "./ratios.ts";

const AT_MOST = 3;
/** Of resident memory, with a million files. */
const AT_MOST_MIB = 300;

export async function benchRescan(folder: string, files: number, rounds: number): Promise<void> {
  say(`\nRescan of ${files} unchanged files, ${rounds} rounds`);
  const program = await programToMeasure();
  const tree = await makeBigTree(`${folder}/tree`, files);
  const dataDir = `${folder}/rescan-data`;
  await fillLibrary(dataDir, tree);
  // Once, so that each file is known with its drive.
  const first = await rescan(program, tree, dataDir);
  if (first.files !== files || first.new + first.changed + first.gone > 0) {
    throw new Error(`Cannot measure a rescan: the first one found ${JSON.stringify(first)}`);
  }
  const [ours, theirs, peaks]: number[][] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    theirs!.push(await find(tree));
    const { seconds, bytes_read: bytesRead, peakMib } = await rescan(program, tree, dataDir);
    if (bytesRead !== 0) throw new Error("Cannot measure a rescan: it read files");
    ours!.push(seconds);
    peaks!.push(peakMib);
  }
  tellCost("find -printf '%s %T@ %p\\n'", { ours: ours!, theirs: theirs!, atMost: AT_MOST });
  say(`  seconds here and now: ${median(ours!).toFixed(2)}, find ${median(theirs!).toFixed(2)}`);
  const warm = await warmRounds(program, { tree, dataDir, rounds });
  tellCost("the same in an agent that runs", { ...warm, atMost: AT_MOST });
  tellMemory("memory at most, in its first scan", first.peakMib);
  tellMemory("in the others", Math.max(...peaks!));
  tellMemory("in an agent that runs, during its scans", warm.peakMib);
  await Deno.remove(tree.folder, { recursive: true });
}

/** What people run; where that cannot be made, its sources, with the executable's flags. */
async function programToMeasure(): Promise<Program> {
  const executable = await tryCompile("its sources are measured, which take some 40 MiB more");
  if (executable) return { command: executable, args: [] };
  const { args: [run, ...args], ...source } = fromSource();
  return { ...source, args: [run!, `--v8-flags=${V8_FLAGS}`, ...args] };
}

function tellMemory(what: string, mib: number): void {
  const verdict = mib <= AT_MOST_MIB ? "reached" : "MISSED";
  say(`  ${what} ${Math.round(mib)} MiB (goal with 1000000 files: ${AT_MOST_MIB}): ${verdict}`);
}

interface Report {
  files: number;
  new: number;
  changed: number;
  gone: number;
  seconds: number;
  "bytes_read": number;
}

/** A process of its own, as a person runs it; with the most memory that it had at once. */
async function rescan(
  { command, args, env }: Program,
  tree: BigTree,
  dataDir: string,
): Promise<Report & { peakMib: number }> {
  const child = new Deno.Command(command, {
    args: [...args, "scan", "--json"],
    env: {
      ...env,
      DATA_DIR: dataDir,
      MEDIA_DIRS: tree.folder,
      HASH_ALGORITHMS: "md5",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let peakMib = 0;
  const sampling = setInterval(async () => {
    peakMib = Math.max(peakMib, await peakOf(child.pid));
  }, 50);
  const { stdout } = await child.output().finally(() => clearInterval(sampling));
  return { ...JSON.parse(new TextDecoder().decode(stdout)), peakMib };
}

/** The most resident memory that a process has had, in MiB. */
async function peakOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}

interface Warm {
  tree: BigTree;
  dataDir: string;
  rounds: number;
}

/**
 * Beside `find` again, in an agent that a person has had running: its first scan is not counted, nor
 * what it does once for a library that is new to it, which is to offer and to index every file.
 */
async function warmRounds(program: Program, { tree, dataDir, rounds }: Warm) {
  const env = { HASH_ALGORITHMS: "md5", MEDIA_DIRS: tree.folder };
  await using agent = await startAgent({ dataDir, env, program });
  await scanIn(agent.url);
  await untilQuiet(agent.pid);
  await Deno.writeTextFile(`/proc/${agent.pid}/clear_refs`, "5"); // the most memory is counted anew
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    theirs.push(await find(tree));
    ours.push(await scanIn(agent.url));
  }
  return { ours, theirs, peakMib: await peakOf(agent.pid) };
}

const LOOK_EVERY_MS = 500;
/** Hundredths of a second of a processor: so little in each look is housekeeping. */
const QUIET_TICKS_PER_LOOK = 3;
const MOST_LOOKS = 1200;

/** Waits until a process has had nothing to do for a while. */
async function untilQuiet(pid: number): Promise<void> {
  let quietLooks = 0;
  let last = 0;
  for (let looks = 0; looks < MOST_LOOKS && quietLooks < 6; looks++) {
    const [, , , , , , , , , , , user, system] = (await Deno.readTextFile(`/proc/${pid}/stat`))
      .replace(/^.*\) /, "").split(" ");
    const ticks = Number(user) + Number(system);
    quietLooks = ticks - last <= QUIET_TICKS_PER_LOOK ? quietLooks + 1 : 0;
    last = ticks;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

const MOST_TRIES = 1200;

/** Asks an agent for a scan, once it has ended the one that it began by itself. */
async function scanIn(url: string): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const response = await fetch(`${url}/api/media/scan/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ wait: true }),
    });
    const said = await response.json();
    if (response.ok) return said.seconds;
    if (response.status !== 409) throw new Error(`Cannot measure a rescan: ${said.detail}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("Cannot measure a rescan: the agent is always scanning");
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
