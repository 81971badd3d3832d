/** Recording changes and taking them back, over a real database. @module */
import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import { ConflictError, InvalidError, NotFoundError } from "../../../src/base/errors.ts";
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { type Fields, newBatch, openChanges } from "../../../src/items/changes/changes.ts";

/** Things with fields, in a table; every edit is recorded. */
function openRig({ historyDays = 0 } = {}) {
  const db = openDatabase(":memory:", migrations.library);
  const events: [string, Record<string, unknown>][] = [];
  const publish = (type: string, data: Record<string, unknown>) => void events.push([type, data]);
  const changes = openChanges({ db, publish, historyDays: () => historyDays });
  db.run("CREATE TEMP TABLE things (id TEXT PRIMARY KEY, fields TEXT)");
  const things = {
    get: (id: string): Fields | undefined => {
      const row = db.get<{ fields: string }>("SELECT fields FROM things WHERE id = ?", id);
      return row && JSON.parse(row.fields);
    },
    set: (id: string, fields: Fields) =>
      db.run("INSERT OR REPLACE INTO things VALUES (?, ?)", id, JSON.stringify(fields)),
    delete: (id: string) => db.run("DELETE FROM things WHERE id = ?", id),
    [Symbol.iterator]: () =>
      db.all<{ id: string; fields: string }>("SELECT * FROM things ORDER BY id")
        .map(({ id, fields }): [string, Fields] => [id, JSON.parse(fields)])[Symbol.iterator](),
  };
  const announced: string[][] = [];
  changes.register("thing", {
    read: (id) => things.get(id) ?? null,
    write: (id, fields) => {
      if (fields === null) things.delete(id);
      else things.set(id, { ...things.get(id), ...fields });
    },
    announce: (ids) => void announced.push(ids),
  });
  const edit = (batch: string, entityId: string, fields: Fields | null) => {
    const before = things.get(entityId) ?? null;
    const after = fields && { ...before, ...fields };
    if (after) things.set(entityId, after);
    else things.delete(entityId);
    const change = { batch, user: "owner", entity: "thing", entityId, before, after };
    db.transaction(() => changes.record(change));
  };
  return {
    db,
    changes,
    things,
    edit,
    events,
    announced,
    [Symbol.dispose]: () => db[Symbol.dispose](),
  };
}

Deno.test("undo() puts fields back in reverse order, and undoing that brings them again", async () => {
  using rig = openRig();
  const [made, edited] = [newBatch(), newBatch()];
  rig.edit(made, "a", { name: "A", year: 1 });
  rig.edit(edited, "a", { name: "B" });
  rig.edit(edited, "a", { name: "C" });
  rig.edit(edited, "b", { name: "new" });

  const undone = await rig.changes.undo(edited, "guest");

  deepStrictEqual([...rig.things], [["a", { name: "A", year: 1 }]]);
  deepStrictEqual(rig.announced, [["b", "a"]]);
  strictEqual(undone.changes, 3);
  strictEqual(rig.events.at(-1)?.[0], "changes.undone");

  const redone = await rig.changes.undo(undone.batch, "owner");

  deepStrictEqual([...rig.things], [["a", { name: "C", year: 1 }], ["b", { name: "new" }]]);
  deepStrictEqual(
    rig.changes.list({ batch: edited, limit: 10 }).map(({ undoneBy }) => undoneBy),
    [null, null, null],
    "what was redone stands",
  );
  strictEqual(rig.changes.list({ batch: redone.batch, limit: 10 }).length, 3);
});

Deno.test("undo() of a delete brings all fields back, of a making takes the thing away", async () => {
  using rig = openRig();
  const [made, deleted] = [newBatch(), newBatch()];
  rig.edit(made, "a", { name: "A" });
  rig.edit(deleted, "a", null);

  await rig.changes.undo(deleted, "owner");
  deepStrictEqual([...rig.things], [["a", { name: "A" }]]);

  await rig.changes.undo(made, "owner");
  deepStrictEqual([...rig.things], []);
});

Deno.test("undo() changes nothing where a field was changed since, and names it", async () => {
  using rig = openRig();
  const batch = newBatch();
  for (const id of ["a", "b"]) rig.edit("before", id, { name: id, year: 1 });
  for (const id of ["a", "b"]) rig.edit(batch, id, { name: "x" });
  rig.edit("later", "a", { name: "mine" });
  rig.edit("later", "b", { year: 2 }); // another field: not in the way

  await rejects(rig.changes.undo(batch, "owner"), (error: ConflictError) => {
    strictEqual(error.constructor, ConflictError);
    deepStrictEqual(error.details.conflicts, [
      { entity: "thing", entity_id: "a", fields: ["name"] },
    ]);
    return true;
  });
  deepStrictEqual(rig.things.get("b"), { name: "x", year: 2 }, "nothing was put back");

  await rig.changes.undo("later", "owner");
  await rig.changes.undo(batch, "owner");
  deepStrictEqual(Object.fromEntries(rig.things), {
    a: { name: "a", year: 1 },
    b: { name: "b", year: 1 },
  });
});

Deno.test("undo() refuses what there is not, what is undone, and what nobody can put back", async () => {
  using rig = openRig();
  const batch = newBatch();
  rig.edit(batch, "a", { name: "A" });
  const { batch: by } = await rig.changes.undo(batch, "owner");
  rig.changes.record({
    batch: "odd",
    user: "owner",
    entity: "nobody's",
    entityId: "x",
    before: null,
    after: {},
  });

  await rejects(rig.changes.undo("nope", "owner"), NotFoundError);
  await rejects(rig.changes.undo(batch, "owner"), { details: { batch, undone_by: by } });
  await rejects(rig.changes.undo("odd", "owner"), ConflictError);
  throws(() => rig.changes.register("thing", { read: () => null, write() {} }), TypeError);
});

Deno.test("undo() of 1,700 changes lets others have a turn, and refuses before it begins", async () => {
  using rig = openRig();
  const batch = newBatch();
  const ids = Array.from({ length: 1700 }, (_, index) => `t-${index}`);
  for (const id of ids) rig.edit("made", id, { name: "old" });
  for (const id of ids) rig.edit(batch, id, { name: "new" });
  rig.edit("later", "t-3", { name: "mine" });

  await rejects(rig.changes.undo(batch, "owner"), ConflictError);
  strictEqual(rig.things.get("t-1699")?.name, "new", "not even the first of them");

  await rig.changes.undo("later", "owner");
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const undone = await rig.changes.undo(batch, "owner");
  clearInterval(timer);

  strictEqual(undone.changes, 1700);
  strictEqual([...rig.things].filter(([, { name }]) => name === "old").length, 1700);
  strictEqual(turns >= 2, true, `${turns} turns`);
});

Deno.test("record() keeps what differs only, and list() gives it newest first, page by page", () => {
  using rig = openRig();
  rig.changes.register("thing.part", { read: () => null, write() {} });
  rig.edit("one", "a", { name: "A", list: [1, { x: 1 }] });
  rig.edit("two", "a", { name: "A", list: [1, { x: 1 }] }); // the same again
  rig.edit("three", "a", { list: [2] });
  const part = { entity: "thing.part", entityId: "a", before: null, after: { on: true } };
  rig.changes.record({ batch: "four", user: "guest", ...part });
  rig.changes.record({ batch: "five", user: "guest", ...part, entity: "other" });

  const all = rig.changes.list({ entity: "thing", entityId: "a", limit: 10 });

  deepStrictEqual(all.map(({ batch, before, after }) => ({ batch, before, after })), [
    { batch: "four", before: null, after: { on: true } },
    { batch: "three", before: { list: [1, { x: 1 }] }, after: { list: [2] } },
    { batch: "one", before: null, after: { name: "A", list: [1, { x: 1 }] } },
  ]);
  const [first] = rig.changes.list({ entity: "thing", limit: 1 });
  const rest = rig.changes.list({ entity: "thing", limit: 10, before: first!.id });
  deepStrictEqual(rest.map(({ batch }) => batch), ["three", "one"]);
  deepStrictEqual(
    rig.changes.list({ user: "guest", limit: 10 }).map(({ batch }) => batch),
    ["five", "four"],
  );
});

Deno.test("prune() forgets what is older than the setting, a few at a time", () => {
  using rig = openRig({ historyDays: 30 });
  for (let index = 0; index < 700; index++) rig.edit("batch", `t-${index}`, { name: "x" });
  const day = (days: number) => new Date(Date.now() + days * 24 * 3600 * 1000);

  strictEqual(rig.changes.prune(day(29)), 0);
  strictEqual(rig.changes.prune(day(31)), 500);
  strictEqual(rig.changes.prune(day(31)), 200);
  strictEqual(rig.changes.prune(day(31)), 0);
});

Deno.test("prune() keeps so many at most, also where they are kept for ever", () => {
  using rig = openRig({ historyDays: 0 });
  for (let index = 0; index < 50; index++) rig.edit("batch", `t-${index}`, { name: "x" });

  strictEqual(rig.changes.prune(new Date("2999-01-01")), 0);
  strictEqual(rig.changes.prune(new Date(), 20), 30);
  strictEqual(rig.changes.list({ entity: "thing", limit: 100 }).length, 20);
});

Deno.test("changes of what there never was are refused with what there is", () => {
  using rig = openRig();
  const record = (entity: string) =>
    rig.changes.record({
      ...{ batch: "b", user: "owner", entity, entityId: "x" },
      before: null,
      after: { a: 1 },
    });
  record("item.old");

  throws(() => rig.changes.list({ entity: "bogus", limit: 9 }), {
    constructor: InvalidError,
    message: 'Cannot list changes of "bogus": there are duplicate, item.old, thing',
  });
  for (const entity of ["thing", "duplicate", "item.old", "item"]) {
    rig.changes.list({ entity, limit: 9 });
  }
  strictEqual(rig.changes.list({ entity: "item.old", limit: 9 }).length, 1);
});
