/** Files that an earlier version looked into are looked into again where this one knows more. @module */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { wav } from "../../helpers/clips.ts";
import { openRig } from "../rig.ts";

Deno.test("a new version of a container's probe looks into its files once more, and into no others", async () => {
  await using rig = await openRig();
  for (let seed = 0; seed < 5; seed++) await rig.file(`${seed}.wav`, wav(seed, 100_000));
  await rig.file("named.mp3.wav", wav(9));
  await rig.scan();
  const stored = (container: string, name: string) =>
    rig.db.run("UPDATE media SET container = ? WHERE relative_path = ?", container, name);
  // As an earlier version may have stored them; the content tells what they are.
  stored("ogg", "0.wav");
  stored("mpegts", "1.wav");
  stored("mp3", "2.wav");
  stored("other", "3.wav");
  rig.db.run("DELETE FROM scan_done WHERE what LIKE 'probed %'");
  rig.db.run("UPDATE hashes SET digest = 'kept' WHERE algorithm = 'md5'");
  rig.db.run("UPDATE media SET updated_at = 'before'");

  await rig.scan();

  const containers = () =>
    Object.fromEntries(rig.files().map((it) => [it.relativePath, it.container]));
  const expected = {
    "0.wav": "wav",
    "1.wav": "wav",
    "2.wav": "wav",
    "3.wav": "other",
    "4.wav": "wav",
    "named.mp3.wav": "wav",
  };
  deepStrictEqual(containers(), expected);
  deepStrictEqual(new Set(Object.values(rig.statuses())), new Set(["ready"]));
  strictEqual(rig.db.all("SELECT 1 FROM hashes WHERE digest = 'kept'").length, 6, "none is hashed");
  deepStrictEqual(
    rig.files().filter((it) => it.updatedAt === "before").map((it) => it.relativePath).sort(),
    ["3.wav", "4.wav", "named.mp3.wav"],
  );

  stored("ogg", "4.wav");
  await rig.scan();
  strictEqual(rig.find("4.wav").container, "ogg", "once for each version");
});

Deno.test("what is looked into once more goes on where it was cut off", async () => {
  const stop = new AbortController();
  let isAgain = false;
  const stopSoon = () => {
    if (rig.db.get("SELECT 1 FROM media WHERE container = 'wav'")) stop.abort(new Error("enough"));
    else setTimeout(stopSoon);
  };
  await using rig = await openRig({
    onPublish: (type, { phase, files }) => {
      if (isAgain && type === "scan.progress" && phase === "probe" && files === 0) stopSoon();
    },
  });
  const FILES = 200;
  for (let seed = 0; seed < FILES; seed++) await rig.file(`${seed}.wav`, wav(seed));
  await rig.scan();
  rig.db.run("UPDATE media SET container = 'ogg'");
  rig.db.run("DELETE FROM scan_done WHERE what = 'probed ogg'");

  isAgain = true;
  await rejects(rig.scan(stop.signal), { message: "enough" });
  isAgain = false;
  const done = rig.files().filter(({ container }) => container === "wav").length;
  ok(done > 0 && done < FILES, `${done} of ${FILES}`);
  rig.db.run("UPDATE media SET container = 'done' WHERE container = 'wav'");
  await rig.scan();

  const containers = rig.files().map(({ container }) => container);
  strictEqual(containers.filter((it) => it === "done").length, done, "none is read twice");
  strictEqual(containers.filter((it) => it === "wav").length, FILES - done);
});

Deno.test("files of a container are left alone where their names say that nothing is new", async () => {
  await using rig = await openRig();
  rig.settings.extensions = [".mp3", ".mp2"];
  await rig.file("song.MP3", wav(1));
  await rig.file("song.mp2", wav(2));
  await rig.scan();
  rig.db.run("UPDATE media SET container = 'mp3'");
  rig.db.run("DELETE FROM scan_done WHERE what = 'probed mp3'");

  await rig.scan();

  deepStrictEqual([rig.find("song.MP3").container, rig.find("song.mp2").container], [
    "mp3",
    "wav",
  ]);
});
