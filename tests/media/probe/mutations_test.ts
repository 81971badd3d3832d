/** Thousands of damaged files are looked into: none ends or holds up anything, each is told of. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { run } from "../../../src/base/command.ts";
import { ffprobeArgs, parseFfprobe } from "../../../src/media/probe/ffprobe.ts";
import { watchedWorkers } from "../../../src/media/probe/watch/watched_workers.ts";
import type { FileJob, FileResult } from "../../../src/media/worker.ts";
import { WorkerPool } from "../../../src/pool/mod.ts";
import { has } from "../../helpers/clips.ts";
import { say } from "../../helpers/say.ts";
import { type TempDir, tempDir } from "../../helpers/temp.ts";
import { openRig } from "../rig.ts";
import { mutate, wayNames } from "./mutate.ts";
import { makeSeeds, sampleSeeds, type Seed } from "./seeds.ts";

const hasFfmpeg = await has("ffmpeg", "-version");
const FILES = hasFfmpeg ? 5000 : 300;
const LIMIT_MS = 2000;
const MAX_RSS = 500 * 2 ** 20;

const workerUrl = new URL("../../../src/media/worker.ts", import.meta.url);

/** What a worker says of each file, one after the other, and how long it took. */
async function probeAll(
  root: string,
  names: string[],
  onResult: (name: string, result: FileResult, tookMs: number) => void,
) {
  using pool = new WorkerPool<FileJob, FileResult[]>(
    () => new Worker(workerUrl, { type: "module" }),
    2,
    { attempts: 1 },
  );
  const workers = watchedWorkers(pool);
  const waiting = names.values();
  await Promise.all([1, 2].map(async () => {
    let isWarm = false;
    for (const relativePath of waiting) {
      const began = performance.now();
      const [result] = await workers.run({ kind: "probe", files: [{ root, relativePath }] }, {
        silentMs: 10_000,
      }).catch((
        error,
      ): FileResult[] => [{ error: { name: "WorkerError", message: String(error) } }]);
      // The first one loads the program of the worker.
      onResult(relativePath, result!, isWarm ? performance.now() - began : 0);
      isWarm = true;
    }
  }));
  return pool.counts();
}

async function seedsIn(dir: TempDir): Promise<Seed[]> {
  return hasFfmpeg ? await makeSeeds(dir) : await sampleSeeds();
}

Deno.test(`${FILES} damaged files: no crash, none takes 2 s, little memory, each has its words`, async () => {
  await using rig = await openRig();
  const seeds = await seedsIn(rig.dir);
  rig.settings.extensions = [...new Set(seeds.map(({ name }) => /\.[^.]+$/.exec(name)![0]))];
  const names: string[] = [];
  const cut = new Set<string>();
  for (let number = 0; number < FILES; number++) {
    const { name, bytes, way, seed } = mutate(seeds, number);
    names.push(name);
    const isCut = ["truncated", "headOnly", "nearlyWhole"].includes(way) && bytes.length > 0;
    if (isCut && /^(rich|fragments|plain)\.(mp4|mov|mkv|wav)$/.test(seed)) cut.add(name);
    await rig.file(name, bytes);
  }
  const before = Deno.memoryUsage().rss;
  let slowest = { name: "", tookMs: 0 };
  let most = 0;
  const crashed: string[] = [];
  const counts = await probeAll(rig.root, names, (name, result, tookMs) => {
    most = Math.max(most, Deno.memoryUsage().rss);
    if (tookMs > slowest.tookMs) slowest = { name, tookMs };
    if (!("probed" in result)) crashed.push(`${name}: ${JSON.stringify(result)}`);
  });
  say(`slowest: ${slowest.tookMs.toFixed(0)} ms, ${slowest.name}; ${most >> 20} MiB`);

  deepStrictEqual(crashed, []);
  strictEqual(counts.replaced, 0);
  ok(slowest.tookMs < LIMIT_MS + 500, `${slowest.name} took ${slowest.tookMs} ms`);
  // Other tests of this process may have left much; the damaged files add little.
  ok(most < Math.max(MAX_RSS, before + MAX_RSS / 2), `${before >> 20} to ${most >> 20} MiB`);

  await rig.scan();

  const files = rig.library.list({ after: "", limit: FILES + 1 });
  strictEqual(files.length, FILES);
  const silent = files.filter(({ error, tracks, status, kind, width }) =>
    !["probed", "ready"].includes(status) ||
    !error && (tracks.length === 0 || kind === "image" && !width)
  );
  deepStrictEqual(silent.map(({ relativePath, status }) => `${relativePath}: ${status}`), []);
  // What was cut off is told of wherever its container says how long it is.
  const untold = files.filter(({ relativePath, error }) => cut.has(relativePath) && !error);
  deepStrictEqual(untold.map(({ relativePath }) => relativePath), []);
  ok(files.filter(({ error }) => error).length > FILES / 4, "most are not fine");
});

Deno.test({
  name: "ffprobe, too, gives up damaged files soon, and all of them in words",
  ignore: !hasFfmpeg,
}, async () => {
  await using rig = await openRig({ run });
  const seeds = (await seedsIn(rig.dir)).filter(({ name }) => /\.(avi|ts|mp3)$/.test(name));
  rig.settings.extensions = [".avi", ".mkv", ".mp4", ".ts", ".mp3"];
  const count = seeds.length * wayNames.length * 2;
  for (let number = 0; number < count; number++) {
    const { name, bytes } = mutate(seeds, number);
    await rig.file(name.replace(/\.(jpg|flac)$/, ".avi"), bytes);
  }
  const began = performance.now();

  await rig.scan();

  const files = rig.files();
  strictEqual(files.length, count);
  const silent = files.filter(({ error, tracks, status }) =>
    !["probed", "ready"].includes(status) || !error && tracks.length === 0
  );
  deepStrictEqual(silent.map(({ relativePath, status }) => `${relativePath}: ${status}`), []);
  ok(performance.now() - began < count * LIMIT_MS);
});

Deno.test(
  { name: "ffprobe asks nobody else, whatever a file says", ignore: !hasFfmpeg },
  async () => {
    await using dir = await tempDir();
    const asked: string[] = [];
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      ({ url }) => {
        asked.push(url);
        return new Response("");
      },
    );
    const at = `http://127.0.0.1:${server.addr.port}/a.ts`;
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${at}\n#EXT-X-ENDLIST\n`;
    for (
      const [name, text] of [["a.avi", playlist], [
        "b.avi",
        `ffconcat version 1.0\nfile '${at}'\n`,
      ]] as const
    ) {
      const path = await dir.file(name, text);
      await run("ffprobe", ffprobeArgs(path), { timeoutMs: 10_000 })
        .then((output) => parseFfprobe(output), () => {});
    }

    deepStrictEqual(asked, []);
  },
);
