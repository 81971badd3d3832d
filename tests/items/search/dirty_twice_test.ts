/** What is edited twice before the search has looked at it: each edit holds. @module */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { addFilm, openRig } from "../exchange/rig.ts";

const owner = { user: "owner" };

Deno.test("everything said of an item can be said again before the index has taken it", async () => {
  await using rig = openRig();
  const { db, items, notes, ratings, watch, people, tags, collections, customFields, by } = rig;
  addFilm(db, "a", { identity: "one" });
  db.run("UPDATE search_state SET mark = 1000"); // all are in the index: each change is noted
  const isDirty = () => db.all("SELECT seq FROM search_dirty").length === 1;

  const note = notes.create("a", "one", owner);
  strictEqual(notes.edit(note.id, "two", { ...owner, batch: "edit" }).text, "two");
  await rig.changes.undo("edit", "owner");
  strictEqual(notes.find(note.id).text, "one");

  for (const stars of [3, 4.5, 0, 2]) ratings.rate("a", stars, owner);
  strictEqual(ratings.find("a", "owner")?.stars, 2);
  const halves = db.all("SELECT user, halves FROM search_ratings");
  deepStrictEqual(halves.map((it) => ({ ...it })), [{ user: "owner", halves: 4 }]);

  for (const watched of [true, false, true]) watch.update("a", { watched }, owner);
  for (const name of ["One", "Two"]) items.edit("a", { title: name }, owner);
  customFields.create({ key: "shelf", name: "Shelf", type: "text", choices: [] }, owner);
  for (const name of ["A", "B"]) customFields.edit("shelf", { name }, owner);
  for (const shelf of ["1", "2"]) items.edit("a", { custom: { shelf } }, owner);

  const person = people.create({ name: "Somebody" }, by());
  for (const creditedAs of ["x", "y"]) {
    people.credits.link("a", { personId: person.id, role: "actor", creditedAs }, by());
  }
  for (const name of ["Other", "Another"]) people.update(person.id, { name }, by());
  deepStrictEqual(people.credits.of("a").map((it) => it.creditedAs), ["y"]);

  db.transaction(() => {
    for (const path of ["x", "x/y"]) {
      tags.links.add("a", tags.findOrMakeNow(path, by()).id, by(), { keep: true });
    }
    for (const name of ["Some", "Some more"]) {
      tags.putNow(tags.atPath("x")!.id, { name, synonyms: [name] }, by());
    }
  });
  const collection = collections.create({ name: "Best" }, by());
  await collections.add(collection.id, ["a"], by());
  for (const name of ["Better", "Good"]) collections.update(collection.id, { name }, by());
  strictEqual(items.find("a", "owner").custom.shelf, "2");
  strictEqual(isDirty(), true);
});

Deno.test("an item that was deleted is brought back by an import before the index knows of either", async () => {
  await using rig = openRig();
  const { id } = rig.items.create({ title: "Lost" }, owner);
  rig.db.run("UPDATE search_state SET mark = 1000");
  const lines = await rig.lines();
  rig.items.remove(id, owner);

  const report = await rig.take(lines);

  deepStrictEqual([report.errors, report.problems], [0, []]);
  strictEqual(rig.items.find(id, "owner").title, "Lost");
});
