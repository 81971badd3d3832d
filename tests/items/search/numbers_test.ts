/** What is found by a number at its edges, and by stars that change. @module */
import { deepStrictEqual } from "node:assert/strict";
import { openRig } from "./rig.ts";

Deno.test("years before and after all those that have a word of their own are told apart", async () => {
  using rig = openRig();
  for (const year of [1500, 1879, 1880, 1881, 1999, 2015, 2016, 2098, 2099, 2100, 3000]) {
    rig.add({ id: `y${year}`, item: { year } });
  }
  rig.add({ id: "none" });
  rig.index();
  const cases: [string, number[]][] = [
    ["year<1880", [1500, 1879]],
    ["year<=1880", [1500, 1879, 1880]],
    ["year:1880", [1880]],
    ["year:1500", [1500]],
    ["year:1880..1999", [1880, 1881, 1999]],
    ["year>2015", [2016, 2098, 2099, 2100, 3000]],
    ["year>2098", [2099, 2100, 3000]],
    ["year:2099", [2099]],
    ["year:2016..2099", [2016, 2098, 2099]],
    ["year>2999", [3000]],
    ["year>=1 -year>1881", [1500, 1879, 1880, 1881]],
  ];
  for (const [query, years] of cases) {
    const found = await rig.ids(query, { sort: "year" });
    deepStrictEqual(found, years.map((year) => `y${year}`), query);
  }
});

Deno.test("stars are as they are now: given, changed, taken back, of an item that goes", async () => {
  using rig = openRig();
  for (const id of ["one", "two", "three"]) rig.add({ id });
  rig.index();
  const good = () => rig.ids("rating>=4", { sort: "-rating" });
  rig.db.run(
    "INSERT INTO ratings VALUES ('one', 'owner', 8, 1, ''), ('two', 'owner', 10, 1, ''), ('two', 'other', 2, 1, '')",
  );
  deepStrictEqual(await good(), ["two", "one"]);
  rig.db.run("UPDATE ratings SET halves = 9 WHERE item_id = 'one'");
  rig.db.run("UPDATE ratings SET halves = 3 WHERE item_id = 'two' AND user = 'owner'");
  deepStrictEqual(await good(), ["one"]);
  rig.db.run("UPDATE ratings SET item_id = 'three' WHERE item_id = 'one'");
  deepStrictEqual(await good(), ["three"]);
  rig.db.run("DELETE FROM ratings WHERE item_id = 'three'");
  deepStrictEqual(await good(), []);
  deepStrictEqual(await rig.ids("rating:1", { user: "other" }), ["two"]);

  rig.db.run("DELETE FROM items WHERE id = 'two'");
  deepStrictEqual(rig.db.all("SELECT * FROM search_ratings"), []);
});
