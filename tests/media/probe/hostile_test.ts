/** Files that only an enemy makes: each is given up at once, in words. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { openProbe } from "../../../src/media/probe/probe_file.ts";
import { createCells, openProbeWatch, watchProbe } from "../../../src/media/probe/watch/watch.ts";
import { StuckError, watchedWorkers } from "../../../src/media/probe/watch/watched_workers.ts";
import { ownThread, parseThread, workedMs } from "../../../src/media/probe/watch/thread.ts";
import { openTurnReader } from "../../../src/media/turn_reader.ts";
import type { FileJob, FileResult } from "../../../src/media/worker.ts";
import { WorkerPool } from "../../../src/pool/mod.ts";
import { has, samples } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";
import { join } from "./mutate.ts";

const probe = await openProbe();

const letters = (text: string) => new TextEncoder().encode(text);

function box(type: string, ...content: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = join(new Uint8Array(8), ...content);
  new DataView(whole.buffer).setUint32(0, whole.length);
  whole.set(letters(type), 4);
  return whole;
}

const words = (...numbers: number[]) => {
  const bytes = new Uint8Array(numbers.length * 4);
  for (const [index, it] of numbers.entries()) new DataView(bytes.buffer).setUint32(index * 4, it);
  return bytes;
};

/** An index with one track of pictures, whose tables are `tables`. */
function film(tables: Uint8Array[], extra: Uint8Array[] = []): Uint8Array {
  const entry = join(
    new Uint8Array(6),
    Uint8Array.of(0, 1),
    new Uint8Array(16),
    words(64 << 16 | 48),
    new Uint8Array(50),
  );
  const avc = box("avcC", Uint8Array.of(1, 0x64, 0, 0x1f, 0xff, 0xe0, 0));
  const trak = box(
    "trak",
    box("tkhd", words(1, 0, 0, 1, 0, 1000), new Uint8Array(60)),
    box(
      "mdia",
      box("mdhd", words(0, 0, 0, 1000, 1000, 0x55c40000)),
      box("hdlr", words(0, 0), letters("vide"), new Uint8Array(13)),
      box("minf", box("stbl", box("stsd", words(0, 1), box("avc1", entry, avc)), ...tables)),
    ),
  );
  const mvhd = box("mvhd", words(0, 0, 0, 1000, 1000), new Uint8Array(80));
  return join(
    box("ftyp", letters("isom"), words(0)),
    box("moov", mvhd, trak, ...extra),
    box("mdat"),
  );
}

const MOST = 0xffffffff;

Deno.test("Tables that claim four thousand million samples cost neither time nor memory", async () => {
  await using dir = await tempDir();
  const bombs: Record<string, Uint8Array> = {
    times: film([
      box("stts", words(0, 1, MOST, 1)),
      box("ctts", words(0, 1, MOST, 1)),
      box("stsz", words(0, 1, MOST)),
      box("stsc", words(0, 1, 1, MOST, 1)),
      box("stco", words(0, 1, 0)),
    ]),
    counts: film(
      ["stts", "ctts", "stsz", "stsc", "stco", "co64", "stss"].map((name) =>
        box(name, words(0, MOST, MOST))
      ),
    ),
    fragments: join(
      film([], [box("mvex", box("trex", words(0, 1, 1, 1, 0, 0)))]),
      box(
        "moof",
        box("mfhd", words(0, 1)),
        box("traf", box("tfhd", words(0x20000, 1)), box("trun", words(0, MOST))),
      ),
    ),
    segments: join(
      film([], [box("mvex")]),
      box("sidx", words(0, 1, 1, 0, 0, 0xffff), words(MOST, MOST, MOST)),
    ),
    edits: film([], [box("trak", box("edts", box("elst", words(0, MOST, 1, MOST, 0x10000))))]),
  };
  const before = Deno.memoryUsage().rss;
  for (const [name, bytes] of Object.entries(bombs)) {
    await dir.file(`${name}.mp4`, bytes);
    const began = performance.now();
    const found = await probe({ root: dir.path, relativePath: `${name}.mp4` }, openTurnReader());
    const tookMs = performance.now() - began;

    ok(tookMs < 1000, `${name} took ${tookMs} ms`);
    ok(typeof found.content === "object", name);
    if ("description" in found.content) {
      strictEqual(found.content.description.tracks.length, 1, name);
    }
  }
  ok(Deno.memoryUsage().rss - before < 200 * 2 ** 20);
});

Deno.test("Boxes and elements nested without end, or of sizes beyond any file, are given up", async () => {
  await using dir = await tempDir();
  const nest = (type: string, depth: number) => {
    const bytes = new Uint8Array(depth * 8);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < depth; at++) {
      view.setUint32(at * 8, (depth - at) * 8);
      bytes.set(letters(type), at * 8 + 4);
    }
    return bytes;
  };
  const matroska = (hex: string) => Uint8Array.fromHex(`1a45dfa380${hex}`.replaceAll(" ", ""));
  const files: Record<string, Uint8Array> = {
    "deep.mp4": join(box("ftyp", letters("isom"), words(0)), box("moov", nest("trak", 50_000))),
    "meta.mp4": join(box("ftyp", letters("isom"), words(0)), box("moov", nest("meta", 50_000))),
    "udta.mp4": join(
      box("ftyp", letters("isom"), words(0)),
      box("moov", box("udta", nest("meta", 20_000))),
    ),
    "empty.mp4": join(
      box("ftyp", letters("isom"), words(0)),
      box("moov", ...Array.from({ length: 40_000 }, () => box("free"))),
    ),
    "huge.mp4": join(
      box("ftyp", letters("isom"), words(0)),
      words(1),
      letters("moov"),
      words(0x80000000, 0),
    ),
    "zero.mp4": join(words(8), letters("free"), words(0), letters("moov")),
    "deep.mkv": join(
      matroska("1853806701ffffffffffffff 1254c367 083d0900"),
      new Uint8Array(0),
      Uint8Array.fromHex("7373084c4b40".repeat(2) + "67c8083d0000".repeat(20_000)),
    ),
    "huge.mkv": matroska("1853806701fffffffffffffe 1654ae6b 01fffffffffffffe"),
    "many.mkv": join(
      matroska("1853806701ffffffffffffff"),
      Uint8Array.fromHex("1654ae6b083d0900" + "ae80".repeat(100_000)),
    ),
    "loop.mkv": matroska("1853806701ffffffffffffff 114d9b748e4dbb8b53ab84114d9b7453ac8100"),
  };
  for (const [name, bytes] of Object.entries(files)) {
    await dir.file(name, bytes);
    const began = performance.now();
    const found = await probe({ root: dir.path, relativePath: name }, openTurnReader());
    const tookMs = performance.now() - began;

    ok(tookMs < 1700, `${name} took ${tookMs} ms`);
    ok(typeof found.content === "object" && "problem" in found.content, name);
    ok(found.content.problem.length > 5, name);
  }
});

Deno.test("An NFO of 100 MB, and subtitles of zeros, cost a film nothing", async () => {
  await using dir = await tempDir();
  await Deno.copyFile(samples.mp4, `${dir.path}/Film.mp4`);
  await Deno.writeFile(`${dir.path}/Film.nfo`, letters("<movie>"));
  await Deno.truncate(`${dir.path}/Film.nfo`, 100e6);
  await dir.file("Film.en.srt", new Uint8Array(10_000));
  const began = performance.now();

  const { details, content } = await probe(
    { root: dir.path, relativePath: "Film.mp4" },
    openTurnReader(),
  );

  ok(performance.now() - began < 1000);
  ok(typeof content === "object" && "description" in content);
  ok(details.nfo?.problem?.includes("larger"));
  deepStrictEqual(details.sidecars?.map(({ name }) => name), ["Film.en.srt"]);
});

Deno.test("A sparse film of 8 GB is looked into as quickly as a small one", async () => {
  await using dir = await tempDir();
  const path = await dir.file("large.mp4", film([box("stts", words(0, 1, 10, 100))]));
  await Deno.truncate(path, 8e9);

  const found = await probe({ root: dir.path, relativePath: "large.mp4" }, openTurnReader());

  ok(typeof found.content === "object" && "description" in found.content);
  ok(found.bytesRead < 300_000, `it read ${found.bytesRead} bytes`);
});

Deno.test("watchProbe() tells of a file that is worked on for too long, and not of one that is read", async () => {
  const [busy, reading] = [createCells(), createCells()];
  openProbeWatch(busy).next();
  busy[2] = 0; // as of a system that knows nothing of threads: this one is not at work on it
  const watch = openProbeWatch(reading);
  watch.next();
  watch.end();
  const stuck = Promise.withResolvers<void>();
  let isWrong = false;
  using _slow = watchProbe(reading, () => isWrong = true);
  using _busy = watchProbe(busy, stuck.resolve);

  await stuck.promise;

  strictEqual(isWrong, false);
});

Deno.test("A worker that goes round in a circle is ended, its job told of, and others go on", async () => {
  const watchUrl = import.meta.resolve("../../../src/media/probe/watch/watch.ts");
  const source = `
    import { openProbeWatch } from "${watchUrl}";
    onmessage = ({ data: { job } }) => {
      openProbeWatch(job.watch).next();
      if (job.files[0].relativePath === "stuck") while (true);
      postMessage({ result: [{ error: { name: "Fine", message: "" } }] });
    };`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  using pool = new WorkerPool<FileJob, FileResult[]>(() => new Worker(url, { type: "module" }), 1, {
    attempts: 1,
  });
  const workers = watchedWorkers(pool);
  const job = (relativePath: string): FileJob => ({
    kind: "probe",
    files: [{ root: "/", relativePath }],
  });
  const began = performance.now();

  const failure = await workers.run(job("stuck"), {}).then(() => undefined, (error) => error);

  ok(failure instanceof StuckError, String(failure));
  ok(performance.now() - began < 30_000); // others may have the processor for most of it
  deepStrictEqual(await workers.run(job("fine"), {}), [{ error: { name: "Fine", message: "" } }]);
  strictEqual(pool.counts().replaced, 1);
  URL.revokeObjectURL(url);
});

Deno.test("workedMs() counts what a thread has worked, and where it waits for something of its own", () => {
  const stat = (state: string, ticks: number) =>
    parseThread(`12 (de) no R 9) ${state} 1 12 12 0 -1 4194368 9 0 0 0 ${ticks} 5 0 0 30 10 1\n`);
  const before = stat("R", 100);
  const cases = [
    [before, stat("R", 112), 120], // others had the processor half of the time
    [before, stat("R", 100), 0],
    [before, stat("R", 126), 250], // no more than has passed
    [before, stat("S", 100), 250], // it waits for what may never come
    [before, undefined, 250], // no Linux
    [undefined, before, 250],
  ] as const;
  for (const [then, now, expected] of cases) strictEqual(workedMs(then, now, 250), expected);
});

const canStarve = ownThread() > 0 && await has("taskset", "-c", "0", "renice", "--version");

Deno.test({
  name: "a worker that others leave no processor is not taken for one that goes in a circle",
  ignore: !canStarve,
}, async () => {
  const cells = createCells();
  const watchUrl = import.meta.resolve("../../../src/media/probe/watch/watch.ts");
  const source = `
    import { openProbeWatch } from "${watchUrl}";
    onmessage = ({ data }) => {
      openProbeWatch(data).next();
      Atomics.notify(data, 0);
      while (true);
    };`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  worker.postMessage(cells);
  await Atomics.waitAsync(cells, 0, 0, 20_000).value;
  const thread = String(cells[2]);
  const does = async (program: string, ...args: string[]) =>
    ok((await new Deno.Command(program, { args, stdout: "null" }).output()).success, program);
  await does("taskset", "-cp", "0", thread);
  await does("renice", "-n", "19", "-p", thread);
  const hogs = Array.from(
    { length: 3 },
    () =>
      new Deno.Command("taskset", { args: ["-c", "0", "sh", "-c", "while :; do :; done"] }).spawn(),
  );
  const stuck = Promise.withResolvers<string>();
  using _watch = watchProbe(cells, () => stuck.resolve("stuck"));
  try {
    const passed = new Promise<string>((resolve) => setTimeout(resolve, 2800, "passed"));
    strictEqual(await Promise.race([stuck.promise, passed]), "passed");
  } finally {
    for (const hog of hogs) hog.kill("SIGKILL");
    for (const hog of hogs) await hog.status;
  }
  worker.terminate();
  URL.revokeObjectURL(url);
});
