/**
 * Files thrown away and had back: real files, a real database.
 *
 * @module
 */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { ConflictError } from "../../../src/base/errors.ts";
import { TRASH_FOLDER } from "../../../src/media/mod.ts";
import { wav } from "../../helpers/clips.ts";
import { openRig } from "../rig.ts";

type Rig = Awaited<ReturnType<typeof openRig>>;

async function scanned(names: string[], options: Parameters<typeof openRig>[0] = {}) {
  const rig = await openRig(options);
  for (const name of names) await rig.file(name, wav(1));
  await rig.scan();
  return rig;
}

const exists = (path: string) => Deno.lstat(path).then(() => true, () => false);
const signal = () => AbortSignal.timeout(10_000);
const everything = (rig: Rig) => rig.library.trash.list({ trashedAt: "", id: "" }, 100);

Deno.test("a file goes into the trash of its folder, is missing, and comes back as it was", async () => {
  const events: string[] = [];
  await using rig = await scanned(["series/one.wav", "two.wav"], {
    onPublish: (type, data) => type === "trash.changed" && events.push(String(data.what)),
  });
  const { trash } = rig.library;
  const file = rig.find("one.wav");
  const before = await Deno.stat(join(rig.root, file.relativePath));

  const entry = await trash.put(file, { why: "It is a test" });

  const date = new Date().toISOString().slice(0, 10);
  strictEqual(entry.trashPath, `${TRASH_FOLDER}/${date}/series/one.wav`);
  strictEqual((await Deno.stat(join(rig.root, entry.trashPath))).ino, before.ino);
  deepStrictEqual(rig.statuses(), { "series/one.wav": "missing", "two.wav": "ready" });
  deepStrictEqual(trash.counts(), { files: 1, bytes: before.size });
  const report = await rig.scan();
  strictEqual(report.files, 1, "no scan looks into the trash");

  const path = await trash.restore(entry.id);

  strictEqual(path, join(rig.root, "series/one.wav"));
  strictEqual((await Deno.stat(path)).ino, before.ino);
  deepStrictEqual(rig.statuses(), { "series/one.wav": "ready", "two.wav": "ready" });
  deepStrictEqual([everything(rig), events], [[], ["put", "restored"]]);
  strictEqual(await exists(join(rig.root, TRASH_FOLDER, date)), false, "no empty folders stay");
  const again = await rig.scan();
  deepStrictEqual([again.new, again.changed, again.bytesRead], [0, 0, 0]);
});

Deno.test("throwAway() leaves what is not here, or not as it was, where it is", async () => {
  await using rig = await scanned(["one.wav", "two.wav", "three.wav", "four.wav"]);
  const { library } = rig;
  await rig.file("three.wav", wav(2, 900));
  await Deno.remove(join(rig.root, "four.wav"));
  await rig.scan();

  await library.throwAway(rig.find("one.wav"), "owner has asked for it");
  rig.db.run("UPDATE media SET offline_since = '2026' WHERE relative_path = 'two.wav'");
  const [offline, missing] = [rig.find("two.wav"), rig.find("four.wav")];
  const changed = { ...rig.find("three.wav"), sizeBytes: 1 };

  for (const file of [offline, missing, changed]) {
    await rejects(library.throwAway(file, "why"), ConflictError, file.relativePath);
  }
  deepStrictEqual(everything(rig).map(({ relativePath, why }) => [relativePath, why]), [
    ["one.wav", "owner has asked for it"],
  ]);
  for (const name of ["two.wav", "three.wav"]) {
    strictEqual(await exists(join(rig.root, name)), true);
  }
  deepStrictEqual([offline.status, missing.status, rig.find("one.wav").status], [
    "offline",
    "missing",
    "missing",
  ]);
});

Deno.test("files of one name lie beside each other in the trash", async () => {
  await using rig = await scanned(["one.wav"]);
  const { trash } = rig.library;
  const first = await trash.put(rig.find("one.wav"), { why: "first" });
  await rig.file("one.wav", wav(2, 900));
  await rig.scan();

  const second = await trash.put(rig.find("one.wav"), { why: "second" });

  match(second.trashPath, /one \(2\)\.wav$/);
  deepStrictEqual(
    everything(rig).map(({ id, why }) => [id, why]).sort(),
    [
      [first.id, "first"],
      [second.id, "second"],
    ].sort(),
  );
});

Deno.test("what takes the name of a file in the trash is never written over", async () => {
  await using rig = await scanned(["one.wav"]);
  const { trash } = rig.library;
  const entry = await trash.put(rig.find("one.wav"), { why: "test" });
  const other = await rig.file("one.wav", "somebody else's");

  await rejects(trash.restore(entry.id), { name: "ConflictError", message: /there is a file/ });

  strictEqual(await Deno.readTextFile(other), "somebody else's");
  strictEqual(trash.find(entry.id).state, "kept");

  const path = await trash.restore(entry.id, { rename: true });

  strictEqual(path, join(rig.root, "one (2).wav"));
  strictEqual(await Deno.readTextFile(other), "somebody else's");
});

Deno.test("a file that has changed since it was looked at stays where it is", async () => {
  await using rig = await scanned(["one.wav"]);
  const file = rig.find("one.wav");
  const path = join(rig.root, "one.wav");
  await Deno.writeFile(path, wav(2, 900));

  await rejects(rig.library.trash.put(file, { why: "test" }), {
    name: "ConflictError",
    message: /changed meanwhile/,
  });

  deepStrictEqual([await exists(path), everything(rig)], [true, []]);
});

Deno.test("a check that fails once the file is moved brings it back", async () => {
  await using rig = await scanned(["one.wav"]);
  const check = () => Promise.reject(new Error("the keeper is gone"));

  await rejects(rig.library.trash.put(rig.find("one.wav"), { why: "test", check }), {
    message: "the keeper is gone",
  });

  deepStrictEqual([await exists(join(rig.root, "one.wav")), everything(rig)], [true, []]);
  deepStrictEqual(rig.statuses(), { "one.wav": "ready" });
});

Deno.test("a move that is refused leaves the file, and says why", async () => {
  await using rig = await scanned(["one.wav"]);
  await rig.file(TRASH_FOLDER, "a file where the trash is to be");

  await rejects(rig.library.trash.put(rig.find("one.wav"), { why: "test" }), {
    name: "ConflictError",
    message: /a file stands where a folder is to be/,
  });

  deepStrictEqual([await exists(join(rig.root, "one.wav")), everything(rig)], [true, []]);
});

Deno.test("a path that leads out of the media folders is not touched", async () => {
  await using rig = await scanned(["inside/one.wav"]);
  const file = rig.find("one.wav");
  await Deno.rename(join(rig.root, "inside"), join(rig.dir.path, "outside"));
  await Deno.symlink(join(rig.dir.path, "outside"), join(rig.root, "inside"));

  await rejects(rig.library.trash.put(file, { why: "test" }), {
    name: "DeniedError",
    message: /in no media folder/,
  });

  ok(await exists(join(rig.dir.path, "outside/one.wav")));
});

Deno.test("the trash is emptied for good, all of it or what is named, and tells what it could not", async () => {
  await using rig = await scanned(["one.wav", "two.wav", "three.wav"]);
  const { trash } = rig.library;
  const [one, two] = [
    await trash.put(rig.find("one.wav"), { why: "test" }),
    await trash.put(rig.find("two.wav"), { why: "test" }),
  ];

  const named = await trash.empty({ ids: [one.id], signal: signal() });

  deepStrictEqual([named.files, named.failed], [1, []]);
  deepStrictEqual([await exists(join(rig.root, one.trashPath)), trash.counts().files], [false, 1]);
  await rejects(trash.empty({ ids: [one.id], signal: signal() }), { name: "NotFoundError" });

  const early = await trash.empty({ before: "2020-01-01", signal: signal() });
  const rest = await trash.empty({ before: "9999-01-01", signal: signal() });

  deepStrictEqual([early.files, rest.files], [0, 1]);
  strictEqual(await exists(join(rig.root, two.trashPath)), false);
  strictEqual(rig.statuses()["one.wav"], "missing");
});

Deno.test("what a crash has cut off is brought to its end, and nothing is deleted", async () => {
  await using rig = await scanned(["moved.wav", "stayed.wav", "both.wav"]);
  const { db, library: { trash } } = rig;
  const ids = new Map<string, string>();
  for (const name of ["moved.wav", "stayed.wav", "both.wav"]) {
    const { id } = await trash.put(rig.find(name), { why: "test" });
    ids.set(name, id);
  }
  db.run("UPDATE trash SET state = 'going'");
  db.run("UPDATE media SET status = 'ready'");
  const at = (name: string) => join(rig.root, trash.find(ids.get(name)!).trashPath);
  await Deno.rename(at("stayed.wav"), join(rig.root, "stayed.wav"));
  await Deno.link(at("both.wav"), join(rig.root, "both.wav"));

  await trash.settle();

  deepStrictEqual(everything(rig).map((it) => [it.relativePath, it.state]).sort(), [
    ["both.wav", "kept"],
    ["moved.wav", "kept"],
  ]);
  strictEqual(rig.statuses()["stayed.wav"], "ready");
  ok(await exists(join(rig.root, "both.wav")));
  await rig.scan();
  deepStrictEqual(rig.statuses(), {
    "both.wav": "ready",
    "moved.wav": "missing",
    "stayed.wav": "ready",
  });
});

Deno.test("what a crash has cut off waits for a drive that is away", async () => {
  await using rig = await scanned(["one.wav"]);
  const { db, library: { trash } } = rig;
  const { id, trashPath } = await trash.put(rig.find("one.wav"), { why: "test" });
  db.run("UPDATE trash SET state = 'going'");
  const away = `${rig.root}-away`;
  await Deno.rename(rig.root, away);
  await Deno.mkdir(rig.root); // its mount point
  await trash.settle();
  const { files, failed } = await trash.empty({ signal: signal() });

  deepStrictEqual([everything(rig).length, files, failed.length], [1, 0, 1]);
  await Deno.remove(rig.root);
  await Deno.rename(away, rig.root);
  await trash.settle();
  deepStrictEqual(everything(rig).map(({ state }) => state), ["kept"]);
  ok(await exists(join(rig.root, trashPath)));
  strictEqual(await trash.restore(id), join(rig.root, "one.wav"));
});

Deno.test("what somebody has taken out of the trash is no longer listed, nor counted as deleted", async () => {
  await using rig = await scanned(["one.wav", "two.wav"]);
  const { trash } = rig.library;
  const one = await trash.put(rig.find("one.wav"), { why: "test" });
  await trash.put(rig.find("two.wav"), { why: "test" });
  await Deno.remove(join(rig.root, dirname(one.trashPath)), { recursive: true });

  const done = await trash.empty({ signal: signal() });

  deepStrictEqual(done, { files: 0, bytes: 0, failed: [] });
  deepStrictEqual(everything(rig), []);
});
