import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { CommandError, type Run, run } from "../../../src/base/command.ts";
import { filefragArgs, parseFilefrag } from "../../../src/media/scan/filefrag.ts";
import { physicalOrder } from "../../../src/media/scan/order.ts";
import type { Waiting } from "../../../src/media/scan/store.ts";
import { Lanes } from "../../../src/pool/mod.ts";
import { has } from "../../helpers/clips.ts";
import { noise, tempDir } from "../../helpers/temp.ts";

const noFilefrag = !await has("/usr/sbin/filefrag", "-V");
const { signal } = new AbortController();

const recorded = (name: string) =>
  Deno.readTextFileSync(new URL(`../../fixtures/filefrag/${name}.txt`, import.meta.url));

const waiting = (root: string, name: string) =>
  ({ root, relativePath: name, driveIds: ["disk"], sizeBytes: 1 }) as Waiting;

Deno.test("parseFilefrag() finds where each file begins", () => {
  const places = parseFilefrag(recorded("ext4"), [
    "/films/one.bin",
    "/films/empty.bin",
    "/films/not there.bin",
    "/films/two words.bin",
    "/films/a\nFile size of X",
    "/films/holes.bin",
  ]);

  const blocks = [40288284, undefined, undefined, 40317440, 40288287, 3714244];
  deepStrictEqual(places, blocks.map((block) => block && block * 4096));
});

Deno.test("parseFilefrag() knows extents that say nothing of a place", () => {
  const text = (flags: string) =>
    "Filesystem type is: 9123683e\nFile size of /a is 12 (1 block of 4096 bytes)\n" +
    " ext:     logical_offset:        physical_offset: length:   expected: flags:\n" +
    `   0:        0..    4095:          7..      4102:   4096:             ${flags}\n` +
    "/a: 1 extent found\n";

  deepStrictEqual(parseFilefrag(text("last,not_aligned,inline,eof"), ["/a"]), [undefined]);
  deepStrictEqual(parseFilefrag(text("last,unknown_loc,delalloc,eof"), ["/a"]), [undefined]);
  deepStrictEqual(parseFilefrag(text("last,encoded,eof"), ["/a"]), [7 * 4096]);
  deepStrictEqual(parseFilefrag("", ["/a"]), [undefined]);
});

Deno.test(
  { name: "filefrag, as it is here, says where files begin", ignore: noFilefrag },
  async () => {
    await using dir = await tempDir();
    const paths = [];
    for (const name of ["a.bin", "b c.bin", "-d.bin"]) {
      paths.push(await dir.file(name, noise(300_000)));
    }
    await run("sync", paths); // until then a file has no place

    const output = await run("/usr/sbin/filefrag", filefragArgs(paths)).catch(() => "");

    const places = parseFilefrag(output, paths);
    // A file system without FIEMAP (tmpfs, overlay) says nothing of any.
    const told = places.filter((it) => it !== undefined);
    strictEqual(told.length === 3 || told.length === 0, true, output);
    strictEqual(new Set(told).size, told.length);
  },
);

Deno.test("physicalOrder() puts files in the order in which they lie, in questions of 32", async () => {
  const files = Array.from({ length: 100 }, (_, number) => waiting("/films", `${number}.mkv`));
  const asked: number[] = [];
  const filefrag: Run = (_program, args) => {
    const paths = args.slice(args.indexOf("--") + 1);
    asked.push(paths.length);
    return Promise.resolve(
      paths.map((path) => {
        const block = 1000 - Number(/(\d+)\.mkv/.exec(path)![1]) * 2;
        return `File size of ${path} is 9 (1 block of 4096 bytes)\n   0: 0.. 0: ${block}.. ${block}: 1: eof\n`;
      }).join(""),
    );
  };
  const lanes = new Lanes(() => "hdd");

  const ordered = await physicalOrder({ lanes, run: filefrag })(files, ["disk"], signal);

  deepStrictEqual(
    ordered.map((it) => it.relativePath),
    files.map((it) => it.relativePath).reverse(),
  );
  deepStrictEqual(asked, [32, 32, 32, 4]);
  strictEqual(lanes.list()[0]?.held.scan, 0);
});

Deno.test("physicalOrder() takes inodes where filefrag is missing, or fails; it looks for it once", async () => {
  await using dir = await tempDir();
  const files = [];
  for (const name of ["c", "a", "b"]) {
    await dir.file(name, name);
    files.push(waiting(dir.path, name));
  }
  const inodes = await Promise.all(
    files.map(async (file) => (await Deno.stat(`${dir.path}/${file.relativePath}`)).ino!),
  );
  const expected = files.map((file, index) => ({ file, inode: inodes[index]! }))
    .sort((one, other) => one.inode - other.inode).map(({ file }) => file.relativePath);
  for (const details of [{ missing: true }, { code: 1 }]) {
    const tried: string[] = [];
    const order = physicalOrder({
      lanes: new Lanes(() => "hdd"),
      run: (program) => {
        tried.push(program);
        return Promise.reject(new CommandError("Cannot run", details));
      },
    });

    const ordered = await order(files, ["disk"], signal);
    await order(files.toReversed(), ["disk"], signal);

    deepStrictEqual(ordered.map((it) => it.relativePath), expected);
    strictEqual(tried.length, details.missing ? 3 : 2, tried.join());
  }
});

Deno.test("physicalOrder() asks nothing of drives without a head, and leaves those with a film", async () => {
  const never: Run = () => Promise.reject(new Error("asked"));
  const files = ["b", "a"].map((name) => waiting("/films", name));
  const film = new Lanes(() => "hdd");
  film.openStream(["disk"]);

  for (const lanes of [new Lanes(() => "ssd"), film]) {
    strictEqual((await physicalOrder({ lanes, run: never })(files, ["disk"], signal)).length, 2);
  }
});
