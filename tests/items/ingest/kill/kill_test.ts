/**
 * An ingest of 500 files across two file systems, killed at 200 random moments: real processes, real
 * disks, kill -9.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stepStates } from "../../../../src/items/ingest/journal.ts";
import { say } from "../../../helpers/say.ts";
import { noise, tempDir } from "../../../helpers/temp.ts";
import { bundleChild, Program } from "./processes.ts";
import { digestOf, openRoom } from "./room.ts";

const FILES = 500;
const KILLS = 200;
const SHM = "/dev/shm";

/** A real second file system in memory; without one there is only one. */
const hasShm = await Deno.stat(SHM).then(() => true, () => false);

interface Tree {
  /** In memory, and on the disk that the target is on. */
  sources: string[];
  target: string;
  /** SHA-256 of each file. */
  digests: string[];
}

/** Sizes from 1 to 300 KB, most of them small, and some of several MB. Each file is another. */
function sizeOf(index: number): number {
  if (index % 80 === 0) return 2_000_000 + index * 2000;
  return index % 7 === 0 ? 100_000 + index * 400 : 1000 + index * 37;
}

async function makeTree(memory: string, disk: string): Promise<Tree> {
  const sources = [join(memory, "in"), join(disk, "in")];
  for (const source of sources) await Deno.mkdir(join(source, "more"), { recursive: true });
  await Deno.mkdir(join(disk, "films"));
  const content = noise(4_000_000, 7);
  const digests: string[] = [];
  for (let index = 0; index < FILES; index++) {
    const bytes = content.slice(0, sizeOf(index));
    new DataView(bytes.buffer).setUint32(0, index); // so that no two are the same
    const folder = join(sources[index % 2]!, index % 4 < 2 ? "more" : ".");
    // Every tenth goes along with the film before it on the same file system.
    const isSidecar = index % 10 >= 8;
    const number = String(isSidecar ? index - 4 : index).padStart(3, "0");
    const path = join(folder, `film ${number}.${isSidecar ? "srt" : "mkv"}`);
    await Deno.writeFile(path, bytes);
    digests.push(await digestOf(path));
  }
  return { sources, target: join(disk, "films"), digests: digests.sort() };
}

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await filesBelow(path));
    else found.push(path);
  }
  return found;
}

Deno.test({
  name: `an ingest of ${FILES} files, killed ${KILLS} times, loses and doubles nothing`,
  ignore: !hasShm || Deno.build.os === "windows",
  fn: async () => {
    await using dir = await tempDir();
    const memory = await Deno.makeTempDir({ dir: SHM, prefix: "giggityflix-test-" });
    await using held = new AsyncDisposableStack();
    held.defer(() => Deno.remove(memory, { recursive: true }));
    const tree = await makeTree(memory, dir.path);
    const database = join(dir.path, "library.db");
    const script = await bundleChild(join(dir.path, "program"));
    const programs: Program[] = [];
    held.defer(async () => {
      for (const program of programs) await program.kill();
    });
    const next = () => {
      while (programs.length < 3) programs.push(new Program(script, [database, tree.target]));
      return programs.shift()!;
    };

    const killedIn = Object.fromEntries(stepStates.map((it) => [it, 0]));
    let [kills, rounds, restarts] = [0, 0, 0];
    const devices = new Set([memory, dir.path].map((it) => Deno.statSync(it).dev));
    strictEqual(devices.size, 2, "they are two file systems");
    const began = performance.now();
    let plan = await withRoom(({ ingest }) =>
      ingest.plan({ sources: tree.sources, target: tree.target, policy: "flat" }, {
        user: "owner",
        isLocal: true,
        signal: AbortSignal.timeout(60_000),
      })
    );

    while (kills < KILLS) {
      rounds++;
      for (let isDone = false; !isDone;) {
        const program = next();
        const beginMs = await program.begin(plan.id);
        const ended = program.line();
        // On a machine with nothing else to do from 5 to 80 ms; as far on one that is busy.
        const afterMs = Math.min(beginMs * (0.2 + Math.random() * 3), 2000);
        const line = kills < KILLS
          ? await Promise.race([ended, sleep(afterMs).then(() => "killed")])
          : await ended;
        const wasAlive = await program.kill();
        restarts++;
        if (wasAlive && line === "killed") kills++;
        else strictEqual(line?.trim(), "done");
        await withRoom((room) => {
          checkSteps(room, plan.id, wasAlive ? killedIn : undefined);
          isDone = room.ingest.get(plan.id).state === "done";
        });
      }
      await withRoom(async ({ ingest, db }) => {
        await checkWhole(tree, plan.id, { ingest, db });
        if (kills < KILLS) plan = await ingest.undo(plan.id, "owner");
      });
    }

    const seconds = (performance.now() - began) / 1000;
    const landed = Object.entries(killedIn).filter(([, count]) => count > 0)
      .map(([state, count]) => `${state} ${count}`).join(", ");
    say(
      `${kills} kills in ${rounds} rounds, ${restarts} starts, ${seconds.toFixed(0)} s; ` +
        `files under way when it was killed: ${landed}`,
    );
    for (const state of ["hashing", "copying", "placing"]) {
      ok(killedIn[state]! > 0, `no kill landed in ${state}: ${landed}`);
    }

    async function withRoom<T>(work: (room: ReturnType<typeof openRoom>) => T | Promise<T>) {
      await using room = openRoom(database, tree.target);
      return await work(room);
    }
  },
});

/**
 * At each moment each file is somewhere, and what has a final name is whole. A thousand looks: at
 * once they would begin hundreds of threads each time.
 */
function checkSteps(
  { ingest }: Pick<ReturnType<typeof openRoom>, "ingest">,
  id: string,
  killedIn: Record<string, number> | undefined,
): void {
  for (const step of ingest.steps(id, { after: -1, limit: 10_000 })) {
    const [source, target] = [sizeAt(step.source), sizeAt(step.target!)];
    const { sizeBytes, state } = step;
    ok(source === sizeBytes || target === sizeBytes, `${step.source} is lost in ${state}`);
    ok(target === undefined || target === sizeBytes, `${step.target} is half in ${state}`);
    if (killedIn && !["planned", "done"].includes(state)) killedIn[state]!++;
  }
}

/** Of a file or a link; undefined where nothing is. */
function sizeAt(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.size;
}

/** All bytes are there once, at their places, and the report says so. */
async function checkWhole(
  tree: Tree,
  id: string,
  { ingest }: Pick<ReturnType<typeof openRoom>, "ingest" | "db">,
): Promise<void> {
  const folders = [...tree.sources, tree.target];
  const paths = (await Promise.all(folders.map(filesBelow))).flat();
  const digests = new Map<string, string>();
  for (const path of paths) digests.set(path, await digestOf(path));
  deepStrictEqual([...digests.values()].sort(), tree.digests, "every byte is there once");

  const report = ingest.report(id);
  const bytes = tree.digests.length === 0 ? 0 : await sum(paths);
  strictEqual(report.state, "done");
  deepStrictEqual({ ...report.files }, { ...zeros(report.files), moved: FILES });
  deepStrictEqual({ ...report.bytes }, { ...zeros(report.bytes), moved: bytes });
  for (const step of ingest.steps(id, { after: -1, limit: 10_000 })) {
    strictEqual(digests.get(step.target!), step.digest, `${step.target} is what the report says`);
    ok(!digests.has(step.source), `${step.source} has gone`);
  }
}

const zeros = (of: Record<string, number>) =>
  Object.fromEntries(Object.keys(of).map((name) => [name, 0]));

async function sum(paths: string[]): Promise<number> {
  const sizes = await Promise.all(paths.map((path) => Deno.stat(path).then(({ size }) => size)));
  return sizes.reduce((one, other) => one + other, 0);
}
