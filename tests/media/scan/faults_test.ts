import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { CommandError, type Run, run } from "../../../src/base/command.ts";
import { has, samples, wav } from "../../helpers/clips.ts";
import { noise } from "../../helpers/temp.ts";
import { openRig } from "../rig.ts";

const isPosix = join("a", "b") === "a/b";
const noFfprobe = !await has("ffprobe", "-version");

/** A machine whose ffprobe answers so. */
const ffprobeSays = (answer: () => Promise<string>): Run => (_program, [first]) =>
  first === "-version" ? Promise.resolve("ffprobe version 7") : answer();

Deno.test("each bad file has its own clear words, and the others are read", async () => {
  await using rig = await openRig();
  const film = await Deno.readFile(samples.mp4);
  await rig.file("good.wav", wav(1));
  await rig.file("empty.mkv", "");
  await rig.file("text.mp4", "Dear diary, this is no film.\n".repeat(100));
  await rig.file("cut.mp4", film.subarray(0, 300_000));
  await rig.file("cut in the header.mp4", film.subarray(0, 20));
  for (const name of ["mkv", "webm", "mp4", "avi"]) await rig.file(`noise.${name}`, noise(50_000));

  const report = await rig.scan();

  const errors = Object.fromEntries(
    rig.files().map(({ relativePath, error }) => [relativePath, error?.slice(0, 35)]),
  );
  const needs = "This container can only be read with";
  deepStrictEqual(errors, {
    "good.wav": undefined,
    "empty.mkv": "The file is empty",
    "text.mp4": needs.slice(0, 35),
    "cut.mp4": "The content is damaged or cut off: ",
    "cut in the header.mp4": "The content is damaged or cut off: ",
    "noise.mkv": needs.slice(0, 35),
    "noise.webm": needs.slice(0, 35),
    "noise.mp4": needs.slice(0, 35),
    "noise.avi": needs.slice(0, 35),
  });
  strictEqual(report.errors, 8);
  strictEqual(rig.find("good.wav").status, "ready");
  ok(rig.files().every(({ status }) => status === "ready"), "all have their hashes");
  strictEqual((await rig.scan()).bytesRead, 0);
});

Deno.test(
  { name: "ffprobe has its own words for what nobody can read", ignore: noFfprobe },
  async () => {
    await using rig = await openRig({ run });
    await rig.file("noise.avi", noise(50_000));
    await rig.file("card.avi", await Deno.readFile(samples.avi));
    await rig.file("-x.avi", await Deno.readFile(samples.avi));

    await rig.scan();

    strictEqual(
      rig.find("noise.avi").error,
      "The content cannot be read: it is damaged, or of a kind that ffprobe does not know either",
    );
    for (const name of ["card.avi", "-x.avi"]) {
      const { container, durationMs, tracks, error } = rig.find(name);
      deepStrictEqual([container, Math.round(durationMs! / 1000), error], ["avi", 12, undefined]);
      deepStrictEqual(tracks.map(({ codec, width }) => [codec, width]), [
        ["mpeg4", 320],
        ["mp3", undefined],
      ]);
    }
  },
);

Deno.test("a file that needs ffprobe is looked into once ffprobe is there, and not hashed again", async () => {
  await using rig = await openRig();
  await rig.file("card.avi", await Deno.readFile(samples.avi));
  await rig.scan();
  const before = rig.find("card.avi");
  deepStrictEqual([before.status, before.container], ["ready", "avi"]);
  ok(before.error?.includes("install ffmpeg, then scan again"));

  const found = { format: { format_name: "avi", duration: "12" }, streams: [] };
  rig.tools.run = ffprobeSays(() => Promise.resolve(JSON.stringify(found)));
  rig.db.run("UPDATE hashes SET digest = 'kept'");
  await rig.scan();

  const after = rig.find("card.avi");
  deepStrictEqual([after.status, after.durationMs, after.error], ["ready", 12_000, undefined]);
  deepStrictEqual(fullHashes(rig.library.hashesOf(after.id)), { md5: "kept" });
});

Deno.test("ffprobe that goes away or hangs during a scan is asked again at the next", async () => {
  const failures = [
    new CommandError('Cannot run "ffprobe": not installed', { missing: true }),
    new CommandError('Cannot run "ffprobe": no answer in 30000 ms', {}),
  ];
  for (const failure of failures) {
    await using rig = await openRig({ run: ffprobeSays(() => Promise.reject(failure)) });
    await rig.file("card.avi", await Deno.readFile(samples.avi));
    await rig.scan();
    ok(rig.find("card.avi").error);

    const found = { format: { format_name: "avi", duration: "12" }, streams: [] };
    rig.tools.run = ffprobeSays(() => Promise.resolve(JSON.stringify(found)));
    await rig.scan();

    const { status, durationMs, error } = rig.find("card.avi");
    deepStrictEqual([status, durationMs, error], ["ready", 12_000, undefined]);
  }
});

Deno.test("a film that says of itself that it is cut off can be played up to there", async () => {
  await using rig = await openRig();
  const film = await Deno.readFile(samples.mkv);
  await rig.file("cut.mkv", film.subarray(0, 500_000));

  await rig.scan();

  const { status, tracks, error } = rig.find("cut.mkv");
  deepStrictEqual([status, tracks.length], ["ready", 3]);
  ok(error?.startsWith("The file is cut off: it has 500000 of "), String(error));
});

Deno.test({ name: "files of any name come through the whole scan", ignore: !isPosix }, async () => {
  await using rig = await openRig();
  const names = ["a\nb.wav", "🎬 été.wav", "-x.wav", `q'"q.wav`, "back\\slash.wav", "[*]?/x.wav"];
  for (const [seed, name] of names.entries()) await rig.file(name, wav(seed));

  const report = await rig.scan();

  deepStrictEqual(report.issues, []);
  deepStrictEqual(Object.keys(rig.statuses()), names.sort());
  ok(Object.values(rig.statuses()).every((status) => status === "ready"));
});

Deno.test("a file that changes while it is hashed is read again at the next scan", async () => {
  let isChanged = false;
  await using rig = await openRig({
    onPublish: (type, { phase }) => {
      // The moment between looking and reading is when this comes.
      if (type === "scan.progress" && phase === "hash" && !isChanged) {
        isChanged = true;
        Deno.writeFileSync(join(rig.root, "a.wav"), wav(2, 1600));
      }
    },
  });
  await rig.file("a.wav", wav(1));
  await rig.file("b.wav", wav(3));

  const first = await rig.scan();
  const between = rig.find("a.wav");
  await rig.scan();

  deepStrictEqual([between.status, rig.find("b.wav").status], ["unreadable", "ready"]);
  ok(between.error?.includes("changed while it was read"));
  strictEqual(first.errors, 1);
  strictEqual(rig.find("a.wav").status, "ready");
  strictEqual(rig.find("a.wav").sizeBytes, 1644);
});

Deno.test("a file that is gone when it is to be read costs nobody else anything", async () => {
  await using rig = await openRig({
    onPublish: (type, { phase, files }) => {
      // As probing begins: nothing of it is done yet.
      if (type === "scan.progress" && phase === "probe" && files === 0) {
        Deno.removeSync(join(rig.root, "a.wav"));
      }
    },
  });
  await rig.file("a.wav", wav(1));
  await rig.file("b.wav", wav(2));

  const report = await rig.scan();

  deepStrictEqual(rig.statuses(), { "a.wav": "unreadable", "b.wav": "ready" });
  ok(report.issues[0]?.problem.startsWith("The file is not there"));
});

/** Without the one of both ends, which is known as soon as the file has been looked into. */
function fullHashes({ oshash, ...full }: Record<string, string>): Record<string, string> {
  ok(/^[0-9a-f]{16}$/.test(oshash!), `${oshash}`);
  return full;
}
