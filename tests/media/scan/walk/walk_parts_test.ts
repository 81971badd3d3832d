/** Two walks side by side find what one walk finds. @module */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { migrations, openDatabase } from "../../../../src/db/mod.ts";
import type { DriveKind } from "../../../../src/drives/mod.ts";
import { createScanStore } from "../../../../src/media/scan/store.ts";
import { openWalker } from "../../../../src/media/scan/walk/open_walker.ts";
import type { Stepped, WalkSpec } from "../../../../src/media/scan/walk/walk.ts";
import { walkParts, type WalkPartsDeps } from "../../../../src/media/scan/walk/walk_parts.ts";
import { Lanes } from "../../../../src/pool/mod.ts";
import { tempDir } from "../../../helpers/temp.ts";

/** Some of their folders lie before, some behind the middle, and some on the way to it. */
const NAMES = [
  "a/1",
  "a/2",
  "b.c/1",
  "b/c/1",
  "b/c/2",
  "b/c/d/1",
  "b/c/ü",
  "b/x",
  "c",
  "é/1",
  "😀",
];
const paths = NAMES.map((name) => `${name}.mkv`);

Deno.test("walkParts() finds in two parts what one walk finds, wherever the middle is", async () => {
  for (const [from, to] of [[0, 3], [0, 6], [2, 9], [4, 10], [5, 11], [8, 11]]) {
    const stored = paths.slice(from, to);
    await using rig = await openRig(stored);
    // In either part: deleted, changed, renamed into the other one, and new.
    await Deno.remove(join(rig.root, stored[0]!));
    await Deno.writeTextFile(join(rig.root, stored.at(-1)!), "changed");
    const moved = stored[stored.length >> 1]!;
    const isMoved = moved !== stored[0] && moved !== stored.at(-1);
    if (isMoved) await Deno.rename(join(rig.root, moved), join(rig.root, "0.mkv"));
    await rig.file("zz/new.mkv");
    await Deno.symlink("nowhere", join(rig.root, "link.mkv"));
    await Deno.symlink("nowhere", join(rig.root, "zz/link.mkv"));

    const one = await rig.walk({ processors: 1 });
    const two = await rig.walk({ processors: 2 });

    strictEqual(one.walkers, 1);
    strictEqual(two.walkers, 2);
    deepStrictEqual(two.found, one.found, stored.join(" "));
    ok(one.found.some((it) => it.startsWith("gone")) && one.found.includes("issue link.mkv"));
    ok(!isMoved || one.found.includes("moved 0.mkv"));
    const folder = await rig.walk({ processors: 2 }, { folder: "b" });
    deepStrictEqual(folder.found, (await rig.walk({ processors: 1 }, { folder: "b" })).found);
  }
});

Deno.test("walkParts() walks a hard disk and a small folder in one part", async () => {
  await using rig = await openRig(paths);

  strictEqual((await rig.walk({ processors: 2, few: paths.length + 1 })).walkers, 1);
  strictEqual((await rig.walk({ processors: 2, few: paths.length })).walkers, 2);
  rig.disk.kind = "hdd";
  rig.lanes.refresh();
  strictEqual((await rig.walk({ processors: 2 })).walkers, 1);
});

Deno.test("walkParts() ends both parts with its reader, its signal, or the failure of one", async () => {
  await using rig = await openRig(paths);

  for await (const _ of rig.parts({ processors: 2 })) break;
  strictEqual(rig.held(), 0, "nobody has the drive any more");
  const stop = new AbortController();
  const walk = rig.parts({ processors: 2, signal: stop.signal });
  await walk.next();
  stop.abort(new Error("enough"));
  await rejects(Array.fromAsync(walk), { message: "enough" });
  strictEqual(rig.held(), 0);
  let asked = 0;
  const locate = () =>
    ++asked === 3 ? Promise.reject(new Error("broken")) : Promise.resolve({ driveIds: ["disk"] });
  await rejects(Array.fromAsync(rig.parts({ processors: 2, locate })), { message: "broken" });
  strictEqual(rig.held(), 0);
});

/** All paths as files, and some of them stored as they are. */
async function openRig(stored: string[]) {
  await using held = new AsyncDisposableStack();
  const dir = held.use(await tempDir());
  const root = join(await Deno.realPath(dir.path), "films");
  const file = async (path: string) => {
    await Deno.mkdir(dirname(join(root, path)), { recursive: true });
    await Deno.writeTextFile(join(root, path), path);
  };
  for (const path of paths) await file(path);
  const db = held.use(openDatabase(join(dir.path, "library.db"), migrations.library));
  const store = createScanStore(db);
  for (const relativePath of stored) {
    const { size, mtime, ino } = await Deno.lstat(join(root, relativePath));
    const [sizeBytes, modifiedMs] = [size, Math.floor(mtime!.getTime())];
    const state = { sizeBytes, modifiedMs, inode: String(ino) };
    store.insert({ root, relativePath, driveIds: ["disk"], ...state });
  }
  const walker = held.use(openWalker(db));
  const disk: { kind: DriveKind } = { kind: "ssd" };
  const lanes = new Lanes(() => disk.kind);
  const parts = (deps: Partial<WalkPartsDeps>, spec: Partial<WalkSpec> = {}) =>
    walkParts(
      { root, folder: "", after: "", extensions: [".mkv"], excludeDirs: [], ...spec },
      {
        walker,
        lanes,
        locate: () => Promise.resolve({ driveIds: ["disk"] }),
        touch: (_path, work) => work(() => {}),
        signal: new AbortController().signal,
        few: 2,
        ...deps,
      },
    );
  const stack = held.move();
  return {
    root,
    file,
    lanes,
    disk,
    parts,
    held: () => lanes.list().flatMap((it) => Object.values(it.held)).reduce((a, b) => a + b, 0),
    async walk(deps: Partial<WalkPartsDeps>, spec: Partial<WalkSpec> = {}) {
      let walkers = 1;
      const beside = () => {
        walkers++;
        return walker.beside();
      };
      const steps = await Array.fromAsync(parts({ ...deps, walker: { ...walker, beside } }, spec));
      return { found: steps.flatMap((it) => told(it, root)).sort(), walkers };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function told({ differences, issues }: Stepped, root: string): string[] {
  return [
    ...differences.map((it) => `${it.kind} ${"file" in it ? it.file.path : it.path}`),
    ...issues.map(({ path }) => `issue ${path.slice(root.length + 1)}`),
  ];
}
