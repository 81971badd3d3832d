import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { MediaFile } from "../../src/media/mod.ts";
import { openFile } from "../../src/media/open_file.ts";
import { Lanes } from "../../src/pool/mod.ts";
import { has } from "../helpers/clips.ts";
import { run } from "../../src/base/command.ts";
import { noise, tempDir } from "../helpers/temp.ts";
import { within } from "../helpers/wait.ts";

const isPosix = join("a", "b") === "a/b";
const noFifo = !isPosix || !await has("mkfifo", "--version");

async function openFolder() {
  const dir = await tempDir();
  const root = join(dir.path, "films");
  await Deno.mkdir(root);
  const lanes = new Lanes(() => "hdd");
  const entry = (relativePath: string, from = root) =>
    ({ root: from, relativePath, driveIds: ["disk"] }) as unknown as MediaFile;
  return {
    dir,
    root,
    lanes,
    entry,
    open: (relativePath: string, from = root) =>
      openFile(entry(relativePath, from), { lanes, roots: () => [root] }),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

Deno.test("openFile() reads any part of a file, in any order", async () => {
  await using it = await openFolder();
  const content = noise(10_000);
  await it.dir.file("films/a.mkv", content);

  using file = await it.open("a.mkv");
  const parts = await Promise.all([
    file.read(0, 10),
    file.read(9_990, 100),
    file.read(5000, 1000),
    file.read(20_000, 10),
    file.read(0, 0),
  ]);

  deepStrictEqual([file.sizeBytes, file.mimeType], [10_000, "video/matroska"]);
  deepStrictEqual(parts, [
    content.slice(0, 10),
    content.slice(9_990),
    content.slice(5000, 6000),
    new Uint8Array(),
    new Uint8Array(),
  ]);
});

Deno.test("openFile() refuses what lies in no media folder", async () => {
  await using it = await openFolder();
  await it.dir.file("secret/a.mp4", "secret");
  await it.dir.file("films2/a.mp4", "secret");

  await rejects(it.open("../secret/a.mp4"), { name: "DeniedError" });
  await rejects(it.open("../films2/a.mp4"), { name: "DeniedError" });
  await rejects(it.open("a.mp4", join(it.dir.path, "secret")), { name: "DeniedError" });
});

Deno.test({
  name: "openFile() refuses a path that has become a link to elsewhere",
  ignore: !isPosix,
}, async () => {
  await using it = await openFolder();
  const secret = await it.dir.file("secret/a.mp4", "secret");
  await Deno.symlink(secret, join(it.root, "link.mp4"));
  await Deno.symlink(join(it.dir.path, "secret"), join(it.root, "folder"));
  await it.dir.file("films/real.mp4", "film");
  await Deno.symlink("real.mp4", join(it.root, "inside.mp4"));

  await rejects(it.open("link.mp4"), { name: "DeniedError" });
  await rejects(it.open("folder/a.mp4"), { name: "DeniedError" });
  (await it.open("inside.mp4"))[Symbol.dispose]();
});

Deno.test("openFile() says that a file is gone", async () => {
  await using it = await openFolder();
  await Deno.mkdir(join(it.root, "folder.mp4"));

  for (const path of ["none.mp4", "none/at/all.mp4", "folder.mp4"]) {
    const error = await it.open(path).then(() => undefined, (error) => error);
    deepStrictEqual([error?.name, error?.details.reason], ["NotFoundError", "FILE_GONE"], path);
  }
});

Deno.test(
  { name: "openFile() never waits for a pipe that took a file's place", ignore: noFifo },
  async () => {
    await using it = await openFolder();
    await run("mkfifo", [join(it.root, "pipe.mp4")]);

    await rejects(within("an answer", it.open("pipe.mp4"), 2000), { name: "NotFoundError" });
  },
);

Deno.test("a read waits in the lane of its drive, ahead of background work", async () => {
  await using it = await openFolder();
  await it.dir.file("films/a.mp4", "film");
  using file = await it.open("a.mp4");
  const scan = await it.lanes.acquire(["disk"]);
  const order: string[] = [];
  const background = it.lanes.acquire(["disk"]).then((lease) => {
    order.push("background");
    lease[Symbol.dispose]();
  });
  const reading = file.read(0, 4).then(() => order.push("playback"));
  const stop = new AbortController();
  const impatient = file.read(0, 4, stop.signal);
  await Promise.resolve();
  stop.abort(new Error("enough"));

  scan[Symbol.dispose]();
  await within("both", Promise.all([reading, background]));

  deepStrictEqual(order, ["playback", "background"]);
  await rejects(impatient, { message: "enough" });
  strictEqual(it.lanes.list()[0]?.held.playback, 0);
});

Deno.test("a file is closed once, however often it is said", async () => {
  await using it = await openFolder();
  await it.dir.file("films/a.mp4", "film");
  const file = await it.open("a.mp4");

  file[Symbol.dispose]();
  file[Symbol.dispose]();

  await rejects(file.read(0, 1));
});
