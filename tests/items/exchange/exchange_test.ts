import { deepStrictEqual, fail, ok, rejects, strictEqual } from "node:assert/strict";
import { ConflictError, InvalidError } from "../../../src/base/errors.ts";
import { tempDir } from "../../helpers/temp.ts";
import { addFilm, bytesOf, openRig, signal } from "./rig.ts";

type Rig = ReturnType<typeof openRig>;
type Lines = Record<string, unknown>[];

/** A library with something of everything. */
async function fill(rig: Rig): Promise<void> {
  const { db, by, tags, people, collections } = rig;
  for (let index = 0; index < 20; index++) {
    addFilm(db, `m-${index}`, { identity: `hash-${index}`, path: `folder/film ${index}.mkv` });
  }
  addFilm(db, "m-unread", { path: "unread.mkv", size: 77 });
  const group = tags.groups.create({ name: "Quality", cardinality: "one" }, by());
  await tags.create({ name: "HD", groupId: group.id, description: "sharp" }, by());
  await tags.findOrCreate("Genre/Film Noir/Neo", by());
  await tags.addSynonym(tags.find("genre/film-noir")!.id, "Noir", by());
  for (const path of ["hd", "genre/film-noir"]) {
    tags.links.link("m-1", tags.find(path)!.id, by());
  }
  tags.links.link("m-unread", tags.find("genre/film-noir/neo")!.id, by());
  const hedy = people.create({ name: "Hedy Lamarr", aliases: ["Hedwig Kiesler"] }, by());
  const twin = people.create({ name: "Hedy Lamarr", notes: "the other" }, by(), { namesake: true });
  for (const [personId, position] of [[hedy.id, 0], [twin.id, 1]] as const) {
    const credit = { personId, role: "actor" as const, creditedAs: `part ${position}`, position };
    people.credits.link("m-1", credit, by());
  }
  const collection = collections.create({ name: "Best", description: "of all" }, by());
  await collections.add(collection.id, ["m-3", "m-1", "m-2"], by());
  rig.customFields.create(
    { key: "shelf", name: "Shelf", type: "choice", choices: ["A", "B"] },
    { user: "owner" },
  );
  rig.items.edit("m-1", { title: "The Ünique Title", year: 1944, custom: { shelf: "B" } }, {
    user: "owner",
  });
  for (const stars of [2, 4.5]) rig.ratings.rate("m-1", stars, { user: "mia" });
  rig.notes.create("m-1", 'with "quotes"\nand lines', { user: "owner" });
  db.run(
    `INSERT INTO watch_states (user, content_key, position_ms, plays, favorite, updated_at)
     VALUES ('owner', 'hash-1', 5000, 2, 1, '2026-02-02')`,
  );
  db.run(
    `INSERT INTO saved_searches (id, name, query, sort, created_by, created_at, updated_at)
     VALUES ('s', 'good ones', 'rating>=4', '-year', 'owner', '', '')`,
  );
  const lost = rig.items.create({ title: "Lost film", description: "no file" }, { user: "owner" });
  db.run(
    `INSERT INTO watch_states (user, content_key, plays, watched, updated_at)
     VALUES ('owner', 'item:${lost.id}', 1, 1, '2026-02-03')`,
  );
}

/** The films of fill() in another library: other ids, another folder. */
function addSameFilms(rig: Rig): void {
  for (let index = 0; index < 20; index++) {
    const path = `elsewhere/${index}.mkv`;
    addFilm(rig.db, `other-${index}`, { identity: `hash-${index}`, path, root: "/media" });
  }
  addFilm(rig.db, "other-unread", { path: "unread.mkv", size: 77, root: "/media" });
}

/** Without what must be another in another library. */
function comparable(lines: Lines): string[] {
  return lines.slice(1).map((line) => {
    const { id, media, created_at: _, ...rest } = line;
    if (line.type !== "item") return JSON.stringify(line);
    const identity = (media as { identity: string | null } | null)?.identity;
    return JSON.stringify({ ...rest, id: media ? undefined : id, identity });
  }).sort();
}

Deno.test("an export taken into another library and exported there is the same", async () => {
  await using dir = await tempDir();
  await using one = openRig({ path: `${dir.path}/one.db` });
  await using other = openRig({ path: `${dir.path}/other.db` });
  await fill(one);
  addSameFilms(other);
  const exported = await one.lines();

  const report = await other.take(exported);
  const again = await other.lines();

  deepStrictEqual(comparable(again), comparable(exported));
  deepStrictEqual([report.errors, report.problems], [0, []]);
  strictEqual(report.lines, exported.length);
  deepStrictEqual(report.byType.item, { lines: 22, changed: 5, unchanged: 17, waiting: 0 });
});

Deno.test("an import taken twice changes nothing the second time, by either policy", async () => {
  await using one = openRig();
  await using other = openRig();
  await fill(one);
  addSameFilms(other);
  const exported = await one.lines();
  await other.take(exported);
  const before = other.db.all("SELECT id, version FROM items ORDER BY id").map((it) => ({ ...it }));

  for (const policy of ["keep", "overwrite"] as const) {
    const report = await other.take(exported, { policy });
    for (const [type, counts] of Object.entries(report.byType)) {
      strictEqual(counts.changed, 0, `${policy}: ${type} ${JSON.stringify(counts)}`);
    }
  }

  const after = other.db.all("SELECT id, version FROM items ORDER BY id").map((it) => ({ ...it }));
  deepStrictEqual(after, before);
});

Deno.test("a dry run counts, and changes nothing", async () => {
  await using one = openRig();
  await using other = openRig();
  await fill(one);
  addSameFilms(other);
  const exported = await one.lines();
  const before = await other.lines();

  const tried = await other.take(exported, { dryRun: true });
  const after = await other.lines();
  const real = await other.take(exported);

  deepStrictEqual(comparable(after), comparable(before));
  deepStrictEqual(tried.byType, real.byType);
});

Deno.test("what is here holds by keep, what comes by overwrite", async () => {
  await using one = openRig();
  addFilm(one.db, "a", { identity: "x" });
  one.items.edit("a", { title: "Theirs", year: 1999 }, { user: "owner" });
  one.ratings.rate("a", 5, { user: "owner" });
  const exported = await one.lines();
  const results: unknown[] = [];

  for (const policy of ["keep", "overwrite"] as const) {
    await using other = openRig();
    addFilm(other.db, "b", { identity: "x" });
    other.items.edit("b", { title: "Mine" }, { user: "owner" });
    other.ratings.rate("b", 1, { user: "owner" });
    await other.take(exported, { policy });
    const { title, year } = other.items.find("b", "owner");
    results.push([title, year, other.ratings.find("b", "owner")?.stars]);
  }

  deepStrictEqual(results, [["Mine", 1999, 1], ["Theirs", 1999, 5]]);
});

Deno.test("bad lines are told by their numbers and left out whole, all others are in", async () => {
  await using one = openRig();
  await using other = openRig();
  await fill(one);
  addSameFilms(other);
  const exported = await one.lines();
  const film = exported.find((it) => it.id === "m-1")!;
  const nobody = { person: "-", name: " ", role: "actor", "credited_as": null, position: 0 };
  const bad = [
    "{ no json",
    { type: "nonsense" },
    { type: "tag", path: "x" },
    // Its tag would be given before the person fails.
    { ...film, tags: ["half/applied"], people: [nobody] },
    { type: "custom_field", key: "shelf", name: "S", field_type: "number", choices: [] },
    { type: "tag", path: `x${"y".repeat(9 * 1024 * 1024)}` },
  ];
  const mixed = [exported[0]!, ...bad.slice(0, 3), ...exported.slice(1), ...bad.slice(3)];

  const report = await other.take(mixed);

  const last = mixed.length;
  deepStrictEqual(report.problems.map((it) => it.line), [2, 3, 4, last - 2, last - 1, last]);
  ok(/no JSON/.test(report.problems[0]!.problem), report.problems[0]!.problem);
  strictEqual(report.errors, 6);
  strictEqual(other.tags.find("half"), undefined);
  deepStrictEqual(comparable(await other.lines()), comparable(exported));
});

Deno.test("an item without a file goes with the import that made it, and comes back with the next", async () => {
  await using one = openRig();
  await using other = openRig();
  const { id } = one.items.create({ title: "On a shelf" }, { user: "owner" });
  const exported = await one.lines();

  const { batch } = await other.take(exported);
  await other.changes.undo(batch, "owner");

  strictEqual((await other.lines()).some((it) => it.type === "item"), false);
  const { errors, byType } = await other.take(exported);
  deepStrictEqual([errors, byType.item?.changed], [0, 1]);
  strictEqual(other.items.find(id, "owner").title, "On a shelf");
  other.items.remove(id, { user: "owner" });
  strictEqual((await other.take(exported)).errors, 0);
  strictEqual(other.items.find(id, "owner").title, "On a shelf");
});

Deno.test("a line without a title, and numbers that nobody could count on, are refused", async () => {
  await using one = openRig();
  await using other = openRig();
  one.items.create({ title: "On a shelf" }, { user: "owner" });
  const [header, item] = await one.lines();
  const times = { "last_played_at": null, "updated_at": "" };
  const state = { user: "a", watched: true, favorite: false, ...times };
  const watch = { type: "watch", "content_key": "x", ...state };

  const { errors } = await other.take([
    header!,
    { ...item, fields: {} },
    { ...watch, "position_ms": -1, plays: 0 },
    { ...watch, "position_ms": 0, plays: Number.MAX_SAFE_INTEGER },
  ]);

  strictEqual(errors, 3);
  strictEqual((await other.lines()).some((it) => it.type === "item"), false);
});

Deno.test("an import that was cut off goes on after the last line that is in", async () => {
  await using one = openRig();
  await using other = openRig();
  await fill(one);
  addSameFilms(other);
  const exported = await one.lines();
  const cut = async function* () {
    yield* bytesOf(exported.slice(0, -5));
    yield new TextEncoder().encode("\n");
    await other.tags.settled();
    throw new Error("the wire was cut");
  };
  // So many lines that some are in before the rest fails to come.
  const padding = Array.from({ length: 150 }, (_, index) => ({
    type: "tag",
    path: `pad-${index}`,
    name: `pad ${index}`,
    group: null,
    description: null,
    synonyms: [],
  }));
  exported.splice(1, 0, ...padding);

  const broken = other.exchange.importLibrary(cut(), { policy: "keep", user: "owner", signal });
  await rejects(broken, /wire was cut/);
  const report = await other.take(exported);
  const anew = await other.take(exported);

  ok(report.resumedAfter >= 100, `${report.resumedAfter}`);
  strictEqual(anew.resumedAfter, 0);
  strictEqual(report.errors, 0);
  strictEqual(anew.byType.item!.changed, 0);
  deepStrictEqual(
    comparable(await other.lines()).filter((it) => !it.includes("pad-")),
    comparable(exported).filter((it) => !it.includes("pad-")),
  );
});

Deno.test("lines about films that are not here wait for them, also through another export", async () => {
  await using one = openRig();
  await using empty = openRig();
  await using third = openRig();
  await fill(one);
  const exported = await one.lines();

  const report = await empty.take(exported);
  const passedOn = await empty.lines();
  await third.take(passedOn);
  addSameFilms(third);
  const taken = await third.exchange.takeWaiting(signal, fail);
  const more = await third.exchange.takeWaiting(signal, fail);

  strictEqual(report.byType.item!.waiting, 21);
  deepStrictEqual(comparable(passedOn), comparable(exported));
  deepStrictEqual([taken, more], [21, 0]);
  deepStrictEqual(comparable(await third.lines()), comparable(exported));
});

Deno.test("what is no export of ours, or of a newer program, is refused", async () => {
  await using rig = openRig();
  const header = (await rig.lines())[0]!;

  await rejects(rig.take([]), InvalidError);
  await rejects(rig.take(["not JSON"]), InvalidError);
  await rejects(rig.take([{ ...header, format: "cats" }]), InvalidError);
  await rejects(rig.take([{ ...header, version: 2 }]), /newer/);
  const slow = rig.take([header]);
  await rejects(rig.take([header]), ConflictError);
  await slow;
});

Deno.test("10,000 films go out and come in without holding others up", async () => {
  await using dir = await tempDir();
  await using one = openRig({ path: `${dir.path}/one.db` });
  const tag = await one.tags.findOrCreate("a/b", one.by());
  one.db.transaction(() => {
    for (let index = 0; index < 10_000; index++) {
      addFilm(one.db, `m-${index}`, { identity: `hash-${index}` });
      one.tags.links.add(`m-${index}`, tag.id, one.by());
    }
  });
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);

  const exported = await one.lines();
  const outMs = longest;
  longest = 0;
  for (let index = 0; index < 10_000; index++) {
    one.db.run("DELETE FROM item_tags WHERE item_id = ?", `m-${index}`);
    if (index % 500 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  last = performance.now();
  longest = 0;
  const report = await one.take(exported);
  clearInterval(timer);

  strictEqual(exported.length, 10_003);
  strictEqual(report.byType.item!.changed, 10_000);
  ok(outMs < 500 && longest < 500, `${outMs} ms out, ${longest} ms in`);
});
