/** Files that go on at another path: nothing of what is known of them is lost, or read again. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { wav } from "../../helpers/clips.ts";
import { openRig } from "../rig.ts";

type Rig = Awaited<ReturnType<typeof openRig>>;

/** What must stay with a file wherever it goes. */
function known(rig: Rig, path: string) {
  const file = rig.files().find(({ relativePath }) => relativePath === path);
  ok(file, `${path} is not in the library`);
  const item = rig.db.get<{ id: string }>("SELECT id FROM items WHERE media_id = ?", file.id);
  const { id, catalogId } = file;
  return { id, catalogId, item: item?.id, hashes: rig.library.hashesOf(id) };
}

const wirePathOf = ({ db }: Rig, id: string) =>
  db.get<{ path: string }>("SELECT wire_path path FROM media WHERE id = ?", id)!.path;

/** Digests that no file has: whoever hashes again shows. */
function markHashes({ db }: Rig): void {
  db.run("UPDATE hashes SET digest = 'kept ' || media_id WHERE algorithm = 'md5'");
}

Deno.test("a renamed file goes on with its hashes, its item and its name at the edge", async () => {
  await using rig = await openRig();
  const path = await rig.file("Old.Name.wav", wav(1));
  await rig.file("other.wav", wav(2));
  await rig.scan();
  rig.library.assign([{ relativePath: "Old.Name.wav", catalogId: "c-1" }]);
  markHashes(rig);
  const before = known(rig, "Old.Name.wav");

  await Deno.rename(path, join(rig.root, "New.Name.wav"));
  const report = await rig.scan();

  deepStrictEqual(known(rig, "New.Name.wav"), before);
  deepStrictEqual([report.moved, report.new, report.changed, report.gone], [1, 0, 0, 0]);
  deepStrictEqual(rig.statuses(), { "New.Name.wav": "ready", "other.wav": "ready" });
  deepStrictEqual([rig.find("New.Name.wav").title, wirePathOf(rig, before.id)], [
    "New Name",
    "New.Name.wav",
  ]);
});

Deno.test("a renamed file whose old name was looked for first is named anew, as is its item", async () => {
  await using rig = await openRig();
  const path = await rig.file("Old.Movie.1950.mp4", wav(1));
  await rig.file("other.wav", wav(2));
  await rig.scan();
  const { id } = rig.find("Old.Movie.1950.mp4");
  const item = () => rig.db.get("SELECT title, year FROM items WHERE media_id = ?", id);
  const before = { ...item() };

  // As a watcher sees it: the one name goes, and a while later there is another.
  await Deno.rename(path, join(rig.dir.path, "aside.mp4"));
  const { gone } = await rig.scan();
  await Deno.rename(join(rig.dir.path, "aside.mp4"), join(rig.root, "New.Movie.1951.mp4"));
  const { moved } = await rig.scan();

  deepStrictEqual([gone, moved, rig.find("New.Movie.1951.mp4").id], [1, 1, id]);
  deepStrictEqual([before, { ...item() }], [
    { title: "Old Movie", year: 1950 },
    { title: "New Movie", year: 1951 },
  ]);
});

Deno.test("a renamed folder takes all its files along, whichever name comes first", async () => {
  await using rig = await openRig();
  for (let seed = 0; seed < 30; seed++) await rig.file(`m/s${seed % 3}/${seed}.wav`, wav(seed));
  await rig.scan();
  markHashes(rig);
  const ids = rig.files().map(({ id }) => id).sort();

  for (const name of ["z", "a"]) {
    await Deno.rename(join(rig.root, name === "z" ? "m" : "z"), join(rig.root, name));
    const report = await rig.scan();

    deepStrictEqual([report.moved, report.new, report.gone], [30, 0, 0], name);
    deepStrictEqual(report.confirmations, []);
    deepStrictEqual(rig.files().map(({ id }) => id).sort(), ids);
    ok(rig.files().every((it) => it.relativePath.startsWith(`${name}/`) && it.status === "ready"));
    ok(rig.files().every(({ id }) => rig.library.hashesOf(id).md5 === `kept ${id}`));
  }
});

Deno.test("two files that swap their names keep what is theirs", async () => {
  await using rig = await openRig();
  await rig.file("a.wav", wav(1));
  await rig.file("b.wav", wav(2, 1600));
  await rig.scan();
  markHashes(rig);
  const [a, b] = [known(rig, "a.wav"), known(rig, "b.wav")];

  await Deno.rename(join(rig.root, "a.wav"), join(rig.root, "c"));
  await Deno.rename(join(rig.root, "b.wav"), join(rig.root, "a.wav"));
  await Deno.rename(join(rig.root, "c"), join(rig.root, "b.wav"));
  const report = await rig.scan();

  deepStrictEqual([known(rig, "a.wav"), known(rig, "b.wav")], [b, a]);
  deepStrictEqual([wirePathOf(rig, a.id), wirePathOf(rig, b.id)], ["b.wav", "a.wav"]);
  deepStrictEqual([report.moved, report.new, report.changed, report.gone], [2, 0, 0, 0]);
  deepStrictEqual(rig.statuses(), { "a.wav": "ready", "b.wav": "ready" });
});

Deno.test("a file that takes another one's place leaves that one missing", async () => {
  await using rig = await openRig();
  await rig.file("a.wav", wav(1));
  await rig.file("b.wav", wav(2, 1600));
  await rig.scan();
  const [a, b] = [known(rig, "a.wav"), known(rig, "b.wav")];

  await Deno.rename(join(rig.root, "b.wav"), join(rig.root, "a.wav"));
  await rig.scan();

  strictEqual(known(rig, "a.wav").id, b.id);
  deepStrictEqual(rig.library.find(a.id)?.status, "missing");
  strictEqual(rig.library.find(b.id)?.status, "ready");
  await Deno.rename(join(rig.root, "a.wav"), join(rig.root, "b.wav"));
  await rig.file("a.wav", wav(7));
  const report = await rig.scan();
  deepStrictEqual([report.moved, report.new], [1, 1]);
  strictEqual(known(rig, "b.wav").id, b.id);
  await rig.file("back.wav", wav(1));
  strictEqual((await rig.scan()).moved, 1);
  deepStrictEqual(known(rig, "back.wav"), a);
});

Deno.test("a hard link is a file of its own", async () => {
  await using rig = await openRig();
  const path = await rig.file("a.wav", wav(1));
  await rig.scan();
  const { id } = rig.find("a.wav");

  await Deno.link(path, join(rig.root, "z.wav"));
  await Deno.link(path, join(rig.root, "A first.wav"));
  const report = await rig.scan();
  deepStrictEqual([report.new, report.moved], [2, 0]);
  strictEqual(known(rig, "a.wav").id, id);

  await Deno.remove(path);
  const after = await rig.scan();
  deepStrictEqual([after.new, after.moved, after.gone], [0, 0, 1]);
});

Deno.test("a file that goes to another media folder of its volume is the same", async () => {
  await using rig = await openRig({
    deps: () => ({
      locate: (path) => Promise.resolve({ driveIds: ["disk"], placeId: "vol", pathInVolume: path }),
      mountPoints: () => Promise.resolve([]),
    }),
  });
  const other = join(rig.dir.path, "archive");
  await Deno.mkdir(other);
  await rig.file("keep.wav", wav(5));
  for (const order of [[rig.root, other], [other, rig.root]]) {
    rig.settings.roots = order;
    const path = await rig.file("s01/a.wav", wav(1));
    await rig.scan();
    markHashes(rig);
    const before = known(rig, "s01/a.wav");

    await Deno.rename(path, join(other, "a.wav"));
    const report = await rig.scan();

    deepStrictEqual(known(rig, "a.wav"), before);
    deepStrictEqual([report.moved, report.new, report.gone], [1, 0, 0]);
    const { root, status } = rig.library.find(before.id)!;
    deepStrictEqual([root, status], [other, "ready"]);
    await Deno.remove(join(other, "a.wav"));
    await rig.scan();
  }
});

Deno.test("a file that an editor has written anew is changed, not moved", async () => {
  await using rig = await openRig();
  const path = await rig.file("a.wav", wav(1));
  await rig.scan();
  const { id } = rig.find("a.wav");

  await rig.dir.file("elsewhere.wav", wav(9, 1600));
  await Deno.rename(join(rig.dir.path, "elsewhere.wav"), path);
  const report = await rig.scan();

  deepStrictEqual([report.changed, report.moved], [1, 0]);
  deepStrictEqual([rig.find("a.wav").id, rig.find("a.wav").sizeBytes], [id, 1644]);
});

Deno.test("a file that goes to another drive goes on there, by its content", async () => {
  await using rig = await openRig({
    deps: (root) => ({
      locate: (path) => {
        const placeId = path.startsWith(root) ? "one" : "two";
        return Promise.resolve({ driveIds: [placeId], placeId, pathInVolume: path });
      },
    }),
  });
  const other = join(rig.dir.path, "other");
  await Deno.mkdir(other);
  rig.settings.roots = [rig.root, other];
  for (let seed = 0; seed < 12; seed++) await rig.file(`s01/${seed}.wav`, wav(seed));
  await rig.scan();
  rig.library.assign([{ relativePath: "s01/3.wav", catalogId: "c-3" }]);
  markHashes(rig);
  const before = known(rig, "s01/3.wav");
  const ids = rig.files().map(({ id }) => id).sort();

  for (let seed = 0; seed < 12; seed++) { // copied, so that no file system knows them again
    const path = join(rig.root, `s01/${seed}.wav`);
    await rig.dir.file(`other/s01/${seed}.wav`, await Deno.readFile(path));
    await Deno.remove(path);
  }
  const report = await rig.scan();

  deepStrictEqual([report.moved, report.new, report.gone], [12, 0, 0]);
  deepStrictEqual(report.confirmations, [], "all have been found again");
  deepStrictEqual(known(rig, "s01/3.wav"), before);
  deepStrictEqual(rig.files().map(({ id }) => id).sort(), ids);
  ok(rig.files().every(({ root, status }) => root === other && status === "ready"));
  strictEqual(wirePathOf(rig, before.id), "s01/3.wav");
  strictEqual(rig.db.get<{ count: number }>("SELECT count(*) count FROM items")?.count, 12);
});

Deno.test("a copy of a file that is still there is a file of its own", async () => {
  await using rig = await openRig();
  const path = await rig.file("a.wav", wav(1));
  await rig.scan();
  await rig.file("b.wav", await Deno.readFile(path));

  const report = await rig.scan();

  deepStrictEqual([report.new, report.moved], [1, 0]);
});
