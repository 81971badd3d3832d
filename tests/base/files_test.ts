import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { join, posix, win32 } from "node:path";
import { exists, isBelow, isWithin, syncFolder } from "../../src/base/files.ts";
import { currentPlatform } from "../../src/base/platform.ts";

const unix = { ignore: currentPlatform() === "windows" };

Deno.test("isBelow() goes by whole names, on every platform", () => {
  const cases = [
    // path, folder, below, within
    ["/films/a.mkv", "/films", true, true],
    ["/films/a/b.mkv", "/films/", true, true],
    ["/films", "/films", false, true],
    ["/films/", "/films", false, true],
    ["/films", "/films/", false, true],
    ["/films/./a//b", "/films/a", true, true],
    ["/films/../etc/a", "/films", false, false],
    ["/films/..a", "/films", true, true],
    ["/films/...", "/films", true, true],
    ["/films2/a", "/films", false, false],
    ["/", "/films", false, false],
    ["/films", "/", true, true],
    ["/", "/", false, true],
    ["/Films/a", "/films", false, false],
    ["/films\\a", "/films", false, false],
  ] as const;
  const windows = [
    ["C:\\films\\a.mkv", "C:\\films", true, true],
    ["c:\\Films\\a.mkv", "C:\\films\\", true, true],
    ["C:\\films", "c:\\films", false, true],
    ["C:\\films2\\a", "C:\\films", false, false],
    ["D:\\films\\a", "C:\\films", false, false],
    ["C:\\films\\..a", "C:\\films", true, true],
    ["C:\\films\\..\\a", "C:\\films", false, false],
    ["C:/films/a", "C:\\films", true, true],
    ["\\\\nas\\share\\films\\a", "\\\\nas\\share\\films", true, true],
    ["\\\\nas\\other\\films\\a", "\\\\nas\\share", false, false],
    ["C:\\", "C:\\", false, true],
    ["C:\\films", "C:\\", true, true],
  ] as const;

  const all = [[posix, cases], [win32, windows]] as const;
  for (const [paths, rows] of all) {
    for (const [path, folder, below, within] of rows) {
      const seen = [isBelow(path, folder, paths), isWithin(path, folder, paths)];
      deepStrictEqual(seen, [below, within], `${path} in ${folder}`);
    }
  }
});

Deno.test(
  "exists() sees a link that leads nowhere, and tells what nobody can tell",
  unix,
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.symlink(join(folder, "nowhere"), join(folder, "link"));
      await Deno.writeTextFile(join(folder, "file"), "");

      strictEqual(await exists(join(folder, "link")), true);
      strictEqual(await exists(join(folder, "nowhere")), false);
      await rejects(exists(join(folder, "file", "below")), Deno.errors.NotADirectory);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

Deno.test("syncFolder() syncs a folder, and fails where there is none", unix, async () => {
  const folder = await Deno.makeTempDir();
  await syncFolder(folder);
  await Deno.remove(folder);
  await rejects(syncFolder(folder), Deno.errors.NotFound);
});
