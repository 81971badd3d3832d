/** Items: made, edited, given back to the scan, deleted, and brought back. @module */
import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import {
  ConflictError,
  InvalidError,
  NotFoundError,
  StaleError,
} from "../../../src/base/errors.ts";
import { identityOf, wirePathOf } from "../../../src/items/items/item.ts";
import { createBulk } from "../../../src/items/items/bulk/bulk.ts";
import { factsOf } from "../../../src/media/probe/facts.ts";
import { openRig, owner } from "../rig.ts";

Deno.test("a file's item has what the scan knows, until a person says otherwise", () => {
  using rig = openRig();
  rig.addFile({ id: "a", title: "heat.1995", facts: { title: "Heat", year: 1994, series: "S" } });
  const scanned = rig.items.find("a", "owner");
  deepStrictEqual([scanned.title, scanned.year, scanned.own], ["Heat", 1994, []]);

  const edited = rig.items.edit("a", { year: 1995, title: "The  Heat\u0007 " }, owner);
  rig.learn("a", { title: "HEAT", year: 1990, series: "T" });
  const again = rig.items.find("a", "owner");

  deepStrictEqual([again.title, again.sortTitle, again.year, again.series], [
    "The Heat",
    "heat",
    1995,
    "T",
  ]);
  deepStrictEqual(again.own, ["title", "year"]);
  strictEqual(edited.version, scanned.version + 1);
  strictEqual(again.version, edited.version + 1, "what the scan changes is a new version too");

  rig.learn("a", { title: "HEAT", year: 1990, series: "T" });
  strictEqual(rig.items.find("a", "owner").version, again.version, "the same again is not");

  const back = rig.items.edit("a", { title: null, year: null }, owner);
  deepStrictEqual([back.title, back.sortTitle, back.year, back.own], ["HEAT", "heat", 1990, []]);
});

Deno.test("edit() of a stale version changes nothing, and says which is there now", () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  const { version } = rig.items.find("a", "owner");
  rig.items.edit("a", { title: "first" }, { ...owner, expected: version });

  throws(() => rig.items.edit("a", { title: "second" }, { ...owner, expected: version }), {
    constructor: StaleError,
    details: { version: version + 1 },
  });
  throws(() => rig.items.remove("a", { ...owner, expected: version }), StaleError);
  strictEqual(rig.items.find("a", "owner").title, "first");
});

Deno.test("edit() that changes nothing is no new version, no event and no history", () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  const first = rig.items.edit("a", { title: "Heat" }, owner);
  rig.events.length = 0;

  const second = rig.items.edit("a", { title: " Heat " }, owner);

  strictEqual(second.version, first.version);
  deepStrictEqual(rig.events, []);
  strictEqual(rig.changes.list({ entity: "item", limit: 9 }).length, 1);
});

Deno.test("values that cannot be are refused, and the field is named", () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  const { id } = rig.items.create({ title: "On a shelf" }, owner);
  const cases: [string, string, unknown][] = [
    ["a", "title", "x".repeat(501)],
    ["a", "title", "\u0000\u202e "],
    ["a", "title", 5],
    [id, "title", null],
    ["a", "year", 1799],
    ["a", "year", "1995"],
    ["a", "year", 1995.5],
    ["a", "year", Infinity],
    ["a", "season", -1],
    ["a", "kind", "book"],
    ["a", "description", "x".repeat(20_001)],
    ["a", "source", {}],
  ];

  for (const [item, field, value] of cases) {
    throws(() => rig.items.edit(item, { [field]: value }, owner), {
      constructor: InvalidError,
      details: { field },
    }, `${field}: ${String(value).slice(0, 10)}`);
  }
  strictEqual(rig.changes.list({ entity: "item", entityId: "a", limit: 9 }).length, 0);
});

Deno.test("texts are kept without what no title has: controls, turned directions, half characters", () => {
  using rig = openRig();
  rig.addFile({ id: "a" });

  const item = rig.items.edit("a", {
    title: "\u202eevil\u202c\r\n\tname \ud800!",
    description: "one\r\ntwo\u0007\tthree",
  }, owner);

  strictEqual(item.title, "evil name \ufffd!");
  strictEqual(item.description, "one\ntwo \tthree");
});

Deno.test("create() makes an item without a file; replace() leaves nothing else", () => {
  using rig = openRig();
  rig.customFields.create({ key: "shelf", name: "Shelf", type: "text", choices: [] }, owner);
  const made = rig.items.create(
    { title: "A DVD", year: 2001, custom: { shelf: "3" } },
    owner,
  );
  deepStrictEqual([made.media, made.identity, made.sortTitle, made.kind, made.custom], [
    null,
    null,
    "dvd",
    "video",
    { shelf: "3" },
  ]);

  const replaced = rig.items.replace(made.id, { title: "A disc" }, owner);

  deepStrictEqual([replaced.title, replaced.year, replaced.custom], ["A disc", null, {}]);
  throws(() => rig.items.replace(made.id, { year: 1999 }, owner), InvalidError);
});

Deno.test("create() takes over a scanned file's item, but not one that somebody has edited", () => {
  using rig = openRig();
  rig.addFile({ id: "a" });

  const item = rig.items.create({ title: "Mine" }, owner, "a");
  strictEqual(item.id, "a");

  throws(() => rig.items.create({ title: "Theirs" }, owner, "a"), ConflictError);
  throws(() => rig.items.create({ title: "x" }, owner, "nope"), NotFoundError);
  rig.items.remove("a", owner);
  const back = rig.items.create({ title: "Again" }, owner, "a");
  deepStrictEqual([back.id, back.title, back.media?.status], ["a", "Again", "probed"]);
});

Deno.test("a deleted item's file is withdrawn; undo brings both back, redo takes both again", async () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  rig.items.edit("a", { title: "Kept" }, owner);
  rig.ratings.rate("a", 4, owner);

  rig.items.remove("a", owner);

  throws(() => rig.items.find("a", "owner"), NotFoundError);
  throws(() => rig.items.edit("a", { title: "x" }, owner), NotFoundError);
  deepStrictEqual(rig.events.at(-1), { type: "item.deleted", data: { itemIds: ["a"] } });
  const status = () => rig.db.get("SELECT status FROM media WHERE id = 'a'")?.status;
  strictEqual(status(), "forgotten");

  const [last] = rig.changes.list({ entity: "item", entityId: "a", limit: 1 });
  const undone = await rig.changes.undo(last!.batch, "owner");
  const item = rig.items.find("a", "owner");
  deepStrictEqual([item.title, item.mine.rating, item.own, status()], [
    "Kept",
    4,
    ["title"],
    "probed",
  ]);

  await rig.changes.undo(undone.batch, "owner");
  throws(() => rig.items.find("a", "owner"), NotFoundError);
  strictEqual(status(), "forgotten");
});

Deno.test("undo of an edit gives the field back to the scan, and leaves later edits of others", async () => {
  using rig = openRig();
  rig.addFile({ id: "a", facts: { title: "Scan" } });
  rig.items.edit("a", { title: "Mine" }, { ...owner, batch: "b1" });
  rig.items.edit("a", { year: 2000 }, { user: "guest", batch: "b2" });

  await rig.changes.undo("b1", "owner");
  rig.learn("a", { title: "Scan 2" });

  const item = rig.items.find("a", "owner");
  deepStrictEqual([item.title, item.year, item.own], ["Scan 2", 2000, ["year"]]);
  const history = rig.changes.list({ entity: "item", entityId: "a", limit: 9 });
  deepStrictEqual(history.map(({ user, before, after }) => [user, before, after]), [
    ["owner", { title: "Mine", "own.title": true }, { title: "Scan", "own.title": null }],
    ["guest", { year: null, "own.year": null }, { year: 2000, "own.year": true }],
    ["owner", { title: "Scan", "own.title": null }, { title: "Mine", "own.title": true }],
  ]);
});

Deno.test("findByIdentity() knows a file by folder, name and extension", () => {
  using rig = openRig();
  rig.addFile({ id: "a", path: "films/Heat (1995)/heat.v2.mkv" });
  rig.addFile({ id: "b", path: "noext" });
  const heat = { mediaFolder: "films/Heat (1995)", identityName: "heat.v2", extension: "mkv" };

  strictEqual(rig.items.findByIdentity(heat, "owner").id, "a");
  deepStrictEqual(rig.items.find("a", "owner").identity, heat);
  strictEqual(
    rig.items.findByIdentity({ mediaFolder: "", identityName: "noext", extension: "" }, "owner").id,
    "b",
  );
  const odd = { mediaFolder: "films", identityName: "Heat (1995)/heat.v2", extension: "mkv" };
  throws(() => rig.items.findByIdentity(odd, "owner"), NotFoundError);
  rig.items.remove("a", owner);
  throws(() => rig.items.findByIdentity(heat, "owner"), NotFoundError);
  for (const path of ["a/b/c.d.e", ".hidden", "x/.hidden", "dot.", "a.b/c", "é/ü.mp4"]) {
    strictEqual(wirePathOf(identityOf(path)), path);
  }
});

Deno.test("4,000 items are edited in steps, and one undo takes all of it back", async () => {
  using rig = openRig();
  const ids = Array.from({ length: 4_000 }, (_, index) => `i-${String(index).padStart(5, "0")}`);
  rig.db.transaction(() => ids.forEach((id) => rig.addFile({ id })));
  const tag = await rig.tags.create({ name: "Seen" }, { user: "owner", batch: "t" });
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 0);

  const result = await rig.items.bulk(
    { ids: [...ids.slice(2), "nope", ids[2]!], set: { year: 2000 }, add: { tags: [tag.id] } },
    "owner",
  );
  const { year, version } = rig.items.find(ids[3_999]!, "owner");

  deepStrictEqual([result.changed, result.unchanged, result.failed, year], [3998, 0, 1, 2000]);
  deepStrictEqual(rig.tags.links.tagsOf(ids[3_999]!), [tag.id]);
  ok(result.items.find(({ id }) => id === "nope")?.error?.includes("Cannot find item"));

  const undone = await rig.changes.undo(result.batch, "owner");
  clearInterval(timer);

  strictEqual(undone.changes, 2 * 3998);
  const after = rig.items.find(ids[3_999]!, "owner");
  deepStrictEqual([after.year, after.own, after.version > version], [null, [], true]);
  deepStrictEqual(rig.tags.links.tagsOf(ids[3_999]!), []);
  // 50 ms is the aim, and held on a quiet machine; this one does other things too.
  ok(longest < 400, `the loop stood still for ${Math.round(longest)} ms`);
});

Deno.test("a bulk edit that cannot be refuses before it begins", async () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  const refused = async (request: Parameters<typeof rig.items.bulk>[0], field?: string) => {
    const error = await rig.items.bulk(request, "owner").then(() => undefined, (it) => it);
    ok(error instanceof InvalidError || error instanceof NotFoundError, JSON.stringify(request));
    if (field) strictEqual(error.details.field, field);
  };

  await refused({ set: { year: 2000 } });
  await refused({ ids: ["a"], query: "x" });
  await refused({ query: "x" }, "query");
  await refused({ ids: ["a"], set: { year: 5 } }, "year");
  await refused({ ids: ["a"], set: { custom: { x: 1 } } }, "custom.x");
  await refused({ ids: ["a"], add: { tags: ["nope"] } }, "tags");
  await refused({ ids: ["a"], remove: { tags: [""] } }, "tags");
  await refused({ ids: ["a"], add: { planets: ["x"] } }, "add.planets");
  await refused({ ids: Array.from({ length: 10_001 }, (_, it) => String(it)) }, "ids");
  strictEqual(rig.items.find("a", "owner").version, 1);
});

Deno.test("a bulk edit takes what a search finds, where that is not too much", async () => {
  using rig = openRig();
  for (const id of ["a", "b", "c"]) rig.addFile({ id });
  const asked: unknown[] = [];
  const bulk = createBulk({
    db: rig.db,
    items: rig.items,
    cleanCustom: rig.customFields.clean,
    links: {},
    resolve: (query, user, limit) => {
      asked.push([query, user, limit]);
      return Promise.resolve(query === "all" ? Array(limit).fill("a") : ["a", "c"]);
    },
  });

  const { changed } = await bulk({ query: "year:1995", set: { series: "S" } }, "ana");

  deepStrictEqual([changed, asked], [2, [["year:1995", "ana", 10_001]]]);
  deepStrictEqual(rig.items.find("b", "owner").series, null);
  await rejects(bulk({ query: "all", set: { series: "S" } }, "ana"), /at most 10000 items/);
});

Deno.test("an item stands where its scan has put it, also after an edit of something else", () => {
  using rig = openRig();
  const titles = ["The Heat", "A Walk", "Ärger", "Heat 2"];
  titles.forEach((title, index) =>
    rig.addFile({ id: `f-${index}`, title, facts: { ...factsOf("video", {}, title) } })
  );
  const sorted = () => titles.map((_, index) => rig.items.find(`f-${index}`, "owner").sortTitle);

  const before = sorted();
  titles.forEach((_, index) => rig.items.edit(`f-${index}`, { year: 1995 }, owner));

  deepStrictEqual(before, ["heat", "walk", "ärger", "heat 2"]);
  deepStrictEqual(sorted(), before);
});
