/**
 * Real workers on a real file: they step aside for a film within one read, without a message for
 * each, and go on where they were.
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { stateOf } from "../../src/media/file_state.ts";
import type { FileJob, FileResult } from "../../src/media/worker.ts";
import { Gauge, Lanes, WorkerPool } from "../../src/pool/mod.ts";
import { noise, tempDir } from "../helpers/temp.ts";
import { until, within } from "../helpers/wait.ts";

const MIB = 1024 * 1024;
const SIZE = 128 * MIB;
const workerUrl = new URL("../../src/media/worker.ts", import.meta.url);

async function openHashing() {
  await using held = new AsyncDisposableStack();
  const dir = held.use(await tempDir());
  const block = noise(4 * MIB);
  const path = await dir.file("big.bin", block);
  const hash = createHash("md5").update(block);
  using file = await Deno.open(path, { append: true });
  for (let size = 4 * MIB; size < SIZE; size += block.length) {
    await file.write(block);
    hash.update(block);
  }
  const lanes = new Lanes(() => "hdd");
  const pool = held.use(
    new WorkerPool<FileJob, FileResult[]>(() => new Worker(workerUrl, { type: "module" }), 1),
  );
  held.use(lanes.onAside((jobs) => pool.standAside(jobs)));
  const expected = stateOf(await Deno.stat(path));
  const stack = held.move();
  return {
    lanes,
    md5: hash.digest("hex"),
    /** Hashes the file in a worker, as a scan does. */
    async hash(signal?: AbortSignal, driveId = "disk"): Promise<FileResult | undefined> {
      using gauge = new Gauge();
      const files = [{ path, expected, names: ["md5" as const] }];
      const [result] = await pool.run({ kind: "hash", files, cells: gauge.cells }, {
        signal,
        lease: () => lanes.acquire([driveId], { priority: "hash", gauge, signal }),
      });
      return result;
    },
    bytesRead: () => lanes.list()[0]?.bytesRead ?? 0,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("a worker that hashes leaves the disk to a film within one read, and goes on after it", async () => {
  await using it = await openHashing();
  const hashing = it.hash();
  await until("some of it", () => it.bytesRead() > 8 * MIB);

  const asked = performance.now();
  const before = it.bytesRead();
  {
    using _film = await within(
      "the film's turn",
      it.lanes.acquire(["disk"], { priority: "playback" }),
    );
    const waitedMs = performance.now() - asked;
    const readMeanwhile = it.bytesRead() - before;
    await sleep(50);

    strictEqual(it.bytesRead(), before + readMeanwhile); // nothing is read beside the film
    ok(waitedMs < 250, `${waitedMs} ms`); // as far as this machine is busy
    ok(readMeanwhile <= MIB, `${readMeanwhile} bytes`);
  }
  const { held, waiting, streaming } = it.lanes.list()[0]!;
  deepStrictEqual([held.hash, waiting.hash, streaming], [0, 1, true]);

  const result = await within("the hash, after some quiet seconds", hashing, 15_000);
  deepStrictEqual(result, { hashed: { hashes: { md5: it.md5 }, bytesRead: SIZE } });
  const [lane] = it.lanes.list();
  strictEqual(lane!.bytesRead, SIZE);
  ok(lane!.readMs.count >= SIZE / (128 * 1024));
});

Deno.test("a job that stands aside for a film can be ended, and its worker with it", async () => {
  await using it = await openHashing();
  const stop = new AbortController();
  const hashing = it.hash(stop.signal);
  await until("some of it", () => it.bytesRead() > 8 * MIB);
  it.lanes.openStream(["disk"]);
  await until("its standing aside", () => it.lanes.list()[0]!.waiting.hash === 1);

  stop.abort(new Error("enough"));

  await rejects(within("the end", hashing), { message: "enough" });
  deepStrictEqual([it.lanes.list()[0]!.held.hash, it.lanes.list()[0]!.waiting.hash], [0, 0]);
});

Deno.test("a job that stands aside for a film keeps no worker from another disk", async () => {
  await using it = await openHashing(); // it has one worker
  const stop = new AbortController();
  const hashing = it.hash(stop.signal).catch(() => {});
  await until("some of it", () => it.bytesRead() > 8 * MIB);
  using _film = await it.lanes.acquire(["disk"], { priority: "playback" });

  const other = await within("the other disk", it.hash(undefined, "other"), 20_000);

  deepStrictEqual(other, { hashed: { hashes: { md5: it.md5 }, bytesRead: SIZE } });
  strictEqual(it.lanes.list()[0]?.waiting.hash, 1);
  stop.abort();
  await hashing;
});

Deno.test("a film in even pieces lets a worker read a little beside it", async () => {
  await using it = await openHashing();
  const stop = new AbortController();
  const hashing = it.hash(stop.signal).catch(() => {});
  await until("some of it", () => it.bytesRead() > 8 * MIB);
  const played: number[] = [];
  for (let piece = 0; piece < 20; piece++) {
    const film = await it.lanes.acquire(["disk"], { priority: "playback" });
    played.push(it.bytesRead());
    film[Symbol.dispose]();
    await sleep(80);
  }
  stop.abort();
  await hashing;

  const beside = played.at(-1)! - played[2]!;
  ok(beside > MIB, `${beside} bytes beside the film`);
  ok(beside <= 18 * MIB, `${beside} bytes beside the film`);
});
