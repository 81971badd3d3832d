/** What a walk comes by, in which order, and what it says of what it cannot use. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import type { FoundFile } from "../../../../src/media/scan/diff.ts";
import { openList } from "../../../../src/media/scan/walk/look/listing.ts";
import { openLook } from "../../../../src/media/scan/walk/look/statx.ts";
import { type Stand, tree, type WalkIssue } from "../../../../src/media/scan/walk/tree.ts";
import { type TempDir, tempDir } from "../../../helpers/temp.ts";

const isPosix = join("a", "b") === "a/b";

interface Options {
  exclude?: string[];
  folder?: string;
  after?: string;
  unsettled?: string[];
}

/** A whole walk, on one file system. */
function walkAll(
  root: string,
  { exclude = [], folder = "", after = "", unsettled = [] }: Options = {},
) {
  const files: FoundFile[] = [];
  const marks: string[] = [];
  const place = { driveIds: ["disk"], volumeId: "vol", hasInodes: true };
  const stand: Stand = {
    folder: "",
    wantsGround: false,
    ground: { place, folderInVolume: "" },
    mustPause: () => false,
    issues: [],
  };
  const options = {
    root,
    folder,
    after,
    extensions: new Set([".mp4", ".mkv"]),
    excludeDirs: new Set(exclude),
    unsettled: new Set(unsettled),
    isBoundary: () => false,
    look: openLook(),
    list: openList(),
  };
  for (const entry of tree(options, stand)) {
    if (entry.kind === "file") files.push(entry);
    else if (entry.kind !== "pause") marks.push(`${entry.kind} ${entry.path}`);
  }
  return { files: files.map(({ path }) => path), found: files, marks, issues: stand.issues };
}

const problems = (dir: TempDir, issues: WalkIssue[]) =>
  Object.fromEntries(issues.map((it) => [it.path.slice(dir.path.length + 1), it.problem]));

Deno.test("tree() finds media in all folders, with size and time, and nothing else", async () => {
  await using dir = await tempDir();
  await dir.file("a.mp4", "1234");
  await dir.file("deep/er/still/b.MKV", "");
  await dir.file("notes.txt", "");
  await dir.file("mp4", "");
  await Deno.mkdir(join(dir.path, "folder.mp4"));
  await Deno.utime(join(dir.path, "a.mp4"), 100, 1234.567);

  const { files, found, issues } = walkAll(dir.path);

  deepStrictEqual(files, ["a.mp4", "deep/er/still/b.MKV"]);
  deepStrictEqual(issues, []);
  const { sizeBytes, modifiedMs, inode, volumePath } = found[0]!;
  deepStrictEqual([sizeBytes, modifiedMs, volumePath], [4, 1_234_567, "/a.mp4"]);
  strictEqual(inode, String((await Deno.lstat(join(dir.path, "a.mp4"))).ino));
});

Deno.test({ name: "tree() takes every name that a file may have", ignore: !isPosix }, async () => {
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

  const { files, issues } = walkAll(dir.path);

  deepStrictEqual(files, names.sort());
  deepStrictEqual(issues, []);
});

Deno.test(
  { name: "tree() follows no link, and says what is wrong with one", ignore: !isPosix },
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

    const { files, issues } = walkAll(dir.path);

    deepStrictEqual(files, ["a/film.mp4"]);
    deepStrictEqual(problems(dir, issues), {
      "a/loop": "The link leads back to a folder above it: it is not followed",
      "outside": "Links are not followed: add the folder it leads to as a media folder",
      "linked.mp4":
        "Links are not followed: add the folder of the file it leads to as a media folder",
      "dangling.mp4": "The link leads nowhere",
      "circle.mp4": "The link leads round in a circle: it is not followed",
    });
  },
);

Deno.test("tree() passes over excluded folders, by name anywhere and by path", async () => {
  await using dir = await tempDir();
  for (const folder of ["", "keep/", "trash/", "keep/trash/", "keep/samples/", "samples/"]) {
    await dir.file(`${folder}a.mp4`, "");
  }

  const { files, marks } = walkAll(dir.path, {
    exclude: ["trash", join(dir.path, "samples")],
  });

  deepStrictEqual(files, ["a.mp4", "keep/a.mp4", "keep/samples/a.mp4"]);
  deepStrictEqual(marks, ["passed keep/trash/", "passed samples/", "passed trash/"]);
});

Deno.test("tree() says that a folder is not there, and what it says holds for all below", async () => {
  await using dir = await tempDir();

  const { files, marks, issues } = walkAll(join(dir.path, "gone"));

  deepStrictEqual([files, marks], [[], ["unknown "]]);
  ok(issues[0]?.problem.startsWith("The folder is not there"));
});

Deno.test("tree() comes by files in the order of the bytes of their paths", async () => {
  await using dir = await tempDir();
  const names = [
    "a",
    "a.b",
    "a b",
    "a/b",
    "a-b/c",
    "Z",
    "é",
    "～",
    "😀",
    "😀/x",
    "ab/c/d",
    "ab/c.d",
  ];
  for (const name of names) await dir.file(`${name}.mp4`, "");

  const { files } = walkAll(dir.path);

  const bytes = new TextEncoder();
  const sorted = names.map((name) => `${name}.mp4`).sort((one, other) =>
    Buffer.compare(bytes.encode(one), bytes.encode(other))
  );
  deepStrictEqual(files, sorted);
});

Deno.test("tree() goes on behind a file or a folder", async () => {
  await using dir = await tempDir();
  for (const name of ["a/1", "a/2", "a.b", "b/c/1", "b/c/2", "b/d", "c"]) {
    await dir.file(`${name}.mp4`, "");
  }
  const all = walkAll(dir.path).files;

  for (const [at, path] of all.entries()) {
    deepStrictEqual(walkAll(dir.path, { after: path }).files, all.slice(at + 1), path);
  }
  deepStrictEqual(walkAll(dir.path, { after: "a/" }).files, all.filter((it) => it > "a0"));
  deepStrictEqual(walkAll(dir.path, { folder: "b", after: "b/c/" }).files, ["b/d.mp4"]);
});

Deno.test("tree() passes over what .nomedia and .giggityignore say, in every folder", async () => {
  await using dir = await tempDir();
  for (const name of ["a/x", "a/y", "a/b/x", "n/x", "n/m/x", "z"]) {
    await dir.file(`${name}.mp4`, "");
  }
  await dir.file(".giggityignore", "y.mp4\n");
  await dir.file("a/b/.giggityignore", "*\n");
  await dir.file("n/.nomedia", "");

  deepStrictEqual(walkAll(dir.path).files, ["a/x.mp4", "z.mp4"]);
  deepStrictEqual(walkAll(dir.path).marks, [
    "passed a/b/x.mp4",
    "passed a/y.mp4",
    "passed n/",
  ]);
  deepStrictEqual(walkAll(dir.path, { folder: "n/m" }).marks, ["passed n/m/"]);
  deepStrictEqual(walkAll(dir.path, { folder: "a" }).files, ["a/x.mp4"]);
});

Deno.test("tree() says nothing of files that are still being written", async () => {
  await using dir = await tempDir();
  for (const name of ["a", "b/c"]) await dir.file(`${name}.mp4`, "");

  const { files, marks } = walkAll(dir.path, { unsettled: ["b/c.mp4"] });

  deepStrictEqual([files, marks], [["a.mp4"], ["unknown b/c.mp4"]]);
});
