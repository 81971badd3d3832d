/** Saved searches: kept, edited by version, undone. @module */
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import {
  ConflictError,
  InvalidError,
  NotFoundError,
  StaleError,
} from "../../../src/base/errors.ts";
import { openRig } from "./rig.ts";

const owner = { user: "owner" };

Deno.test("a saved search is kept, edited and forgotten, and each is told", () => {
  using rig = openRig();
  const { saved } = rig.search;

  const made = saved.create({ name: "Unseen", query: "watched:no", sort: "-year" }, owner);
  const edited = saved.edit(made.id, { query: "watched:no duration>2h" }, {
    ...owner,
    expected: 1,
  });

  deepStrictEqual({ ...saved.find(made.id) }, { ...edited });
  deepStrictEqual([edited.version, edited.name, edited.sort, edited.createdBy], [
    2,
    "Unseen",
    "-year",
    "owner",
  ]);
  throws(() => saved.edit(made.id, { name: "x" }, { ...owner, expected: 1 }), StaleError);
  throws(() => saved.create({ name: "Unseen", query: "" }, owner), ConflictError);
  throws(() => saved.create({ name: "Wrong", query: "colour:red" }, owner), InvalidError);
  throws(() => saved.create({ name: "Wrong", query: "", sort: "colour" }, owner), InvalidError);
  throws(() => saved.remove(made.id, { ...owner, expected: 1 }), StaleError);
  saved.remove(made.id, { ...owner, expected: 2 });
  throws(() => saved.find(made.id), NotFoundError);
  deepStrictEqual(
    rig.events.map(({ type, data }) => [type, data]),
    Array(3).fill(["search.changed", { ids: [made.id] }]),
  );
});

Deno.test("saved searches come in pages", () => {
  using rig = openRig();
  for (let n = 0; n < 5; n++) rig.search.saved.create({ name: `s${n}`, query: "" }, owner);

  const first = rig.search.saved.list("", 3);
  const second = rig.search.saved.list(first.at(-1)!.id, 3);

  strictEqual(new Set([...first, ...second].map(({ id }) => id)).size, 5);
});
