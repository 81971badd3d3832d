/** Linux's own answers about files and folders are those that Deno gives. @module */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { currentPlatform } from "../../../../../src/base/platform.ts";
import {
  listByReadDir,
  type Listing,
  openList,
} from "../../../../../src/media/scan/walk/look/listing.ts";
import { lookByLstat, openLook } from "../../../../../src/media/scan/walk/look/statx.ts";
import { tempDir } from "../../../../helpers/temp.ts";

const ignore = currentPlatform() !== "linux";

Deno.test({ name: "openLook() says of thousands of files what lstat says", ignore }, async () => {
  await using dir = await tempDir();
  const look = openLook();
  ok(look !== lookByLstat, "it has found the C library");
  const sizes = [0, 1, 4095, 2 ** 31, 2 ** 32 + 7, 2 ** 40];
  const seconds = [0, -1, -3601, 1_700_000_000, 2 ** 31 + 5, 2 ** 33];
  const fractions = [0, 1, 999, 1000, 499_999, 500_000, 999_001, 999_999];
  // By their names one after the other: what was written of the last one does not show.
  const folders = ["", "./", "././"];
  let random = 1;
  const next = () => random = random * 48271 % 2147483647;
  for (let at = 0; at < 3000; at++) {
    const name = `${["film", "été", "🎬", "電影", "\ufeffmark", "line\nbreak"][at % 6]} ${at}.mkv`;
    const path = `${dir.path}/${name}`;
    using file = await Deno.create(path);
    await file.truncate(sizes[next() % sizes.length]!);
    const time = seconds[next() % seconds.length]! + fractions[next() % fractions.length]! / 1e6;
    await Deno.utime(path, time, time);
    await file.truncate(next() % 7 === 0 ? 5 : sizes[at % sizes.length]!);
    if (at % 5) await Deno.utime(path, time, time);

    const folder = `${dir.path}/${folders[at % 3]}`;
    deepStrictEqual(
      look(folder, name),
      lookByLstat(folder, name),
      JSON.stringify({ folder, name, time }),
    );
  }
});

Deno.test({ name: "openLook() follows no link, and fails as lstat does", ignore }, async () => {
  await using dir = await tempDir();
  const look = openLook();
  await dir.file("a", "12345");
  const here = `${dir.path}/`;
  await Deno.symlink(`${dir.path}/a`, `${dir.path}/link`);
  await Deno.symlink(`${dir.path}/nothing`, `${dir.path}/broken`);

  for (const name of ["a", "link", "broken", "", "."]) {
    deepStrictEqual(look(here, name), lookByLstat(here, name));
  }
  throws(() => look(here, "nothing"), Deno.errors.NotFound);
  throws(() => look(`${here}a/`, "b"), { code: "ENOTDIR" });
  throws(() => look(here, "n".repeat(300)), { code: "ENAMETOOLONG" });
  for (const [deep, name] of [["deep/".repeat(2000), "a"], ["./".repeat(2000), "é".repeat(100)]]) {
    throws(() => look(here + deep, name!), { code: "ENAMETOOLONG" });
  }
  strictEqual(look(here, "a").sizeBytes, 5, "and is well afterwards");
});

const sorted = (it: Listing) => [it.folders.sort(), it.files.sort(), it.links.sort()];

Deno.test({ name: "openList() lists what readDir lists", ignore }, async () => {
  await using dir = await tempDir();
  const list = openList();
  ok(list !== listByReadDir, "it has found the C library");
  for (let at = 0; at < 3000; at++) await dir.file(`${at} ${"é🎬x".repeat(at % 20)}.mkv`, "");
  await dir.file("\ufeffmark", "");
  await dir.file("...", "");
  await Deno.mkdir(`${dir.path}/földer`);
  await Deno.symlink("nowhere", `${dir.path}/link`);
  const pipe = new Deno.Command("mkfifo", { args: [`${dir.path}/pipe`] });
  ok((await pipe.output()).success);
  const bytes = `printf '' > "$1/$(printf 'bad\\377\\303.mkv')"`;
  await new Deno.Command("sh", { args: ["-c", bytes, "sh", dir.path] }).output();

  const listing = list(dir.path);

  deepStrictEqual(sorted(listing), sorted(listByReadDir(dir.path)));
  ok(listing.files.length >= 3002);
  deepStrictEqual(list(`${dir.path}/földer`), { folders: [], files: [], links: [] });
  deepStrictEqual(sorted(list("/")), sorted(listByReadDir("/")));
  throws(() => list(`${dir.path}/nothing`), Deno.errors.NotFound);
  throws(() => list(`${dir.path}/...`), { code: "ENOTDIR" });
  throws(() => list(`${dir.path}/pipe`), { code: "ENOTDIR" });
});

Deno.test({ name: "openList() leaves nothing open", ignore }, async () => {
  await using dir = await tempDir();
  const list = openList();
  const open = () => [...Deno.readDirSync("/proc/self/fd")].length;
  const before = open();

  for (let at = 0; at < 100; at++) {
    list(dir.path);
    throws(() => list(`${dir.path}/nothing`));
  }

  ok(open() <= before + 5);
});

Deno.test("where Linux cannot be asked, Deno is", () => {
  strictEqual(openLook("darwin"), lookByLstat);
  strictEqual(openLook("linux", "no-such-library.so"), lookByLstat);
  strictEqual(openList("windows"), listByReadDir);
  strictEqual(openList("linux", "no-such-library.so"), listByReadDir);
});
