/** A scan of some folders in the media folders, as the watcher asks for. @module */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { wav } from "../../helpers/clips.ts";
import { openRig } from "../rig.ts";

async function openFolders() {
  const rig = await openRig();
  for (const name of ["a/1", "a/2", "a/b/3", "a.b/4", "c/5", "6"]) {
    await rig.file(`${name}.wav`, wav(name.length, 900));
  }
  await rig.scan();
  const scan = (folders: string[], unsettled: string[] = []) =>
    rig.library.scan({
      signal: AbortSignal.timeout(20_000),
      folders: folders.map((folder) => join(rig.root, folder)),
      unsettled: new Set(unsettled.map((path) => join(rig.root, path))),
    });
  return { rig, scan, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

Deno.test("a scan of folders looks at them and what is below, and at nothing else", async () => {
  await using it = await openFolders();
  for (const path of ["a/1", "a/b/3", "c/5"]) await Deno.remove(join(it.rig.root, `${path}.wav`));
  for (const path of ["a/7", "a.b/8", "c/9"]) await it.rig.file(`${path}.wav`, wav(3));

  const report = await it.scan(["a", "a/b"]);

  deepStrictEqual([report.files, report.new, report.gone], [2, 1, 0]);
  strictEqual((await it.rig.library.confirmGone(it.rig.root)).files, 2);
  deepStrictEqual(it.rig.statuses(), {
    "6.wav": "ready",
    "a.b/4.wav": "ready",
    "a/1.wav": "missing",
    "a/2.wav": "ready",
    "a/7.wav": "ready",
    "a/b/3.wav": "missing",
    "c/5.wav": "ready",
  });
});

Deno.test("a folder that is gone takes its files along; one outside the media folders is passed over", async () => {
  await using it = await openFolders();
  await Deno.remove(join(it.rig.root, "a"), { recursive: true });

  const report = await it.scan(["a", "../elsewhere"]);

  deepStrictEqual([report.gone, report.errors], [0, 0]);
  strictEqual((await it.rig.library.confirmGone(it.rig.root)).files, 3);
  deepStrictEqual([it.rig.statuses()["a/b/3.wav"], it.rig.statuses()["a.b/4.wav"]], [
    "missing",
    "ready",
  ]);
});

Deno.test("a file that is renamed from one folder to another is the same", async () => {
  await using it = await openFolders();
  const { id } = it.rig.find("1.wav");
  await Deno.rename(join(it.rig.root, "a/1.wav"), join(it.rig.root, "c/1.wav"));

  const report = await it.scan(["a", "c"]);

  deepStrictEqual([report.moved, report.new, report.gone], [1, 0, 0]);
  strictEqual(it.rig.find("1.wav").id, id);
});

Deno.test("what is still being written is left for later, and is not gone meanwhile", async () => {
  await using it = await openFolders();
  await it.rig.file("a/1.wav", wav(1, 1600));
  await it.rig.file("a/new.wav", wav(2));

  const report = await it.scan(["a"], ["a/1.wav", "a/new.wav"]);
  deepStrictEqual([report.new, report.changed, report.gone], [0, 0, 0]);

  const later = await it.scan(["a"]);
  deepStrictEqual([later.new, later.changed], [1, 1]);
});

Deno.test("a folder behind a link is not looked into, and what was taken in there is gone", async () => {
  await using it = await openFolders();
  const elsewhere = await Deno.makeTempDir();
  await Deno.writeFile(join(elsewhere, "1.wav"), wav(1, 1600));
  await Deno.mkdir(join(elsewhere, "deep"));
  await Deno.writeFile(join(elsewhere, "deep", "8.wav"), wav(8));
  await Deno.symlink(elsewhere, join(it.rig.root, "link"));
  await Deno.remove(join(it.rig.root, "c"), { recursive: true });
  await Deno.symlink(elsewhere, join(it.rig.root, "c"));

  const report = await it.scan(["link", "link/deep", "c"]);

  deepStrictEqual([report.files, report.new, report.changed], [0, 0, 0]);
  deepStrictEqual(it.rig.statuses()["c/5.wav"], "missing");
  await Deno.remove(elsewhere, { recursive: true });
});
