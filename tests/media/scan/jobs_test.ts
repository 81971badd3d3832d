import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createScanStore } from "../../../src/media/scan/store.ts";
import { samples, wav } from "../../helpers/clips.ts";
import { until, within } from "../../helpers/wait.ts";
import { openRig } from "../rig.ts";

/** Files whose path has "b" in it lie on the drive "b". */
const locate = (path: string) => [path.includes("/b") ? "b" : "a"];

/** Some seconds of work for a hasher, and no space on the disk. */
async function sparse(rig: Awaited<ReturnType<typeof openRig>>, name: string, bytes: number) {
  const path = await rig.file(name, wav(1));
  await Deno.truncate(path, bytes);
}

/** The most that a worker reads in one go. */
const ONE_READ = 1024 * 1024;
const BIG = 1536 * ONE_READ;
/** So much has been hashed when it is paused. */
const SOME = 30e6;

/**
 * A scan of a big file that is paused before half of it has been read. On a busy machine its hash
 * may be through by then: it gets a larger file.
 */
async function pauseInside(jobId: string) {
  for (let bytes = BIG / 8; bytes <= 2 * BIG; bytes *= 2) {
    await using held = new AsyncDisposableStack();
    const rig = held.use(await openRig({ locate }));
    await sparse(rig, "a/big.wav", bytes);
    await rig.file("b/small.wav", wav(1));
    const bytesRead = () => rig.lanes.list().find((it) => it.driveIds[0] === "a")?.bytesRead ?? 0;
    const state = () => rig.jobs.find("hash:a")?.state;
    const scanning = rig.scan();
    await until(
      "some bytes",
      () => state() === "done" || state() === "running" && bytesRead() > SOME,
      60_000,
    );

    const job = rig.jobs.get("hash:a");
    if (job.state !== "done") rig.jobs.pause(jobId);
    const before = bytesRead();
    if (before < bytes / 2) {
      const stack = held.move();
      const end = { [Symbol.asyncDispose]: () => stack.disposeAsync() };
      return { ...rig, ...end, scanning, bytes, bytesRead, before, job };
    }
    if (job.state !== "done") rig.jobs.resume(jobId);
    await within("the scan", scanning, 60_000);
  }
  throw new Error("A hash of 3 GB is through before it can be paused");
}

Deno.test("a scan is a job, and so is each of its steps on each set of drives", async () => {
  await using rig = await openRig({ locate });
  await rig.file("a/one.wav", wav(1));
  await rig.file("b/two.wav", wav(1));
  await rig.file("b/three.wav", wav(1));

  await rig.scan();

  const jobs = rig.jobs.list({ after: "", limit: 100 });
  deepStrictEqual(
    jobs.map(({ id, state, done, total, driveIds }) => [id, state, done, total, driveIds]),
    [
      ["hash:a", "done", 1, 1, ["a"]],
      ["hash:b", "done", 2, 2, ["b"]],
      ["probe:a", "done", 1, 1, ["a"]],
      ["probe:b", "done", 2, 2, ["b"]],
      ["scan", "done", 3, 3, []],
    ],
  );
  ok(jobs.every((it) => it.kind === "scan" || it.bytesDone === it.bytesTotal));
});

Deno.test("a paused hash stops within one read, and goes on in the middle of its file", async () => {
  await using rig = await pauseInside("hash:a");
  const { bytes, bytesRead } = rig;

  await within("the end of a scan that leaves it out", rig.scanning);
  const before = bytesRead();
  await until("its worker's place", () => rig.library.workers.counts().busy === 0);
  using _lane = await within("its lane", rig.lanes.acquire(["a"]));
  await sleep(100);

  ok(bytesRead() - before <= ONE_READ, `${bytesRead() - before} more bytes were read`);
  ok(before < bytes / 2 + ONE_READ, `${before} bytes were read`);
  deepStrictEqual(rig.statuses(), { "a/big.wav": "probed", "b/small.wav": "ready" });
  const { bytesDone, bytesTotal, etaS, rate } = rig.job;
  // The lane has counted what was read to look into the file, too.
  ok(bytesDone >= SOME - 2 * ONE_READ && bytesTotal === bytes, `${bytesDone} of ${bytesTotal}`);
  ok(Math.abs(etaS! - (bytes - bytesDone) / rate!.bytesPerS) < 1, "the time left is told");
  strictEqual(rig.library.workers.counts().busy, 0);
  strictEqual(rig.library.scanState().running, false);

  _lane[Symbol.dispose]();
  rig.jobs.resume("hash:a");
  await until("the hash", () => rig.find("big.wav").status === "ready", 60_000);

  strictEqual(rig.jobs.get("hash:a").bytesDone, bytes);
  ok(bytesRead() < bytes + ONE_READ, "nothing is read twice, and little to look into the file");
  strictEqual(rig.jobs.get("hash:a").state, "done");
});

Deno.test("a hash that is paused and resumed again and again is right, and keeps no lane", async () => {
  await using rig = await openRig({ locate });
  const bytes = 128 * ONE_READ;
  await sparse(rig, "a/big.wav", bytes);
  const scanning = rig.scan();
  await until("its job", () => rig.jobs.find("hash:a")?.state === "running");

  for (let count = 0; count < 60 && rig.jobs.get("hash:a").state !== "done"; count++) {
    rig.jobs.pause("hash:a");
    await sleep(count % 7);
    rig.jobs.resume("hash:a");
    await sleep(count % 5);
  }
  await within("the scan", scanning, 30_000);
  await until("the hash", () => rig.find("big.wav").status === "ready", 30_000);

  const expected = createHash("md5").update(wav(1));
  const zeros = new Uint8Array(ONE_READ);
  for (let left = bytes - wav(1).length; left > 0; left -= ONE_READ) {
    expected.update(zeros.subarray(0, left));
  }
  strictEqual(rig.library.hashesOf(rig.find("big.wav").id).md5, expected.digest("hex"));
  ok(rig.lanes.list().every(({ held }) => Object.values(held).every((it) => it === 0)));
  strictEqual(rig.library.workers.counts().busy, 0);
});

Deno.test("a second scan leaves a paused drive alone, also when its job has not begun", async () => {
  await using rig = await openRig({ locate });
  await sparse(rig, "a/big.wav", BIG);
  const scanning = rig.scan();
  await until("its job", () => rig.jobs.find("hash:a")?.state === "running");
  rig.jobs.pause("hash:a");
  await within("the first scan", scanning);
  await rig.file("a/later.wav", wav(1));
  await rig.file("b/later.wav", wav(1));

  await within("the second scan", rig.scan());

  deepStrictEqual(rig.statuses(), {
    "a/big.wav": "probed",
    "a/later.wav": "probed",
    "b/later.wav": "ready",
  });
  rig.jobs.cancel("hash:a");
  await until("its end", () => rig.jobs.get("hash:a").state === "cancelled");
});

Deno.test("what ffprobe looks into is counted once", async () => {
  await using rig = await openRig({
    locate,
    run: (_, args) => Promise.resolve(args[0] === "-version" ? "ffprobe version 7" : "{}"),
  });
  await rig.file("a/one.wav", wav(1));
  await rig.file("a/empty.avi", new Uint8Array());
  for (const name of ["a/card.avi", "a/other.avi"]) {
    await rig.file(name, await Deno.readFile(samples.avi));
  }

  await rig.scan();

  const { done, total, bytesDone, bytesTotal } = rig.jobs.get("probe:a");
  deepStrictEqual([done, total, bytesDone], [4, 4, bytesTotal]);
});

Deno.test("a paused probe keeps its files from ffprobe, too", async () => {
  const asked: string[] = [];
  await using rig = await openRig({
    locate,
    run: (program, args) => {
      if (args[0] !== "-version") asked.push(program);
      return Promise.resolve("ffprobe version 7");
    },
  });
  await rig.file("a/card.avi", await Deno.readFile(samples.avi));
  const running = rig.jobs.run(
    { id: "probe:a", kind: "probe", title: "Look into new files", driveIds: ["a"] },
    async (job) => await job.ready(),
    { signal: AbortSignal.timeout(60_000) },
  );
  rig.jobs.pause("probe:a");

  await within("the scan", rig.scan());

  deepStrictEqual([rig.statuses(), asked.filter((it) => it === "ffprobe")], [
    { "a/card.avi": "new" },
    [],
  ]);
  rig.jobs.resume("probe:a");
  await running;
});

Deno.test("a cancelled hash costs the other drives nothing, and is begun anew by the next scan", async () => {
  await using rig = await openRig({ locate });
  await sparse(rig, "a/big.wav", BIG);
  await rig.file("b/small.wav", wav(1));
  const scanning = rig.scan();
  await until("its job", () => rig.jobs.find("hash:a")?.state === "running");

  rig.jobs.cancel("hash:a");
  await within("the scan", scanning);

  deepStrictEqual([rig.statuses(), rig.jobs.get("hash:a").state], [
    { "a/big.wav": "probed", "b/small.wav": "ready" },
    "cancelled",
  ]);
  await Deno.truncate(`${rig.root}/a/big.wav`, 1000);
  await rig.scan();
  strictEqual(rig.jobs.get("hash:a").state, "done");
});

Deno.test("a paused scan stands still with all its parts, and goes on", async () => {
  await using rig = await pauseInside("scan");
  const { bytesRead, before } = rig;
  let isOver = false;
  const scanning = rig.scanning.then(() => isOver = true);

  const lane = await within("the lane", rig.lanes.acquire(["a"]));
  await sleep(100);
  const { state, waitingFor } = rig.jobs.get("hash:a");

  ok(bytesRead() - before <= 2 * ONE_READ, `${bytesRead() - before} more bytes were read`);
  deepStrictEqual([state, waitingFor], ["paused", "job scan is paused by a person"]);
  deepStrictEqual([isOver, rig.library.workers.counts().busy], [false, 0]);
  lane[Symbol.dispose]();
  rig.jobs.resume("scan");
  await within("the scan", scanning, 60_000);
  strictEqual(rig.find("big.wav").status, "ready");
});

Deno.test("a cancelled scan ends, fails nothing, and the next one finds all", async () => {
  const reasons: unknown[] = [];
  await using rig = await openRig({
    locate,
    onPublish: (type, data) => type === "scan.failed" && reasons.push(data.reason),
  });
  await sparse(rig, "a/big.wav", BIG);
  const scanning = rig.scan();
  await until("its job", () => rig.jobs.find("hash:a")?.state === "running");

  rig.jobs.cancel("scan");

  await rejects(within("the end", scanning), { name: "CancelledError" });
  deepStrictEqual([rig.jobs.get("scan").state, rig.jobs.get("hash:a").state], [
    "cancelled",
    "queued",
  ]);
  deepStrictEqual([reasons, rig.library.scanState().failed], [["it was cancelled"], undefined]);
  await Deno.truncate(`${rig.root}/a/big.wav`, 1000);
  await rig.scan();
  strictEqual(rig.find("big.wav").status, "ready");
});

Deno.test("work for a sleeping drive waits without a worker, and the job says so", async () => {
  const gate = Promise.withResolvers<void>();
  await using rig = await openRig({
    locate,
    gate: { pass: (driveIds) => driveIds[0] === "a" ? gate.promise : Promise.resolve() },
  });
  await rig.file("a/one.wav", wav(1));
  await rig.file("b/two.wav", wav(1));
  const scanning = rig.scan();
  await until("the other drive", () => rig.jobs.find("probe:b")?.state === "done");

  const { state } = rig.jobs.get("probe:a");
  const { busy } = rig.library.workers.counts();
  gate.resolve();
  await within("the scan", scanning);

  deepStrictEqual([state, busy], ["waiting", 0]);
  deepStrictEqual(rig.statuses(), { "a/one.wav": "ready", "b/two.wav": "ready" });
});

Deno.test("a job that is paused keeps nobody from ending", async () => {
  const rig = await openRig({ locate });
  await sparse(rig, "a/big.wav", BIG);
  const stop = new AbortController();
  const scanning = rig.scan(stop.signal).catch(() => {});
  await until("its job", () => rig.jobs.find("hash:a")?.state === "running");
  rig.jobs.pause("hash:a");
  await scanning;

  await within("the end", rig[Symbol.asyncDispose]());
});

Deno.test("what waits on a set of drives is counted in spans", async () => {
  await using rig = await openRig({ locate });
  for (const name of ["a/1", "b/2", "a/3", "a/4", "a/5"]) await rig.file(`${name}.wav`, wav(1));
  await rig.scan();
  rig.db.run("UPDATE media SET status = 'new' WHERE relative_path <> 'a/3.wav'");
  const store = createScanStore(rig.db);
  const size = wav(1).length;

  const counts: number[][] = [];
  for (let after = 0; counts.at(-1)?.[0] !== 0;) {
    const { files, bytes, last } = store.countWaitingOn("new", ["a"], after, 2);
    counts.push([files, bytes / size]);
    after = last;
  }

  deepStrictEqual(counts, [[2, 2], [1, 1], [0, 0]]);
});
