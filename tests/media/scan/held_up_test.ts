/** Drives that sleep, or play a film, while others are scanned. @module */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { wav } from "../../helpers/clips.ts";
import { until, within } from "../../helpers/wait.ts";
import { openRig } from "../rig.ts";

const locate = (path: string) => [path.includes("/a") ? "a" : "b"];
/** Workers begin slowly on a machine that has other work. */
const LIMIT_MS = 20_000;
const deps = () => ({ heldUpMs: 200 });

/** A film on the drive "a", until disposed. It leaves no pause: a drive with a head reads no more. */
function play({ lanes }: Awaited<ReturnType<typeof openRig>>): Disposable {
  lanes.openStream(["a"]);
  const timer = setInterval(() => lanes.openStream(["a"]), 100);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

Deno.test("while a film plays from one drive, the folders of another are scanned to the end", async () => {
  await using rig = await openRig({ kind: "hdd", locate, deps });
  const folder = join(rig.dir.path, "a");
  await Deno.mkdir(folder);
  rig.settings.roots = [folder, rig.root];
  await rig.dir.file("a/one.wav", wav(1));
  await rig.file("two.wav", wav(2));
  const film = play(rig);

  const scanning = rig.scan();
  await until("the other drive", () => rig.statuses()["two.wav"] === "ready", LIMIT_MS);

  deepStrictEqual(rig.statuses(), { "two.wav": "ready" });
  film[Symbol.dispose]();
  strictEqual((await within("the scan", scanning, LIMIT_MS)).new, 2);
  deepStrictEqual(rig.statuses(), { "one.wav": "ready", "two.wav": "ready" });
});

Deno.test("a scan ends without drives that play a film; what is left there goes on by itself", async () => {
  await using rig = await openRig({
    kind: "hdd",
    locate,
    deps,
    onPublish: (type, { phase, files }) => {
      if (type === "scan.progress" && phase === "probe" && files === 0) film ??= play(rig);
    },
  });
  let film: Disposable | undefined;
  await rig.file("a/one.wav", wav(1));
  await rig.file("two.wav", wav(2));

  const { left } = await within("the scan", rig.scan(), LIMIT_MS);

  deepStrictEqual(rig.statuses(), { "a/one.wav": "new", "two.wav": "ready" });
  const { sizeBytes } = rig.find("one.wav");
  deepStrictEqual(left, [{
    jobId: "probe:a",
    driveIds: ["a"],
    files: 1,
    bytes: sizeBytes,
    waitingFor: "a turn on a",
    isPaused: false,
  }]);
  const { state, waitingFor } = rig.jobs.get("probe:a");
  deepStrictEqual([state, waitingFor], ["waiting", "a turn on a"]);
  film![Symbol.dispose]();
  await until("its end", () => rig.jobs.get("probe:a").state === "done", LIMIT_MS);
  strictEqual(rig.library.scanState().progress, undefined, "the scan is over");
});

Deno.test("a film that starts in the middle of a walk holds up no folder of another drive", async () => {
  let film: Disposable | undefined;
  await using rig = await openRig({
    kind: "hdd",
    locate,
    deps: () => ({
      heldUpMs: 200,
      // In the middle: the folder itself has been looked at, what is in it has not.
      touch: async (path, work) => {
        const result = await work(() => {});
        if (locate(path)[0] === "a") film ??= play(rig);
        return result;
      },
    }),
  });
  const folder = join(rig.dir.path, "a");
  await Deno.mkdir(folder);
  rig.settings.roots = [folder, rig.root];
  await rig.dir.file("a/one.wav", wav(1));
  await rig.file("two.wav", wav(2));

  const scanning = rig.scan();
  await until("the other drive", () => rig.statuses()["two.wav"] === "ready", LIMIT_MS);
  await until("the words", () => rig.jobs.get("scan").state === "waiting", LIMIT_MS);
  const scanSaid = rig.jobs.get("scan").waitingFor;

  deepStrictEqual(rig.statuses(), { "two.wav": "ready" });
  strictEqual(scanSaid, "a turn on a");
  film![Symbol.dispose]();
  const report = await within("the scan", scanning, LIMIT_MS);
  deepStrictEqual([report.files, report.new, report.gone, report.left], [2, 2, 0, []]);
  deepStrictEqual(rig.statuses(), { "one.wav": "ready", "two.wav": "ready" });
});

Deno.test("a walk behind a film misses no file, and ends with its cancelled scan", async () => {
  await using rig = await openRig({ kind: "hdd", locate, deps });
  const folder = join(rig.dir.path, "a");
  await Deno.mkdir(folder);
  rig.settings.roots = [folder, rig.root];
  await rig.dir.file("a/one.wav", wav(1));
  const two = await rig.file("two.wav", wav(2));
  await rig.file("three.wav", wav(3));
  await within("the first scan", rig.scan(), LIMIT_MS);
  await Deno.remove(two);
  const film = play(rig);

  const scanning = rig.scan();
  await until("the other drive", () => rig.statuses()["two.wav"] === "missing", LIMIT_MS);
  strictEqual(rig.statuses()["one.wav"], "ready");
  rig.jobs.cancel("scan");

  await rejects(within("its end", scanning, LIMIT_MS), /cancelled/);
  film[Symbol.dispose]();
  const report = await within("the next one", rig.scan(), LIMIT_MS);
  deepStrictEqual([report.files, report.new, report.gone], [2, 0, 0]);
  deepStrictEqual(rig.statuses(), {
    "one.wav": "ready",
    "three.wav": "ready",
    "two.wav": "missing",
  });
});

Deno.test("a drive that sleeps keeps no scan from its end", async () => {
  const awake = Promise.withResolvers<void>();
  let isAsleep = true;
  await using rig = await openRig({
    kind: "hdd",
    locate,
    deps,
    gate: {
      pass: (driveIds) => driveIds[0] === "a" ? awake.promise : Promise.resolve(),
      waitingFor: (driveIds) => driveIds[0] === "a" && isAsleep ? "a sleeps" : undefined,
    },
  });
  await rig.file("a/one.wav", wav(1));
  await rig.file("two.wav", wav(2));

  await within("the scan", rig.scan(), LIMIT_MS);
  await within("another one", rig.scan());

  deepStrictEqual(rig.statuses(), { "a/one.wav": "new", "two.wav": "ready" });
  strictEqual(rig.jobs.get("probe:a").state, "waiting");
  isAsleep = false;
  awake.resolve();
  await until("its end", () => rig.jobs.get("probe:a").state === "done", LIMIT_MS);
  await within("the last scan", rig.scan());
  deepStrictEqual(rig.statuses(), { "a/one.wav": "ready", "two.wav": "ready" });
});
