import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { wav } from "../../helpers/clips.ts";
import { openRig } from "../rig.ts";

Deno.test("a scan finds, probes and hashes; the next one reads nothing", async () => {
  await using rig = await openRig();
  await rig.file("One.Film.wav", wav(1));
  await rig.file("series/s01/Two.wav", wav(2));

  const first = await rig.scan();
  const second = await rig.scan();

  const film = rig.find("One.Film.wav");
  deepStrictEqual([first.files, first.new, first.errors], [2, 2, 0]);
  ok(first.bytesRead >= 2 * 844);
  deepStrictEqual(
    [second.files, second.new, second.changed, second.gone, second.bytesRead],
    [2, 0, 0, 0, 0],
  );
  deepStrictEqual(
    [film.title, film.status, film.container, film.durationMs, film.sizeBytes, film.driveIds],
    ["One Film", "ready", "wav", 100, 844, ["disk"]],
  );
  strictEqual(film.tracks[0]?.kind, "audio");
  deepStrictEqual(fullHashes(rig.library.hashesOf(film.id)), { md5: md5(wav(1)) });
});

Deno.test("a changed file is read again, and only that", async () => {
  await using rig = await openRig();
  await rig.file("a.wav", wav(1));
  await rig.file("b.wav", wav(2));
  await rig.scan();
  const before = rig.find("a.wav");
  rig.library.assign([{ relativePath: "a.wav", catalogId: "c-1" }]);

  await rig.file("a.wav", wav(3, 1600));
  const report = await rig.scan();

  const after = rig.find("a.wav");
  deepStrictEqual([report.changed, report.new], [1, 0]);
  ok(report.bytesRead < 2 * 1644 + 844);
  deepStrictEqual([after.id, after.durationMs, after.status], [before.id, 200, "ready"]);
  strictEqual(after.catalogId, undefined, "it is another film now, to be offered anew");
  deepStrictEqual(fullHashes(rig.library.hashesOf(after.id)), { md5: md5(wav(3, 1600)) });
});

Deno.test("a file that is gone is missing, and back as it was it is ready without being read", async () => {
  await using rig = await openRig();
  const path = await rig.file("a.wav", wav(1));
  await rig.file("stays.wav", wav(2));
  await rig.scan();
  const { id } = rig.find("a.wav");
  rig.library.assign([{ relativePath: "a.wav", catalogId: "c-1" }]);
  await Deno.rename(path, `${path}.away`);

  const gone = await rig.scan();
  const status = rig.find("a.wav").status;
  await Deno.rename(`${path}.away`, path);
  const back = await rig.scan();

  deepStrictEqual([gone.gone, status], [1, "missing"]);
  deepStrictEqual([back.new, back.changed, back.bytesRead], [0, 0, 0]);
  const file = rig.find("a.wav");
  deepStrictEqual([file.id, file.status, file.catalogId], [id, "ready", "c-1"]);
});

Deno.test("files of a root that vanishes are missing once a person says so, and back with it", async () => {
  await using rig = await openRig();
  const other = join(rig.dir.path, "other");
  await rig.file("a.wav", wav(1));
  await rig.dir.file("other/b.wav", wav(2));
  rig.settings.roots = [rig.root, other];
  await rig.scan();
  await Deno.rename(other, `${other}.away`);

  const gone = await rig.scan();
  deepStrictEqual([rig.find("a.wav").status, rig.find("b.wav").status], ["ready", "ready"]);
  deepStrictEqual([gone.gone, gone.issues.map(({ path }) => path)], [0, [other]]);
  await rig.library.confirmGone(other);
  deepStrictEqual([rig.find("a.wav").status, rig.find("b.wav").status], ["ready", "missing"]);

  await Deno.rename(`${other}.away`, other);
  const back = await rig.scan();
  deepStrictEqual([rig.find("b.wav").status, back.bytesRead], ["ready", 0]);
});

Deno.test("a folder that is no media folder any more takes its files along", async () => {
  await using rig = await openRig();
  const other = join(rig.dir.path, "other");
  await rig.file("a.wav", wav(1));
  await rig.dir.file("other/b.wav", wav(2));
  rig.settings.roots = [rig.root, other];
  await rig.scan();

  rig.settings.roots = [rig.root];
  const report = await rig.scan();

  deepStrictEqual([report.gone, rig.find("b.wav").status], [1, "missing"]);
});

Deno.test("a scan of some folders leaves the others as they are", async () => {
  await using rig = await openRig();
  const other = join(rig.dir.path, "other");
  const path = await rig.file("a.wav", wav(1));
  await rig.dir.file("other/b.wav", wav(2));
  rig.settings.roots = [rig.root, other];
  await rig.scan();
  await Deno.remove(path);
  await rig.dir.file("other/c.wav", wav(3));

  await rig.library.scan({ signal: new AbortController().signal, roots: [other] });

  deepStrictEqual([rig.find("a.wav").status, rig.find("c.wav").status], ["ready", "ready"]);
});

Deno.test("the same path below two roots has two names on the wire", async () => {
  await using rig = await openRig();
  const other = join(rig.dir.path, "other");
  await rig.file("s01/a.wav", wav(1));
  await rig.dir.file("other/s01/a.wav", wav(2));
  rig.settings.roots = [rig.root, other];

  await rig.scan();

  const offered = rig.library.unoffered(10).map(({ relativePath }) => relativePath).sort();
  deepStrictEqual(offered, ["other/s01/a.wav", "s01/a.wav"]);
});

Deno.test("a new algorithm is computed of every file, and it alone", async () => {
  await using rig = await openRig();
  await rig.file("a.wav", wav(1));
  await rig.file("b.wav", wav(2));
  await rig.scan();
  const { id } = rig.find("a.wav");

  rig.settings.algorithms = ["md5", "sha1"];
  rig.db.run("UPDATE hashes SET digest = 'kept' WHERE algorithm = 'md5'");
  const report = await rig.scan();

  strictEqual(report.bytesRead, 2 * 844);
  const sha1 = createHash("sha1").update(wav(1)).digest("hex");
  deepStrictEqual(fullHashes(rig.library.hashesOf(id)), { md5: "kept", sha1 });
  strictEqual(rig.find("a.wav").status, "ready");
});

Deno.test("drives that are known better later on are taken up without reading", async () => {
  let drives = ["unknown"];
  await using rig = await openRig({ locate: () => drives });
  await rig.file("a.wav", wav(1));
  await rig.scan();

  drives = ["drv-1"];
  const report = await rig.scan();

  deepStrictEqual([rig.find("a.wav").driveIds, report.bytesRead], [["drv-1"], 0]);
});

Deno.test("one scan at a time; and it says how far it is", async () => {
  const told: string[] = [];
  await using rig = await openRig({
    onPublish: (type) => void (type.startsWith("scan.") && told.push(type)),
  });
  await rig.file("a.wav", wav(1));

  const running = rig.scan();
  strictEqual(rig.library.scanState().running, true);
  await rejects(rig.scan(), { name: "ConflictError" });
  await running;

  strictEqual(rig.library.scanState().running, false);
  strictEqual(rig.library.scanState().last?.files, 1);
  deepStrictEqual([told[0], told.at(-1)], ["scan.started", "scan.finished"]);
  ok(told.includes("scan.progress"));
});

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

/** Without the one of both ends, which is known as soon as the file has been looked into. */
function fullHashes({ oshash, ...full }: Record<string, string>): Record<string, string> {
  ok(/^[0-9a-f]{16}$/.test(oshash!), `${oshash}`);
  return full;
}
