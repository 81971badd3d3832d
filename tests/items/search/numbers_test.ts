/** What is found by a number at its edges, and by stars that change. @module */
import { deepStrictEqual, rejects } from "node:assert/strict";
import { InvalidError } from "../../../src/base/errors.ts";
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

Deno.test("numbers of custom fields are compared; they are as they are now", async () => {
  using rig = openRig();
  rig.db.run(
    `INSERT INTO custom_fields (key, name, type, created_at, updated_at)
     VALUES ('price', 'Price', 'number', '', ''), ('shelf', 'Shelf', 'text', '', '')`,
  );
  const prices = { loss: -2.5, free: 0, cheap: 3, dime: 3.1, dear: 9.99, rare: 1e21 };
  for (const [id, price] of Object.entries(prices)) {
    rig.add({ id, item: { custom: JSON.stringify({ price, shelf: "7" }) } });
  }
  rig.add({ id: "none", item: { custom: '{"shelf":"3","price":"3"}' } });
  rig.index();
  const cases: [query: string, ids: string[]][] = [
    ["field.price:3", ["cheap"]],
    ["field.price=3.0", ["cheap"]],
    ["field.price:3|9.99", ["cheap", "dear"]],
    ["field.price>3", ["dear", "dime", "rare"]],
    ["field.price>=3", ["cheap", "dear", "dime", "rare"]],
    ["field.price<3", ["free", "loss"]],
    ["field.price<=3", ["cheap", "free", "loss"]],
    ["field.price>0 field.price<1e6", ["cheap", "dear", "dime"]],
    ["field.price<0", ["loss"]],
    ["field.price:-3..0", ["free", "loss"]],
    ["field.price:..3", ["cheap", "free", "loss"]],
    ["field.price:3.1..", ["dear", "dime", "rare"]],
    ["-field.price>3", ["cheap", "free", "loss", "none"]],
    ["field.price>9 OR field.shelf:3", ["dear", "none", "rare"]],
  ];
  for (const [query, ids] of cases) deepStrictEqual(await rig.ids(query), ids, query);
  for (const wrong of ["field.price:cheap", "field.price>1e999", "field.shelf>3"]) {
    await rejects(rig.ids(wrong), InvalidError, wrong);
  }

  rig.set("items", "id", "cheap", { custom: '{"price":30}' });
  rig.set("items", "id", "dear", { custom: "{}" });
  rig.db.run("DELETE FROM items WHERE id = 'rare'");
  rig.index();
  deepStrictEqual(await rig.ids("field.price>3"), ["cheap", "dime"]);
});
