import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { NotFoundError, StaleError } from "../../../src/base/errors.ts";
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { newBatch, openChanges } from "../../../src/items/changes/changes.ts";
import { openCollections } from "../../../src/items/collections/mod.ts";
import { addItems } from "../tags/rig.ts";

function openRig(items: number) {
  const db = openDatabase(":memory:", migrations.library);
  const publish = () => {};
  const changes = openChanges({ db, publish });
  addItems(db, items);
  const collections = openCollections({ db, changes, publish });
  const by = () => ({ user: "owner", batch: newBatch() });
  const first = { position: -Infinity, itemId: "" };
  return {
    db,
    changes,
    collections,
    by,
    ids: (count: number) => Array.from({ length: count }, (_, index) => `i-${index}`),
    order: (id: string) => collections.items(id, first, 10_000).map((it) => it.itemId),
    [Symbol.dispose]: () => db[Symbol.dispose](),
  };
}

Deno.test("items are appended, moved next to others, and taken out", async () => {
  using rig = openRig(5);
  const { id, version } = rig.collections.create({ name: "Alien" }, rig.by());

  const added = await rig.collections.add(id, ["i-0", "i-1", "i-2", "i-1", "i-9"], rig.by());
  rig.collections.move(id, "i-2", { side: "before", anchorId: "i-0" }, rig.by());
  rig.collections.move(id, "i-0", { side: "after", anchorId: "i-1" }, rig.by());
  rig.collections.move(id, "i-2", { side: "after", anchorId: "i-1" }, rig.by());
  const moved = rig.order(id);
  const by = rig.by();
  const taken = await rig.collections.take(id, ["i-1", "i-4"], by);
  const rest = rig.order(id);
  await rig.changes.undo(by.batch, "owner");

  deepStrictEqual(added, { linked: 3, unchanged: 1, notFound: ["i-9"] });
  deepStrictEqual(moved, ["i-1", "i-2", "i-0"]);
  deepStrictEqual([taken.linked, taken.unchanged, rest], [1, 1, ["i-2", "i-0"]]);
  deepStrictEqual(rig.order(id), moved);
  throws(
    () => rig.collections.move(id, "i-4", { side: "after", anchorId: "i-1" }, rig.by()),
    NotFoundError,
  );
  throws(() => rig.collections.update(id, { name: "x" }, rig.by(), version), StaleError);
});

Deno.test("there is always room between two items, and few others move for it", async () => {
  using rig = openRig(2000);
  const { id } = rig.collections.create({ name: "All" }, rig.by());
  await rig.collections.add(id, rig.ids(2000), rig.by());
  const expected = rig.ids(2000);
  const before = new Map(
    rig.collections.items(id, { position: -Infinity, itemId: "" }, 2000)
      .map((it) => [it.itemId, it.position]),
  );

  // Always the last one to just after the tenth: the gap there is halved each time.
  for (let round = 0; round < 300; round++) {
    const last = expected.pop()!;
    rig.collections.move(id, last, { side: "after", anchorId: "i-10" }, rig.by());
    expected.splice(11, 0, last);
  }
  const places = rig.collections.items(id, { position: -Infinity, itemId: "" }, 2000);
  const others = places.slice(500).filter((it) => before.get(it.itemId) !== it.position);

  deepStrictEqual(places.map((it) => it.itemId), expected);
  ok(others.length === 0, `${others.length} far away have moved`);
});

Deno.test("a collection is deleted with its items' places, and comes back with them", async () => {
  using rig = openRig(450);
  const { id } = rig.collections.create({ name: "Many", kind: "series" }, rig.by());
  await rig.collections.add(id, rig.ids(450), rig.by());
  const by = rig.by();

  await rig.collections.remove(id, by);
  const gone = rig.collections.list({ after: "", limit: 10 });
  await rig.changes.undo(by.batch, "owner");

  deepStrictEqual(gone, []);
  strictEqual(rig.collections.get(id).itemCount, 450);
  deepStrictEqual(rig.order(id), rig.ids(450));
});

Deno.test("series are what the items say, in the order of seasons and episodes", () => {
  using rig = openRig(6);
  const say = (id: string, series: string, season: number | null, episode: number | null) =>
    rig.db.run(
      "UPDATE items SET series = ?, season = ?, episode = ?, year = 1990 WHERE id = ?",
      series,
      season,
      episode,
      id,
    );
  say("i-0", "Twin Peaks", 2, 1);
  say("i-1", "Twin Peaks", 1, 10);
  say("i-2", "Twin Peaks", 1, 2);
  say("i-3", "Twin Peaks", null, null);
  say("i-4", "Lost", 1, 1);
  const { series } = rig.collections;

  const names = [series.nextName(""), series.nextName("Lost"), series.nextName("Twin Peaks")];
  const start = { season: -1, episode: -1, itemId: "" };
  const first = series.episodes("Twin Peaks", start, 2);
  const rest = series.episodes("Twin Peaks", { season: 1, episode: 10, itemId: "i-1" }, 9);

  deepStrictEqual(names, ["Lost", "Twin Peaks", undefined]);
  deepStrictEqual({ ...series.summary("Twin Peaks") }, {
    name: "Twin Peaks",
    items: 4,
    seasons: 2,
    firstYear: 1990,
    lastYear: 1990,
  });
  deepStrictEqual([...first, ...rest].map((it) => it.itemId), ["i-2", "i-1", "i-0", "i-3"]);
});

Deno.test("a second collection of the same name and kind is refused, by its making and by its renaming", () => {
  using rig = openRig(0);
  const { id } = rig.collections.create({ name: "Alien" }, rig.by());
  const other = rig.collections.create({ name: "Aliens" }, rig.by());
  rig.collections.create({ name: "Alien", kind: "series" }, rig.by());

  throws(() => rig.collections.create({ name: " alien " }, rig.by()), {
    name: "ConflictError",
    message: /there is one of this name/,
  });
  throws(() => rig.collections.update(other.id, { name: "ALIEN" }, rig.by()), {
    name: "ConflictError",
  });
  strictEqual(rig.collections.update(id, { name: "ALIEN" }, rig.by()).name, "ALIEN");
});
