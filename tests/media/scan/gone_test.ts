/** Files that a scan does not find: a few are missing, of many a person has to say it. @module */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { needsConfirmation } from "../../../src/media/scan/gone/gone.ts";
import { wav } from "../../helpers/clips.ts";
import { openRig } from "../rig.ts";

Deno.test("needsConfirmation() waits for a person with all, and with two and more than a fifth", () => {
  const cases: [gone: number, of: number, boolean][] = [
    [0, 0, false],
    [1, 1, true],
    [1, 2, false],
    [1, 4, false],
    [2, 3, true],
    [2, 9, true],
    [2, 10, false],
    [5, 5, true],
    [20, 100, false],
    [21, 100, true],
    [200_000, 1_000_000, false],
    [200_001, 1_000_000, true],
  ];
  for (const [gone, of, expected] of cases) strictEqual(needsConfirmation(gone, of), expected);
});

/** A rig of twenty files that were scanned, and what was told of it. */
async function openTwenty() {
  const told: unknown[] = [];
  const rig = await openRig({
    onPublish: (type, data) => type === "scan.unconfirmed" && told.push(data.confirmations),
  });
  for (let seed = 0; seed < 20; seed++) {
    await rig.file(`s${seed % 4}/${String(seed).padStart(2, "0")}.wav`, wav(seed));
  }
  await rig.scan();
  const count = (status: string) => rig.files().filter((it) => it.status === status).length;
  return { rig, told, count, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

Deno.test("a few that are gone are missing at once", async () => {
  await using it = await openTwenty();
  for (const name of ["s0/00", "s1/01", "s2/02", "s3/03"]) {
    await Deno.remove(join(it.rig.root, `${name}.wav`));
  }

  const report = await it.rig.scan();

  deepStrictEqual([report.gone, report.confirmations, it.count("missing")], [4, [], 4]);
});

Deno.test("of many nothing is marked until a person has confirmed it", async () => {
  await using it = await openTwenty();
  for (const folder of ["s0", "s1"]) {
    await Deno.remove(join(it.rig.root, folder), { recursive: true });
  }

  const report = await it.rig.scan();
  deepStrictEqual([report.gone, it.count("missing"), it.count("ready")], [0, 0, 20]);
  const [confirmation] = report.confirmations;
  deepStrictEqual([confirmation?.root, confirmation?.files], [it.rig.root, 10]);
  ok(Math.abs(Date.parse(confirmation!.since) - Date.now()) < 60_000);
  deepStrictEqual(it.told, [report.confirmations]);
  deepStrictEqual((await it.rig.scan()).confirmations, report.confirmations, "and asked again");

  await it.rig.library.confirmGone(confirmation!.id);

  deepStrictEqual([it.count("missing"), it.count("ready")], [10, 10]);
  deepStrictEqual(it.rig.library.confirmations(), []);
  deepStrictEqual((await it.rig.scan()).confirmations, []);
  await rejects(it.rig.library.confirmGone(confirmation!.id), { name: "NotFoundError" });
});

Deno.test("what is seen again needs no confirmation any more", async () => {
  await using it = await openTwenty();
  await Deno.rename(join(it.rig.root, "s0"), join(it.rig.dir.path, "s0"));
  await Deno.rename(join(it.rig.root, "s1"), join(it.rig.dir.path, "s1"));
  strictEqual((await it.rig.scan()).confirmations[0]?.files, 10);

  await Deno.rename(join(it.rig.dir.path, "s0"), join(it.rig.root, "s0"));
  strictEqual((await it.rig.scan()).confirmations[0]?.files, 5);
  await Deno.rename(join(it.rig.dir.path, "s1"), join(it.rig.root, "s1"));
  const report = await it.rig.scan();

  deepStrictEqual([report.confirmations, report.bytesRead, it.count("ready")], [[], 0, 20]);
});

Deno.test("what a person has dismissed stays until it is seen again, and hides nothing else", async () => {
  await using it = await openTwenty();
  for (const folder of ["s0", "s1"]) {
    await Deno.rename(join(it.rig.root, folder), join(it.rig.dir.path, folder));
  }
  const [confirmation] = (await it.rig.scan()).confirmations;

  await it.rig.library.keepGone(confirmation!.id);

  deepStrictEqual(it.rig.library.confirmations(), []);
  await Deno.remove(join(it.rig.root, "s2/02.wav"));
  const report = await it.rig.scan();
  deepStrictEqual([report.gone, report.confirmations, it.count("ready")], [1, [], 19]);
  for (const folder of ["s0", "s1"]) {
    await Deno.rename(join(it.rig.dir.path, folder), join(it.rig.root, folder));
  }
  strictEqual((await it.rig.scan()).bytesRead, 0);
  await Deno.remove(join(it.rig.root, "s0"), { recursive: true });
  await Deno.remove(join(it.rig.root, "s1"), { recursive: true });
  strictEqual((await it.rig.scan()).confirmations[0]?.files, 10, "they were there meanwhile");
});

Deno.test("a folder of a media folder that a person passes over needs no confirmation", async () => {
  await using it = await openTwenty();

  it.rig.settings.excludeDirs = ["s0", "s1"];
  const report = await it.rig.scan();

  deepStrictEqual([report.gone, report.confirmations], [10, []]);
  it.rig.settings.excludeDirs = [];
  it.rig.settings.extensions = [".mp4"];
  deepStrictEqual((await it.rig.scan()).gone, 10);
  it.rig.settings.extensions = [".wav"];
  deepStrictEqual([(await it.rig.scan()).bytesRead, it.count("ready")], [0, 20]);
});

Deno.test("of a small folder, too, all files or several wait for a person; one of them is missing", async () => {
  await using rig = await openRig();
  for (let seed = 0; seed < 5; seed++) await rig.file(`${seed}.wav`, wav(seed));
  await rig.scan();
  const isGone = async (...names: number[]) => {
    for (const name of names) await Deno.remove(join(rig.root, `${name}.wav`));
    const { gone, confirmations } = await rig.scan();
    return [gone, confirmations.map(({ files }) => files)];
  };

  deepStrictEqual(await isGone(0), [1, []]);
  deepStrictEqual(await isGone(1, 2), [0, [2]]);
  deepStrictEqual(await isGone(3, 4), [0, [4]]);
  await rig.library.confirmGone(rig.root);
  deepStrictEqual(Object.values(rig.statuses()), Array(5).fill("missing"));
});

Deno.test("of a folder that is no media folder any more no word is awaited", async () => {
  await using it = await openTwenty();
  await Deno.remove(join(it.rig.root, "s0"), { recursive: true });
  strictEqual((await it.rig.scan()).confirmations.length, 1);
  const [confirmation] = it.rig.library.confirmations();
  await it.rig.library.keepGone(confirmation!.id);
  await Deno.remove(join(it.rig.root, "s1"), { recursive: true });
  await it.rig.scan();
  strictEqual(it.rig.library.confirmations().length, 1);

  it.rig.settings.roots = [];
  const report = await it.rig.scan();

  deepStrictEqual([report.gone, report.confirmations, it.count("missing")], [20, [], 20]);
  deepStrictEqual(it.rig.library.confirmations(), []);
  it.rig.settings.roots = [it.rig.root];
  deepStrictEqual([(await it.rig.scan()).bytesRead, it.count("ready")], [0, 10]);
});
