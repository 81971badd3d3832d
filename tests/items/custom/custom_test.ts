/** Custom fields: their definitions, the values that they take, and what undo does. @module */
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { ConflictError, InvalidError, StaleError } from "../../../src/base/errors.ts";
import { openRig, owner, type Rig } from "../rig.ts";

function define(rig: Rig): void {
  const none: string[] = [];
  rig.customFields.create({ key: "shelf", name: "Shelf", type: "text", choices: none }, owner);
  rig.customFields.create({ key: "price", name: "Price", type: "number", choices: none }, owner);
  rig.customFields.create({ key: "bought", name: "Bought", type: "date", choices: none }, owner);
  rig.customFields.create({ key: "lent", name: "Lent", type: "yes_no", choices: none }, owner);
  const choices = ["DVD", "Blu-ray", "DVD "];
  rig.customFields.create({ key: "medium", name: "Medium", type: "choice", choices }, owner);
}

Deno.test("each type takes its own values and no others; null takes one away", () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  define(rig);
  const set = (custom: Record<string, unknown>) => rig.items.edit("a", { custom }, owner).custom;
  const values = { shelf: "3", price: 9.99, bought: "2024-02-29", lent: false, medium: "DVD" };

  deepStrictEqual(set(values), values);
  deepStrictEqual(set({ price: null, shelf: " " }), {
    bought: "2024-02-29",
    lent: false,
    medium: "DVD",
  });
  const wrong: [string, unknown][] = [
    ["shelf", 3],
    ["shelf", "x".repeat(2001)],
    ["price", "9"],
    ["price", NaN],
    ["bought", "2023-02-29"],
    ["bought", "29.2.2024"],
    ["lent", 1],
    ["medium", "VHS"],
    ["nothing", "x"],
    ["__proto__x", "x"],
  ];
  for (const [key, value] of wrong) {
    throws(() => set({ [key]: value }), {
      constructor: InvalidError,
      details: { field: `custom.${key}` },
    }, `${key}: ${value}`);
  }
});

Deno.test("a deleted field's values are not shown, and are there again when it is undone", async () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  define(rig);
  rig.items.edit("a", { custom: { shelf: "3", medium: "DVD" } }, owner);

  rig.customFields.remove("shelf", { ...owner, batch: "gone" });
  deepStrictEqual(rig.items.find("a", "owner").custom, { medium: "DVD" });
  await rig.changes.undo("gone", "owner");
  deepStrictEqual(rig.items.find("a", "owner").custom, { shelf: "3", medium: "DVD" });

  rig.customFields.remove("shelf", owner);
  rig.customFields.create({ key: "shelf", name: "No", type: "number", choices: [] }, owner);
  deepStrictEqual(rig.items.find("a", "owner").custom, { medium: "DVD" }, "a text is no number");
});

Deno.test("undo of one custom value leaves the others", async () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  define(rig);
  rig.items.edit("a", { custom: { shelf: "3" } }, { ...owner, batch: "one" });
  rig.items.edit("a", { custom: { price: 5 } }, { ...owner, batch: "two" });

  await rig.changes.undo("one", "owner");
  deepStrictEqual(rig.items.find("a", "owner").custom, { price: 5 });
});

Deno.test("definitions that cannot be are refused; a new name and choices are an edit", () => {
  using rig = openRig();
  define(rig);
  const field = (rest: Record<string, unknown>) => () =>
    rig.customFields.create(
      { key: "new", name: "New", type: "text", choices: [], ...rest },
      owner,
    );
  for (const key of ["", "Shelf", "1a", "a-b", "a".repeat(64), "__proto__", "own.title"]) {
    throws(field({ key }), InvalidError, key);
  }
  throws(field({ key: "shelf" }), ConflictError);
  throws(field({ name: " " }), InvalidError);
  throws(field({ type: "choice" }), InvalidError);
  throws(field({ choices: ["a"] }), InvalidError);

  const medium = rig.customFields.find("medium");
  deepStrictEqual(medium.choices, ["DVD", "Blu-ray"]);
  const edited = rig.customFields.edit("medium", { name: "Carrier", choices: ["VHS"] }, {
    ...owner,
    expected: medium.version,
  });
  deepStrictEqual([edited.name, edited.choices, edited.version], ["Carrier", ["VHS"], 2]);
  throws(() => rig.customFields.remove("medium", { ...owner, expected: 1 }), StaleError);
  strictEqual(rig.customFields.list("", 100).length, 5);
});
