/** Notes: several on an item, edited, deleted and brought back. @module */
import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import {
  ConflictError,
  InvalidError,
  NotFoundError,
  StaleError,
} from "../../../src/base/errors.ts";
import { openRig, owner } from "../rig.ts";

const first = { createdAt: "", id: "" };

Deno.test("notes are made, changed and deleted, each in the history of its item", async () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  const one = rig.notes.create("a", "one\u0000\r\nline", owner);
  const two = rig.notes.create("a", "two", { user: "guest" });

  const edited = rig.notes.edit(one.id, "uno", { ...owner, expected: one.version });
  throws(() => rig.notes.edit(one.id, "x", { ...owner, expected: one.version }), StaleError);
  rig.notes.remove(two.id, { ...owner, batch: "gone" });

  strictEqual(one.text, "one \nline");
  deepStrictEqual([edited.text, edited.version, edited.user], ["uno", 2, "owner"]);
  deepStrictEqual(rig.notes.list("a", first, 9).map(({ text }) => text), ["uno"]);
  await rig.changes.undo("gone", "owner");
  const back = rig.notes.find(two.id);
  deepStrictEqual([back.text, back.user, back.createdAt], ["two", "guest", two.createdAt]);
  strictEqual(rig.changes.list({ entity: "item", entityId: "a", limit: 9 }).length, 5);
});

Deno.test("a note of a deleted item is brought back with the item, not before", async () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  const note = rig.notes.create("a", "one", owner);
  rig.notes.remove(note.id, { ...owner, batch: "note" });
  rig.items.remove("a", { ...owner, batch: "item" });

  await rejects(rig.changes.undo("note", "owner"), ConflictError);
  await rig.changes.undo("item", "owner");
  await rig.changes.undo("note", "owner");
  strictEqual(rig.notes.find(note.id).text, "one");
});

Deno.test("notes that cannot be are refused", () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  throws(() => rig.notes.create("nope", "x", owner), NotFoundError);
  throws(() => rig.notes.create("a", "x".repeat(20_001), owner), InvalidError);
  throws(() => rig.notes.create("a", " \u0007 ", owner), InvalidError);
  throws(() => rig.notes.find("nope"), NotFoundError);
  rig.db.transaction(() => {
    for (let index = 0; index < 500; index++) rig.notes.create("a", String(index), owner);
  });
  throws(() => rig.notes.create("a", "one too many", owner), ConflictError);
});
