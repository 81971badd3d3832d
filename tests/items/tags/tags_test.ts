import { deepStrictEqual, notStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import {
  ConflictError,
  InvalidError,
  NotFoundError,
  StaleError,
} from "../../../src/base/errors.ts";
import { isTagPath, slugify, slugifyPath } from "../../../src/items/tags/mod.ts";
import { openRig } from "./rig.ts";

Deno.test("slugify() makes one word of a name, and keeps letters that ASCII cannot show", () => {
  const cases = [
    ["  Crème Brûlée! ", "creme-brulee"],
    ["Film  Noir", "film-noir"],
    ["R&B / Soul", "r-b-soul"],
    ["车辆颜色", "车辆颜色"],
    ["SF 小说", "sf-小说"],
    ["ÅNGSTRÖM", "angstrom"],
    ["x".repeat(70), "x".repeat(64)],
    [`${"x".repeat(63)} y`, "x".repeat(63)],
  ] as const;

  for (const [name, slug] of cases) strictEqual(slugify(name), slug);
  ok(/^[a-z]{7}$/.test(slugify("???")));
  strictEqual(slugify("🎃"), slugify(" 🎃 "), "the same each time");
  notStrictEqual(slugify("🎃"), slugify("🎬"));
  strictEqual(slugifyPath(" Genre / / Film Noir "), "genre/film-noir");
});

Deno.test("isTagPath() knows what slugifyPath() makes", () => {
  for (
    const name of ["Genre / Film Noir", "Crème Brûlée!", "车辆颜色/SF 小说", "a/b/c", "Ørsted"]
  ) {
    strictEqual(isTagPath(slugifyPath(name)), true, name);
    strictEqual(slugifyPath(slugifyPath(name)), slugifyPath(name), name);
  }
  for (const bad of ["", "/", "a/", "/a", "a//b", "Kids", "a b", "a\0", "a\nb", "a.b"]) {
    strictEqual(isTagPath(bad), false, JSON.stringify(bad));
  }
});

Deno.test("of films their tags are told by the edge's names, as they will be while a branch moves", async () => {
  using rig = openRig();
  const { db, tags } = rig;
  db.run(`INSERT INTO media (id, root, relative_path, wire_path, size_bytes, modified_ms, status,
    title, catalog_id, added_at, updated_at)
    VALUES ('m', '/', 'a', 'a', 1, 1, 'ready', 'A', 'c-1', '2026', '2026')`);
  const paths = () => tags.pathsOfTitles(["c-1", "c-2"]).get("c-1")?.sort();

  strictEqual(paths(), undefined);
  for (const path of ["Genre/Noir/Old", "good"]) {
    const { id } = await tags.findOrCreate(path, rig.by());
    tags.links.link("m", id, rig.by());
  }
  deepStrictEqual(paths(), ["genre/noir/old", "good"]);
  // As a move leaves it whose paths are not all written yet.
  db.run("INSERT INTO tag_rewrites VALUES (1, 'genre', 'kind/of', 1)");
  deepStrictEqual(paths(), ["good", "kind/of/noir/old"]);
});

Deno.test("a tag is found or made by its path, with all above it", async () => {
  using rig = openRig();

  const noir = await rig.tags.findOrCreate("Genre/Film Noir", rig.by());
  const again = await rig.tags.findOrCreate("genre / film noir", rig.by());

  strictEqual(again.id, noir.id);
  deepStrictEqual([noir.path, noir.depth, noir.name], ["genre/film-noir", 1, "Film Noir"]);
  deepStrictEqual(rig.paths(), ["genre", "genre/film-noir"]);
  await rejects(rig.tags.findOrCreate(" / ", rig.by()), InvalidError);
});

Deno.test("a branch that is renamed or moved takes all below it along", async () => {
  using rig = openRig();
  for (const path of ["a/b/c", "a/b-c", "x"]) await rig.tags.findOrCreate(path, rig.by());
  const [b, x] = ["a/b", "x"].map((path) => rig.tags.find(path)!);

  const moved = await rig.tags.move(b!.id, x!.id, rig.by(), b!.version);
  const renamed = await rig.tags.update(x!.id, { name: "New Name" }, rig.by());

  deepStrictEqual([moved.path, renamed.path], ["x/b", "new-name"]);
  deepStrictEqual(rig.paths(), ["a", "a/b-c", "new-name", "new-name/b", "new-name/b/c"]);
  strictEqual(rig.tags.find("new-name/b/c")!.depth, 2);
});

Deno.test("a branch goes neither below itself nor where another tag is", async () => {
  using rig = openRig();
  for (const path of ["a/b/c", "x/b"]) await rig.tags.findOrCreate(path, rig.by());
  const [a, b, c, x] = ["a", "a/b", "a/b/c", "x"].map((path) => rig.tags.find(path)!);
  const before = rig.paths();

  await rejects(rig.tags.move(a!.id, c!.id, rig.by()), ConflictError);
  await rejects(rig.tags.move(a!.id, a!.id, rig.by()), ConflictError);
  await rejects(rig.tags.move(b!.id, x!.id, rig.by()), (error: ConflictError) => {
    deepStrictEqual(error.details, { tag_id: rig.tags.find("x/b")!.id, offer: "merge" });
    return error instanceof ConflictError;
  });
  await rejects(rig.tags.move("nope", null, rig.by()), NotFoundError);
  await rejects(rig.tags.move(b!.id, null, rig.by(), 7), StaleError);

  deepStrictEqual(rig.paths(), before);
});

Deno.test("a branch of 50,000 moves without holding others up, and is seen whole throughout", async () => {
  using rig = openRig();
  const root = await rig.tags.findOrCreate("old/place", rig.by());
  await rig.tags.findOrCreate("new", rig.by());
  rig.db.transaction(() => {
    for (let index = 0; index < 50_000; index++) {
      rig.db.run(
        `INSERT INTO tags (id, parent_id, name, slug, path, depth, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, 2, '', '')`,
        `t-${index}`,
        root.id,
        `T ${index}`,
        `t-${index}`,
        `old/place/t-${index}`,
      );
    }
  });
  let longest = 0;
  let last = performance.now();
  let looks = 0;
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    const path = `new/place/t-${looks++ * 7919 % 50_000}`;
    strictEqual(rig.tags.find(path)?.path, path);
    strictEqual(rig.tags.find(path.replace("new", "old")), undefined);
  }, 1);

  await rig.tags.move(root.id, rig.tags.find("new")!.id, rig.by());
  clearInterval(timer);

  ok(looks > 20, `${looks} looks`);
  ok(longest < 500, `${longest} ms without a turn`);
  strictEqual(rig.db.get("SELECT 1 FROM tags WHERE path GLOB 'old/place*'"), undefined);
  strictEqual(rig.tags.branch("new").length, 50_002);
  strictEqual(rig.db.get("SELECT 1 FROM tag_rewrites"), undefined);
});

Deno.test("a move that was cut off is finished by whoever comes next", async () => {
  using rig = openRig();
  const a = await rig.tags.findOrCreate("a", rig.by());
  for (let index = 0; index < 2500; index++) {
    await rig.tags.create({ name: `t${index}`, parentId: a.id }, rig.by());
  }

  const moving = rig.tags.update(a.id, { name: "b" }, rig.by());
  const isPending = () => rig.db.get("SELECT 1 FROM tag_rewrites") !== undefined;
  for (let turn = 0; turn < 100 && !isPending(); turn++) await Promise.resolve();
  const pending = isPending();
  const seen = rig.tags.find("b/t2499")?.path;
  rig.db.transaction(() => rig.tags.findOrMakeNow("a/t2499", rig.by()));
  await moving;

  deepStrictEqual([pending, seen], [true, "b/t2499"]);
  strictEqual(rig.paths().filter((path) => path.startsWith("a")).join(), "a,a/t2499");
  strictEqual(rig.paths().filter((path) => path.startsWith("b/")).length, 2500);
});

Deno.test("a large branch that an undo moves back comes to rest by itself", async () => {
  using rig = openRig();
  const a = await rig.tags.findOrCreate("a", rig.by());
  for (let index = 0; index < 2500; index++) {
    await rig.tags.create({ name: `t${index}`, parentId: a.id }, rig.by());
  }
  const by = rig.by();
  await rig.tags.update(a.id, { name: "b" }, by);

  await rig.changes.undo(by.batch, "owner");
  const seen = rig.tags.find("a/t2499")?.path;
  await rig.tags.settled();

  strictEqual(seen, "a/t2499");
  strictEqual(rig.paths().filter((path) => path.startsWith("a/")).length, 2500);
});

Deno.test("a synonym leads to its tag, and is no other's name", async () => {
  using rig = openRig();
  const film = await rig.tags.findOrCreate("kind/Film", rig.by());
  const movie = await rig.tags.findOrCreate("kind/Movie", rig.by());

  await rejects(rig.tags.addSynonym(film.id, "movie", rig.by()), (error: ConflictError) => {
    deepStrictEqual(error.details, { tag_id: movie.id, offer: "merge" });
    return true;
  });
  await rig.tags.addSynonym(film.id, "Motion Picture", rig.by());
  await rejects(rig.tags.addSynonym(movie.id, "motion-picture", rig.by()), ConflictError);
  const below = await rig.tags.findOrCreate("motion picture/Silent", rig.by());
  await rejects(rig.tags.create({ name: "Motion Picture" }, rig.by()), ConflictError);
  const found = await rig.tags.findOrCreate("Motion Picture", rig.by());
  await rig.tags.removeSynonym(film.id, "motion PICTURE", rig.by());

  deepStrictEqual([found.id, below.path], [film.id, "kind/film/silent"]);
  strictEqual(rig.tags.find("motion picture"), undefined);
  await rejects(rig.tags.removeSynonym(film.id, "nothing", rig.by()), NotFoundError);
});

Deno.test("a synonym without letters stays one, however often its tag is edited", async () => {
  using rig = openRig();
  const { id } = await rig.tags.findOrCreate("genre/horror", rig.by());
  // One of an older library has letters by chance.
  rig.db.run("INSERT INTO tag_synonyms (slug, name, tag_id) VALUES ('qwertyu', '👻', ?)", id);
  await rig.tags.addSynonym(id, "🎃", rig.by());
  for (const description of ["a", "b", "c"]) await rig.tags.update(id, { description }, rig.by());

  deepStrictEqual(rig.tags.get(id).synonyms.toSorted(), ["🎃", "👻"].toSorted());
  await rig.tags.removeSynonym(id, "👻", rig.by());
  deepStrictEqual(rig.tags.get(id).synonyms, ["🎃"]);
  strictEqual((await rig.tags.findOrCreate("🎃", rig.by())).id, id);
});

Deno.test("a group that there is not is refused, also one without a name", async () => {
  using rig = openRig();
  const { id } = await rig.tags.findOrCreate("genre", rig.by());

  for (const groupId of ["nope", ""]) {
    await rejects(rig.tags.update(id, { groupId }, rig.by()), InvalidError);
  }
  await rejects(rig.tags.groups.update("nope", {}, rig.by()), NotFoundError);
});

Deno.test("merging moves items, synonyms and what is below, and is undone as one", async () => {
  using rig = openRig({ items: 450 });
  const [sci, scifi] = [
    await rig.tags.findOrCreate("genre/Science Fiction", rig.by()),
    await rig.tags.findOrCreate("genre/Sci-Fi", rig.by()),
  ];
  for (const path of ["genre/sci-fi/Space/Far", "genre/science fiction/space/near"]) {
    await rig.tags.findOrCreate(path, rig.by());
  }
  await rig.tags.addSynonym(scifi.id, "SF", rig.by());
  const ids = Array.from({ length: 450 }, (_, index) => `i-${index}`);
  await rig.tags.links.linkMany(scifi.id, ids, rig.by());
  await rig.tags.links.linkMany(sci.id, ["i-0"], rig.by());
  const by = rig.by();

  const merged = await rig.tags.merge(scifi.id, sci.id, by);
  const paths = rig.paths();
  const undone = await rig.changes.undo(by.batch, "owner");

  deepStrictEqual(merged.synonyms, ["Sci-Fi", "SF"]);
  deepStrictEqual([merged.itemCount, rig.tags.get(sci.id).itemCount], [450, 1]);
  deepStrictEqual(paths, [
    "genre",
    "genre/science-fiction",
    "genre/science-fiction/space",
    "genre/science-fiction/space/far",
    "genre/science-fiction/space/near",
  ]);
  ok(undone.changes > 450);
  deepStrictEqual(rig.tags.get(scifi.id).synonyms, ["SF"]);
  strictEqual(rig.tags.get(scifi.id).itemCount, 450);
  ok(rig.paths().includes("genre/sci-fi/space/far"));
});

Deno.test("a tag merges into one just below it, and into no other below", async () => {
  using rig = openRig({ items: 1 });
  await rig.tags.findOrCreate("a/b/c", rig.by());
  const [a, b, c] = ["a", "a/b", "a/b/c"].map((path) => rig.tags.find(path)!);
  rig.tags.links.link("i-0", a!.id, rig.by());

  await rejects(rig.tags.merge(a!.id, c!.id, rig.by()), ConflictError);
  await rejects(rig.tags.merge(a!.id, a!.id, rig.by()), ConflictError);
  await rig.tags.merge(a!.id, b!.id, rig.by());

  deepStrictEqual(rig.paths(), ["b", "b/c"]);
  deepStrictEqual(rig.tagsOf("i-0"), ["b"]);
});

Deno.test("a tag with others below it is deleted only with them, and comes back with its items", async () => {
  using rig = openRig({ items: 3 });
  await rig.tags.findOrCreate("a/b", rig.by());
  const [a, b] = ["a", "a/b"].map((path) => rig.tags.find(path)!);
  await rig.tags.links.linkMany(b!.id, ["i-0", "i-2", "nope"], rig.by());
  const by = rig.by();

  await rejects(rig.tags.remove(a!.id, {}, by), ConflictError);
  await rejects(rig.tags.remove(a!.id, { recursive: true }, by, 9), StaleError);
  await rig.tags.remove(a!.id, { recursive: true }, by);
  const gone = rig.paths();
  await rig.changes.undo(by.batch, "owner");

  deepStrictEqual(gone, []);
  deepStrictEqual(rig.paths(), ["a", "a/b"]);
  deepStrictEqual(rig.tagsOf("i-2"), ["a/b"]);
  deepStrictEqual([rig.tags.get(a!.id).branchCount, rig.tags.get(a!.id).itemCount], [2, 0]);
});

for (const merges of [false, true]) {
  const what = merges ? "merged into another" : "deleted";
  Deno.test(`a tag that deleted items have is ${what}, whichever is taken back first`, async () => {
    using rig = openRig({ items: 450 });
    const [old, other] = [
      await rig.tags.findOrCreate("old", rig.by()),
      await rig.tags.findOrCreate("other", rig.by()),
    ];
    const ids = Array.from({ length: 450 }, (_, index) => `i-${index}`);
    await rig.tags.links.linkMany(old.id, ids, rig.by());
    // More of them than are changed at once.
    rig.db.run("UPDATE items SET deleted_at = '2026-01-02' WHERE id > 'i-1' AND id <> 'i-300'");
    const by = rig.by();

    if (merges) await rig.tags.merge(old.id, other.id, by);
    else await rig.tags.remove(old.id, {}, by);
    rig.db.run("UPDATE items SET deleted_at = NULL WHERE id IN ('i-0', 'i-2')");
    const after = ["i-0", "i-1", "i-2", "i-300", "i-449"].map(rig.tagsOf).flat();
    const counts = rig.tags.get(other.id).itemCount;
    await rig.changes.undo(by.batch, "owner");
    rig.db.run("UPDATE items SET deleted_at = NULL");

    deepStrictEqual(after, merges ? Array(5).fill("other") : []);
    strictEqual(counts, merges ? 4 : 0, "as are shown");
    deepStrictEqual(["i-0", "i-2", "i-449"].map(rig.tagsOf).flat(), Array(3).fill("old"));
    deepStrictEqual([rig.tags.get(old.id).itemCount, rig.tags.get(other.id).itemCount], [450, 0]);
  });
}

Deno.test("a tag of a group that allows one replaces the other", async () => {
  using rig = openRig({ items: 3 });
  const group = rig.tags.groups.create({ name: "Quality", cardinality: "one" }, rig.by());
  const top = await rig.tags.create({ name: "quality", groupId: group.id }, rig.by());
  const [good, bad, other] = [
    await rig.tags.create({ name: "good", parentId: top.id }, rig.by()),
    await rig.tags.create({ name: "bad", parentId: top.id }, rig.by()),
    await rig.tags.create({ name: "other" }, rig.by()),
  ];

  rig.tags.links.link("i-0", other.id, rig.by());
  rig.tags.links.link("i-0", good.id, rig.by());
  rig.tags.links.link("i-0", bad.id, rig.by());
  const linked = await rig.tags.links.linkMany(good.id, ["i-0", "i-1", "none"], rig.by());
  const again = await rig.tags.links.linkMany(good.id, ["i-0"], rig.by());

  deepStrictEqual(linked, { linked: 2, unchanged: 0, notFound: ["none"] });
  deepStrictEqual(again, { linked: 0, unchanged: 1, notFound: [] });
  deepStrictEqual(rig.tagsOf("i-0"), ["other", "quality/good"]);
});

Deno.test("a group comes to allow one only where no item has several", async () => {
  using rig = openRig({ items: 6000 });
  const group = rig.tags.groups.create({ name: "Place" }, rig.by());
  const top = await rig.tags.create({ name: "place", groupId: group.id }, rig.by());
  const [here, there] = [
    await rig.tags.create({ name: "here", parentId: top.id }, rig.by()),
    await rig.tags.create({ name: "there", parentId: top.id }, rig.by()),
  ];
  const all = Array.from({ length: 6000 }, (_, index) => `i-${index}`);
  await rig.tags.links.linkMany(here.id, all, rig.by());
  await rig.tags.links.linkMany(there.id, ["i-3", "i-5999"], rig.by());
  const one = { cardinality: "one" as const };

  await rejects(rig.tags.groups.update(group.id, one, rig.by()), (error: ConflictError) => {
    deepStrictEqual(error.details, { items: 2, examples: ["i-3", "i-5999"] });
    return true;
  });
  await rig.tags.links.unlinkMany(there.id, ["i-3", "i-5999"], rig.by());
  const late = rig.tags.groups.update(group.id, one, rig.by());
  rig.tags.links.link("i-1", there.id, rig.by()); // while all links are looked through
  await rejects(late, ConflictError);
  rig.tags.links.unlink("i-1", there.id, rig.by());
  const narrowed = await rig.tags.groups.update(group.id, one, rig.by());

  strictEqual(narrowed.cardinality, "one");
});

Deno.test("a page of tags says after what the next begins", async () => {
  using rig = openRig();
  for (const path of ["a/1", "a/2", "a/3", "b"]) await rig.tags.findOrCreate(path, rig.by());
  const a = rig.tags.find("a")!;

  const seen: string[] = [];
  for (let after: string | undefined = ""; after !== undefined;) {
    const page = rig.tags.list({ after, limit: 2 });
    seen.push(page.tags.map((it) => it.path).join());
    after = page.next;
  }
  const children = rig.tags.list({ parentId: a.id, after: "1", limit: 1 });
  const roots = rig.tags.list({ parentId: null, after: "", limit: 9 });
  const named = rig.tags.list({ q: "2", after: "", limit: 9 });
  const odd = rig.tags.list({ q: "%", after: "", limit: 9 });

  deepStrictEqual(seen, ["a,a/1", "a/2,a/3", "b"]);
  deepStrictEqual([children.tags.map((it) => it.path), children.next], [["a/2"], "2"]);
  deepStrictEqual(roots.tags.map((it) => [it.path, it.childCount]), [["a", 3], ["b", 0]]);
  deepStrictEqual([named, odd].map(({ tags }) => tags.map((it) => it.path)), [["a/2"], []]);
});
