import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { walk, type WalkIssue } from "../../../src/media/scan/walk.ts";
import { type TempDir, tempDir } from "../../helpers/temp.ts";

const isPosix = join("a", "b") === "a/b";
const never = new AbortController().signal;

async function walkAll(root: string, exclude: string[] = [], signal = never) {
  const files: string[] = [];
  const issues: WalkIssue[] = [];
  const options = {
    extensions: new Set([".mp4", ".mkv"]),
    excludeDirs: new Set(exclude),
    signal,
  };
  for await (const folder of walk(root, options)) {
    files.push(...folder.files.map(({ relativePath }) => relativePath));
    issues.push(...folder.issues);
  }
  return { files: files.sort(), issues };
}

const problems = (dir: TempDir, issues: WalkIssue[]) =>
  Object.fromEntries(issues.map((it) => [it.path.slice(dir.path.length + 1), it.problem]));

Deno.test("walk() finds media in all folders, with size and time, and nothing else", async () => {
  await using dir = await tempDir();
  await dir.file("a.mp4", "1234");
  await dir.file("deep/er/still/b.MKV", "");
  await dir.file("notes.txt", "");
  await dir.file("mp4", "");
  await Deno.mkdir(join(dir.path, "folder.mp4"));
  await Deno.utime(join(dir.path, "a.mp4"), 100, 1234.567);

  const { files, issues } = await walkAll(dir.path);
  const [first] = (await Array.fromAsync(
    walk(dir.path, { extensions: new Set([".mp4"]), excludeDirs: new Set(), signal: never }),
  )).flatMap(({ files }) => files);

  deepStrictEqual(files, ["a.mp4", "deep/er/still/b.MKV"]);
  deepStrictEqual(issues, []);
  deepStrictEqual(first, { relativePath: "a.mp4", sizeBytes: 4, modifiedMs: 1_234_567 });
});

Deno.test({ name: "walk() takes every name that a file may have", ignore: !isPosix }, async () => {
  await using dir = await tempDir();
  const names = [
    "line\nbreak.mp4",
    "🎬 été.mp4",
    "-x.mp4",
    `a'b"c.mp4`,
    "back\\slash.mp4",
    " .mp4",
    "%2e%2e.mp4",
    "$(x);`y`.mp4",
    "sub\nfolder/[1]*?.mkv",
  ];
  for (const name of names) await dir.file(name, "");

  const { files, issues } = await walkAll(dir.path);

  deepStrictEqual(files, names.sort());
  deepStrictEqual(issues, []);
});

Deno.test(
  { name: "walk() follows no link, and says what is wrong with one", ignore: !isPosix },
  async () => {
    await using dir = await tempDir();
    await using elsewhere = await tempDir();
    await elsewhere.file("film.mp4", "");
    await dir.file("a/film.mp4", "");
    const link = (to: string, name: string) => Deno.symlink(to, join(dir.path, name));
    await link(dir.path, "a/loop");
    await link(elsewhere.path, "outside");
    await link(join(elsewhere.path, "film.mp4"), "linked.mp4");
    await link("nowhere.mp4", "dangling.mp4");
    await link("nowhere", "dangling, but no film");
    await link("circle.mp4", "circle.mp4");
    await elsewhere.file("text.txt", "");
    await link(join(elsewhere.path, "text.txt"), "text.txt");

    const { files, issues } = await walkAll(dir.path);

    deepStrictEqual(files, ["a/film.mp4"]);
    deepStrictEqual(problems(dir, issues), {
      "a/loop": "The link leads back to a folder above it: it is not followed",
      "outside": "Links are not followed: add the folder it leads to as a media folder",
      "linked.mp4":
        "Links are not followed: add the folder of the file it leads to as a media folder",
      "dangling.mp4": "The link leads nowhere",
      "circle.mp4": "The link leads round in a circle: it is not followed",
    });
    strictEqual(issues.some(({ folder }) => folder), false);
  },
);

Deno.test("walk() passes over excluded folders, by name anywhere and by path", async () => {
  await using dir = await tempDir();
  for (const folder of ["", "keep/", "trash/", "keep/trash/", "keep/samples/", "samples/"]) {
    await dir.file(`${folder}a.mp4`, "");
  }

  const { files } = await walkAll(dir.path, ["trash", join(dir.path, "samples")]);

  deepStrictEqual(files, ["a.mp4", "keep/a.mp4", "keep/samples/a.mp4"]);
});

Deno.test("walk() says that a folder is not there, and what it says holds for all below", async () => {
  await using dir = await tempDir();

  const { files, issues } = await walkAll(join(dir.path, "gone"));

  deepStrictEqual(files, []);
  strictEqual(issues[0]?.folder, true);
  strictEqual(issues[0]?.problem.startsWith("The folder is not there"), true);
});

Deno.test("walk() yields a folder of many files in pieces", async () => {
  await using dir = await tempDir();
  for (let count = 0; count < 150; count++) await dir.file(`${count}.mp4`, "");
  const options = { extensions: new Set([".mp4"]), excludeDirs: new Set<string>(), signal: never };

  const sizes = (await Array.fromAsync(walk(dir.path, options))).map(({ files }) => files.length);

  deepStrictEqual(sizes, [64, 64, 22]);
});

Deno.test("walk() ends when its signal aborts", async () => {
  await using dir = await tempDir();
  await dir.file("a.mp4", "");
  const stop = new AbortController();
  stop.abort(new Error("enough"));

  await rejects(walkAll(dir.path, [], stop.signal), { message: "enough" });
});
